;; The way of wit-component: imports that need the memory of the main module go through a table that is filled later.
(component
  (component $Greeter
    (core module $M
      (memory (export "memory") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
      (func (export "hello") (param i32 i32) (result i32)
        (i32.store8 (i32.add (local.get 0) (local.get 1)) (i32.const 33))
        (i32.store (i32.const 0) (local.get 0)) (i32.store (i32.const 4) (i32.add (local.get 1) (i32.const 1)))
        (i32.const 0)))
    (core instance $m (instantiate $M))
    (func (export "hello") (param "name" string) (result string)
      (canon lift (core func $m "hello") (memory (core memory $m "memory")) (realloc (core func $m "realloc")))))
  (instance $greeter (instantiate $Greeter))
  (component $Main
    (import "hello" (func $hello (param "name" string) (result string)))
    (core module $Module
      (import "greeter" "hello" (func $hello (param i32 i32 i32)))
      (import "env" "later" (func $later (param i32) (result i32)))
      (memory (export "memory") 1)
      (data (i32.const 32) "world")
      (global $top (mut i32) (i32.const 4096))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (global.set $top (i32.add (global.get $top) (i32.const 256))) (global.get $top))
      (func (export "run") (result i32) (call $hello (i32.const 32) (i32.const 5) (i32.const 8)) (i32.const 8))
      (func (export "late") (result i32) (call $later (i32.const 41))))
    (core module $Shim
      (table (export "$imports") 2 2 funcref)
      (type $t0 (func (param i32 i32 i32)))
      (type $t1 (func (param i32) (result i32)))
      (func (export "0") (type $t0) (call_indirect (type $t0) (local.get 0) (local.get 1) (local.get 2) (i32.const 0)))
      (func (export "1") (type $t1) (call_indirect (type $t1) (local.get 0) (i32.const 1))))
    (core module $Late (func (export "later") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1))))
    (core module $Fixup
      (import "" "0" (func $f0 (param i32 i32 i32)))
      (import "" "1" (func $f1 (param i32) (result i32)))
      (import "" "$imports" (table 2 2 funcref))
      (elem (i32.const 0) func $f0 $f1))
    (core instance $shim (instantiate $Shim))
    (core instance $main (instantiate $Module
      (with "greeter" (instance (export "hello" (func $shim "0"))))
      (with "env" (instance (export "later" (func $shim "1"))))))
    (alias core export $main "memory" (core memory $memory))
    (alias core export $main "realloc" (core func $realloc))
    (core func $hello' (canon lower (func $hello) (memory $memory) (realloc $realloc)))
    (core instance $late (instantiate $Late))
    (core instance (instantiate $Fixup (with "" (instance
      (export "0" (func $hello')) (export "1" (func $late "later")) (export "$imports" (table $shim "$imports"))))))
    (func (export "run") (result string) (canon lift (core func $main "run") (memory $memory)))
    (func (export "late") (result u32) (canon lift (core func $main "late"))))
  (instance $main (instantiate $Main (with "hello" (func $greeter "hello"))))
  (export "run" (func $main "run"))
  (export "late" (func $main "late")))
