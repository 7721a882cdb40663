;; Explainer.md, "Component Definitions": components in components, instantiated twice, wrapped, renamed and passed on.
(component
  (component $Counter
    (core module $M
      (global $n (mut i32) (i32.const 0))
      (func (export "next") (result i32) (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n)))
    (core instance $m (instantiate $M))
    (func (export "next") (result u32) (canon lift (core func $m "next"))))
  (instance $a (instantiate $Counter))
  (instance $b (instantiate $Counter))

  ;; Takes an instance, exports one: what a composition puts between two others.
  (component $Doubler
    (import "counter" (instance $c (export "next" (func (result u32)))))
    (core func $next (canon lower (func $c "next")))
    (core module $M (import "c" "next" (func $next (result i32))) (func (export "next") (result i32) (i32.shl (call $next) (i32.const 1))))
    (core instance $m (instantiate $M (with "c" (instance (export "next" (func $next))))))
    (func $double (result u32) (canon lift (core func $m "next")))
    (instance (export "counter") (export "next" (func $double))))
  (instance $double-b (instantiate $Doubler (with "counter" (instance $b))))
  (alias export $double-b "counter" (instance $doubled))
  (instance $double-double-b (instantiate $Doubler (with "counter" (instance $doubled))))

  ;; Only hands on what it is given, as wit-component does for exported interfaces.
  (component $Shim
    (import "f" (func $f (result u32)))
    (export "renamed" (func $f)))
  (instance $shim (instantiate $Shim (with "f" (func $a "next"))))

  ;; Components that are made for this one alone: types and components from outside.
  (type $text (list string))
  (component $Outer
    (alias outer 1 $text (type $inner-text))
    (component $Inner
      (core module $M
        (memory (export "memory") 1)
        (func (export "count") (param i32 i32) (result i32) (local.get 1))
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
      (core instance $m (instantiate $M))
      (alias outer 1 $inner-text (type $t))
      (func (export "count") (param "x" $t) (result u32)
        (canon lift (core func $m "count") (memory (core memory $m "memory")) (realloc (core func $m "realloc")))))
    (instance $inner (instantiate $Inner))
    (export "count" (func $inner "count")))
  (instance $outer (instantiate $Outer))

  (export "a" (instance $a))
  (export "b" (instance $b))
  (instance $c (export "next" (func $a "next")))
  (export "again" (instance $c))
  (export "twice" (instance $doubled))
  (alias export $double-double-b "counter" (instance $four-times))
  (export "four-times" (instance $four-times))
  (export "renamed" (func $shim "renamed"))
  (export "count" (func $outer "count")))
