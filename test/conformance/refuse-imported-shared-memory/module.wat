(module (import "env" "memory" (memory 1 4 shared)) (func (export "run")))
