(module
  (import "env" "emscripten_resize_heap" (func (param i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "run")))
