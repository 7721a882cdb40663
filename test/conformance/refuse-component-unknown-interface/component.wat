(component
  (import "acme:store/keys@1.0.0" (instance $host (export "get" (func (result u32)))))
  (core func $lowered (canon lower (func $host "get")))
  (core module $m (import "host" "f" (func (result i32))) (func (export "f")))
  (core instance $i (instantiate $m (with "host" (instance (export "f" (func $lowered))))))
  (func (export "f") (canon lift (core func $i "f"))))
