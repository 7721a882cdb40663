(component (import "plugin" (core module (export "f" (func)))))
