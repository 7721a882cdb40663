(component
  (import "fermyon:spin/key-value@2.0.0" (instance $host (export "open" (func (result u32)))))
  (core func $lowered (canon lower (func $host "open")))
  (core module $m (import "host" "f" (func (result i32))) (func (export "f")))
  (core instance $i (instantiate $m (with "host" (instance (export "f" (func $lowered))))))
  (func (export "f") (canon lift (core func $i "f"))))
