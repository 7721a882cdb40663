;; CanonicalABI.md, "Flattening" (join): what cases of different core types look like in the core values they share.
(component
  (type $v' (variant (case "byte" u8) (case "float" f32) (case "double" f64) (case "nothing") (case "pair" (tuple u32 f32))))
  (export $v "v" (type $v'))
  (type $w' (variant (case "int" s32) (case "float" f32)))
  (export $w "w" (type $w'))
  (core module $M
    (memory (export "memory") 1)
    ;; $v flattens to i32, join(i32, f32, f64, i32) = i64, f32
    (func (export "case-of") (param i32 i64 f32) (result i32) (local.get 0))
    (func (export "bits-of") (param i32 i64 f32) (result i64) (local.get 1))
    (func (export "rest-of") (param i32 i64 f32) (result f32) (local.get 2))
    ;; $w flattens to i32, join(i32, f32) = i32
    (func (export "word-of") (param i32 i32) (result i32) (local.get 1))
    ;; option<s64>: i32, i64; result<f32, u64>: i32, i64
    (func (export "either") (param i32 i64 i32 i64) (result i64) (i64.add (local.get 1) (local.get 3)))
    (func (export "second") (param i32) (result i32) (i32.const 1))
    (func (export "fifth") (result i32) (i32.const 5)))
  (core instance $m (instantiate $M))
  (func (export "case-of") (param "x" $v) (result u32) (canon lift (core func $m "case-of")))
  (func (export "bits-of") (param "x" $v) (result u64) (canon lift (core func $m "bits-of")))
  (func (export "rest-of") (param "x" $v) (result f32) (canon lift (core func $m "rest-of")))
  (func (export "word-of") (param "x" $w) (result u32) (canon lift (core func $m "word-of")))
  (func (export "either") (param "x" (option s64)) (param "y" (result f32 (error u64))) (result u64) (canon lift (core func $m "either")))
  (type $e' (enum "first" "second" "third"))
  (export $e "e" (type $e'))
  (func (export "second") (param "x" $e) (result $e) (canon lift (core func $m "second")))
  (func (export "fifth") (result $e) (canon lift (core func $m "fifth")))
  (func (export "flagged") (result (result)) (canon lift (core func $m "fifth"))))
