(component
  (core module $M (func (export "f") (param i32) (result i32) (i32.mul (local.get 0) (local.get 0))))
  (core instance $m (instantiate $M))
  (func $square (param "x" s32) (result s32) (canon lift (core func $m "f")))
  (instance $api (export "square" (func $square)))
  (export "my:math/api" (instance $api)))
