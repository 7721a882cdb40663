;; One export per shape that an HTTP call can have.
(module
  (func (export "add") (param $a i32) (param $b i32) (result i32)
    (i32.add (local.get $a) (local.get $b)))

  ;; i64: beyond 2^53 a decimal string, both ways.
  (func (export "multiply") (param $a i64) (param $b i64) (result i64)
    (i64.mul (local.get $a) (local.get $b)))

  (func (export "half") (param $x f32) (result f32)
    (f32.div (local.get $x) (f32.const 2)))

  (func (export "hypotenuse") (param $a f64) (param $b f64) (result f64)
    (f64.sqrt
      (f64.add
        (f64.mul (local.get $a) (local.get $a))
        (f64.mul (local.get $b) (local.get $b)))))

  ;; Several results are an array: quotient and remainder. Traps when the divisor is 0.
  (func (export "divide") (param $dividend i32) (param $divisor i32) (result i32 i32)
    (i32.div_s (local.get $dividend) (local.get $divisor))
    (i32.rem_s (local.get $dividend) (local.get $divisor)))

  ;; No result: 204.
  (func (export "nothing")))
