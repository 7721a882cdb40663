(component
  (import "wasi:clocks/monotonic-clock@0.3.0" (instance $clock (export "now" (func (result u64)))))
  (core func $now (canon lower (func $clock "now")))
  (core module $m (import "host" "now" (func (result i64))) (func (export "f")))
  (core instance $i (instantiate $m (with "host" (instance (export "now" (func $now))))))
  (func (export "f") (canon lift (core func $i "f"))))
