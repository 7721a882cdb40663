(module
  (import "constructor" "constructor" (func (param i32) (result externref)))
  (import "env" "__proto__" (func))
  (import "my-host" "log" (func (param i32 i32)))
  (func (export "run")))
