(component
  (core module $m (func (export "f") (param i32)))
  (core instance $i (instantiate $m))
  (func (export "feed") (param "bytes" (stream u8)) (canon lift (core func $i "f"))))
