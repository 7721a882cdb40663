(component
  (import "wasi:random/random@0.2.0-rc-2023-11-10" (instance $host (export "get-random-u64" (func (result u64)))))
  (core func $lowered (canon lower (func $host "get-random-u64")))
  (core module $m (import "host" "f" (func (result i64))) (func (export "f")))
  (core instance $i (instantiate $m (with "host" (instance (export "f" (func $lowered))))))
  (func (export "f") (canon lift (core func $i "f"))))
