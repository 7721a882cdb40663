(component (core module $m (func (export "f"))) (core instance $i (instantiate $m)) (func $run (canon lift (core func $i "f")))
  (instance $cli (export "run" (func $run))) (export "wasi:cli/run@0.2.0" (instance $cli)))
