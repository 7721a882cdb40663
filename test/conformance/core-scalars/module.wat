(module
  (func (export "add") (param $left i32) (param $right i32) (result i32) (i32.add (local.get $left) (local.get $right)))
  (func (export "wide") (param $x i64) (result i64) (local.get $x))
  (func (export "half") (param $x f64) (result f64) (f64.div (local.get $x) (f64.const 2)))
  (func (export "both") (param $x i32) (param $y f32) (result f32 i32) (local.get $y) (local.get $x))
  (func (export "nothing"))
  (func (export "malloc") (param i32) (result i32) (local.get 0))
  (func (export "vector") (result v128) (v128.const i64x2 0 0)))
