(component
  (import "wasi:random/random@0.2.0" (instance $host (export "get-random-u64" (func (result u32)))))
  (core func $lowered (canon lower (func $host "get-random-u64")))
  (core module $m (import "host" "f" (func (result i32))) (func (export "f")))
  (core instance $i (instantiate $m (with "host" (instance (export "f" (func $lowered))))))
  (func (export "f") (canon lift (core func $i "f"))))
