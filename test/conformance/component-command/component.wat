(component
  (import "wasi:io/error@0.2.6" (instance $error (export "error" (type (sub resource)))))
  (alias export $error "error" (type $error))
  (import "wasi:io/streams@0.2.6" (instance $streams
    (alias outer 1 $error (type $outer-error))
    (export "error" (type $error (eq $outer-error)))
    (export "input-stream" (type $input-stream (sub resource)))
    (export "output-stream" (type $output-stream (sub resource)))
    (type $stream-error' (variant (case "last-operation-failed" (own $error)) (case "closed")))
    (export "stream-error" (type $stream-error (eq $stream-error')))
    (export "[method]input-stream.blocking-read" (func (param "self" (borrow $input-stream)) (param "len" u64) (result (result (list u8) (error $stream-error)))))
    (export "[method]output-stream.blocking-write-and-flush" (func (param "self" (borrow $output-stream)) (param "contents" (list u8)) (result (result (error $stream-error)))))))
  (alias export $streams "input-stream" (type $input-stream))
  (alias export $streams "output-stream" (type $output-stream))
  (import "wasi:cli/stdin@0.2.6" (instance $stdin
    (alias outer 1 $input-stream (type $outer)) (export "input-stream" (type $input-stream (eq $outer)))
    (export "get-stdin" (func (result (own $input-stream))))))
  (import "wasi:cli/stdout@0.2.6" (instance $stdout
    (alias outer 1 $output-stream (type $outer)) (export "output-stream" (type $output-stream (eq $outer)))
    (export "get-stdout" (func (result (own $output-stream))))))
  (import "wasi:cli/stderr@0.2.6" (instance $stderr
    (alias outer 1 $output-stream (type $outer)) (export "output-stream" (type $output-stream (eq $outer)))
    (export "get-stderr" (func (result (own $output-stream))))))
  (import "wasi:cli/environment@0.2.6" (instance $environment
    (export "get-arguments" (func (result (list string))))))
  (import "wasi:cli/exit@0.2.6" (instance $exit
    (export "exit" (func (param "status" (result))))))
  (core module $Memory (memory (export "memory") 2)
    (global $top (mut i32) (i32.const 4096))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
      (local.set $at (i32.and (i32.add (global.get $top) (i32.const 7)) (i32.const -8)))
      (global.set $top (i32.add (local.get $at) (local.get 3)))
      (memory.copy (local.get $at) (local.get 0) (local.get 1)) (local.get $at)))
  (core instance $memory (instantiate $Memory))
  (alias core export $memory "memory" (core memory $memory))
  (alias core export $memory "realloc" (core func $realloc))
  (core func $get-stdin (canon lower (func $stdin "get-stdin")))
  (core func $get-stdout (canon lower (func $stdout "get-stdout")))
  (core func $get-stderr (canon lower (func $stderr "get-stderr")))
  (core func $read (canon lower (func $streams "[method]input-stream.blocking-read") (memory $memory) (realloc $realloc)))
  (core func $write (canon lower (func $streams "[method]output-stream.blocking-write-and-flush") (memory $memory)))
  (core func $arguments (canon lower (func $environment "get-arguments") (memory $memory) (realloc $realloc)))
  (core func $exit (canon lower (func $exit "exit")))
  (core instance $host
    (export "get-stdin" (func $get-stdin)) (export "get-stdout" (func $get-stdout)) (export "get-stderr" (func $get-stderr))
    (export "read" (func $read)) (export "write" (func $write)) (export "arguments" (func $arguments)) (export "exit" (func $exit)))
  (core module $Main
    (import "memory" "memory" (memory 2))
    (import "host" "get-stdin" (func $get-stdin (result i32)))
    (import "host" "get-stdout" (func $get-stdout (result i32)))
    (import "host" "get-stderr" (func $get-stderr (result i32)))
    (import "host" "read" (func $read (param i32 i64 i32)))
    (import "host" "write" (func $write (param i32 i32 i32 i32)))
    (import "host" "arguments" (func $arguments (param i32)))
    (import "host" "exit" (func $exit (param i32)))
    (data (i32.const 512) "noted\n")
    ;; The first letter of the first argument of the query; 0 when there is none.
    (func $mode (result i32)
      (call $arguments (i32.const 16))
      (if (i32.lt_u (i32.load (i32.const 20)) (i32.const 2)) (then (return (i32.const 0))))
      (i32.load8_u (i32.load (i32.add (i32.load (i32.const 16)) (i32.const 8)))))
    (func (export "run") (result i32) (local $in i32) (local $out i32) (local $mode i32)
      (local.set $in (call $get-stdin))
      (local.set $out (call $get-stdout))
      (local.set $mode (call $mode))
      (block $end (loop $more
        (call $read (local.get $in) (i64.const 1000) (i32.const 32))
        (br_if $end (i32.load8_u (i32.const 32)))
        (call $write (local.get $out) (i32.load (i32.const 36)) (i32.load (i32.const 40)) (i32.const 48))
        (if (i32.load8_u (i32.const 48)) (then unreachable))
        (br $more)))
      ;; The input ended because it is closed, not because reading failed.
      (if (i32.ne (i32.load8_u (i32.const 36)) (i32.const 1)) (then unreachable))
      (call $write (call $get-stderr) (i32.const 512) (i32.const 6) (i32.const 48))
      (if (i32.eq (local.get $mode) (i32.const 0x65)) (then (return (i32.const 1))))  ;; e: err
      (if (i32.eq (local.get $mode) (i32.const 0x6f)) (then (call $exit (i32.const 0)))) ;; o: exit(ok)
      (if (i32.eq (local.get $mode) (i32.const 0x78)) (then (call $exit (i32.const 1)))) ;; x: exit(err)
      (if (i32.eq (local.get $mode) (i32.const 0x74)) (then unreachable)) ;; t: traps
      (if (i32.eq (local.get $mode) (i32.const 0x63)) (then (block $caught (try_table (catch_all $caught) (call $exit (i32.const 1)))))) ;; c: catches
      (if (i32.eq (local.get $mode) (i32.const 0x66)) ;; f: a write of 4,097 bytes, which the interface forbids
        (then (call $write (local.get $out) (i32.const 0) (i32.const 4097) (i32.const 48))))
      (if (i32.eq (local.get $mode) (i32.const 0x6c)) ;; l: floods the log
        (then (loop (call $write (call $get-stderr) (i32.const 512) (i32.const 4096) (i32.const 48)) (br 0))))
      (i32.const 0)))
  (core instance $main (instantiate $Main (with "memory" (instance $memory)) (with "host" (instance $host))))
  (func $run (result (result)) (canon lift (core func $main "run")))
  (instance $cli (export "run" (func $run)))
  (export "wasi:cli/run@0.2.6" (instance $cli)))
