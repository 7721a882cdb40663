(module
  (import "env" "abort" (func))
  (memory (export "memory") 1)
  (func (export "run")))
