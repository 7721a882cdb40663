(module (memory (export "memory") 1 4 shared) (func (export "_start")))
