(component
  (import "wasi:cli/exit@0.2.0" (instance $exit (export "exit" (func (param "status" (result))))))
  (core func $exit (canon lower (func $exit "exit")))
  (core module $M
    (import "host" "exit" (func $exit (param i32)))
    (func (export "f") (param i32) (result i32) (call $exit (local.get 0)) (i32.const 1)))
  (core instance $m (instantiate $M (with "host" (instance (export "exit" (func $exit))))))
  (func (export "leave") (param "fails" bool) (result u32) (canon lift (core func $m "f"))))
