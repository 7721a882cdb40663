(module
  (import "spin-config" "get-config" (func (param i32 i32 i32)))
  (memory (export "memory") 1)
  (func (export "run")))
