(module
  (import "wasi_experimental_http" "req" (func))
  (memory (export "memory") 1)
  (func (export "run")))
