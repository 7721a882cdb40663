(component
  (core module $M
    (func (export "one") (result i32) (i32.const 1)) (func (export "two") (result i32) (i32.const 2)) (func (export "three") (result i32) (i32.const 3)))
  (core instance $m (instantiate $M))
  (func $one (result u32) (canon lift (core func $m "one")))
  (func $two (result u32) (canon lift (core func $m "two")))
  (func $three (result u32) (canon lift (core func $m "three")))
  (instance $adder (export "add" (func $one)) (export "only-here" (func $three)))
  (instance $other (export "add" (func $two)))
  (export "docs:math/adder@0.1.0" (instance $adder))
  (export "docs:math/other@0.1.0" (instance $other))
  (export "plain" (func $three)))
