(component (core module (func (export "f"))))
