(component
  (component $Inner
    (core module $m (func (export "make") (result i32) (i32.const 0)))
    (core instance $i (instantiate $m))
    (type $thing' (resource (rep i32)))
    (export $thing "thing" (type $thing'))
    (core func $new (canon resource.new $thing'))
    (func (export "make") (result (own $thing)) (canon lift (core func $i "make"))))
  (instance $inner (instantiate $Inner))
  (export "local:demo/things" (instance $inner)))
