(module
  (import "wapc" "__host_call" (func))
  (memory (export "memory") 1)
  (func (export "run")))
