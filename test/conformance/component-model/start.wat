;; Explainer.md, "Component Invariants" and core instances: modules are instantiated in order, and may call out while they are.
(component
  (component $Log
    (core module $M
      (memory (export "memory") 1)
      (global $n (mut i32) (i32.const 0))
      (func (export "add") (param i32) (i32.store8 (i32.add (i32.const 16) (global.get $n)) (local.get 0)) (global.set $n (i32.add (global.get $n) (i32.const 1))))
      (func (export "all") (result i32) (i32.store (i32.const 0) (i32.const 16)) (i32.store (i32.const 4) (global.get $n)) (i32.const 0)))
    (core instance $m (instantiate $M))
    (func (export "add") (param "c" char) (canon lift (core func $m "add")))
    (func (export "all") (result string) (canon lift (core func $m "all") (memory (core memory $m "memory")))))
  (instance $log (instantiate $Log))
  (component $User
    (import "add" (func $add (param "c" char)))
    (core func $add' (canon lower (func $add)))
    (core module $A (import "" "add" (func $add (param i32))) (func $s (call $add (i32.const 97))) (start $s))
    (core module $B (import "" "add" (func $add (param i32))) (func $s (call $add (i32.const 98))) (start $s))
    (core instance (instantiate $B (with "" (instance (export "add" (func $add'))))))
    (core instance (instantiate $A (with "" (instance (export "add" (func $add'))))))
    (core instance (instantiate $B (with "" (instance (export "add" (func $add')))))))
  (instance (instantiate $User (with "add" (func $log "add"))))
  (instance (instantiate $User (with "add" (func $log "add"))))
  (export "all" (func $log "all")))
