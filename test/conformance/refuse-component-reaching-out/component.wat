(component
  (import "wasi:http/types@0.2.0" (instance $types
    (export "fields" (type $fields (sub resource)))
    (export "[static]fields.constructor" (func (param "code" string) (result (own $fields))))
    (export "[method]fields.call" (func (param "self" (borrow $fields)) (result u32)))))
  (core module $Memory (memory (export "memory") 1))
  (core instance $memory (instantiate $Memory))
  (core func $make (canon lower (func $types "[static]fields.constructor") (memory (core memory $memory "memory"))))
  (core func $call (canon lower (func $types "[method]fields.call")))
  (core module $m (import "host" "make" (func (param i32 i32) (result i32))) (import "host" "call" (func (param i32) (result i32))) (func (export "f")))
  (core instance $i (instantiate $m (with "host" (instance (export "make" (func $make)) (export "call" (func $call))))))
  (func (export "f") (canon lift (core func $i "f"))))
