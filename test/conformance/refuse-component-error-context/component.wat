(component
  (core module $m (func (export "f") (param i32)))
  (core instance $i (instantiate $m))
  (func (export "fail") (param "why" error-context) (canon lift (core func $i "f"))))
