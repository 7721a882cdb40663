(component
  (core module $M
    (memory (export "memory") 300)
    (func (export "bytes") (param $size i32) (result i32)
      (i32.store (i32.const 0) (i32.const 8)) (i32.store (i32.const 4) (local.get $size)) (i32.const 0))
    (func (export "failure") (param $size i32) (result i32)
      (i32.store (i32.const 0) (i32.const 1)) (i32.store (i32.const 4) (i32.const 16)) (i32.store (i32.const 8) (local.get $size)) (i32.const 0)))
  (core instance $m (instantiate $M))
  (alias core export $m "memory" (core memory $memory))
  (func (export "bytes") (param "size" u32) (result (list u8)) (canon lift (core func $m "bytes") (memory $memory)))
  (func (export "failure") (param "size" u32) (result (result (error (list u8)))) (canon lift (core func $m "failure") (memory $memory))))
