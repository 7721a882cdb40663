(component (core module $m (func (export "f"))) (core instance $i (instantiate $m)) (func $handle (canon lift (core func $i "f")))
  (instance $handler (export "handle" (func $handle))) (export "wasi:http/incoming-handler@0.2.0-rc-2023-12-05" (instance $handler)))
