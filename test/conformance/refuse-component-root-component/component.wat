(component (import "plugin" (component (export "f" (func)))))
