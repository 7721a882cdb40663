(module
  (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  ;; The number in the first argument of the query.
  (func $number (result i32) (local $at i32) (local $value i32)
    (drop (call $args (i32.const 1024) (i32.const 2048)))
    (local.set $at (i32.load (i32.const 1028)))
    (block $end (loop $digit
      (br_if $end (i32.eqz (i32.load8_u (local.get $at))))
      (local.set $value (i32.add (i32.mul (local.get $value) (i32.const 10)) (i32.sub (i32.load8_u (local.get $at)) (i32.const 48))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br $digit)))
    (local.get $value))
  (func (export "_start") (local $left i32)
    (memory.fill (i32.const 65536) (i32.const 46) (i32.const 65536))
    (local.set $left (call $number))
    (i32.store (i32.const 0) (i32.const 65536))
    (loop $more
      (i32.store (i32.const 4) (select (local.get $left) (i32.const 65536) (i32.lt_u (local.get $left) (i32.const 65536))))
      (if (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)) (then (return)))
      (local.set $left (i32.sub (local.get $left) (i32.load (i32.const 8))))
      (br_if $more (local.get $left)))))
