(module
  (import "__wbindgen_placeholder__" "__wbindgen_throw" (func (param i32 i32)))
  (memory (export "memory") 1)
  (func (export "run")))
