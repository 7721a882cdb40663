/** Kinds of module and the values a call carries. Without imports: the executor reads this file at every boot. */

/** Value types of core WebAssembly that an HTTP call can carry. */
export const scalarTypes = ['i32', 'i64', 'f32', 'f64'] as const;
export type ScalarType = (typeof scalarTypes)[number];

/** Kinds of module. Each has its own analysis, codec and runner; `core` is a module whose exports are called with scalars. */
export const moduleKinds = ['core'] as const;
export type ModuleKind = (typeof moduleKinds)[number];
