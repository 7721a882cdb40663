(module (table 100001 funcref) (func (export "run")))
