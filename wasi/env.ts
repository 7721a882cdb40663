/**
 * What compilers besides WASI's import from the module `env`, and is given: AssemblyScript, Emscripten standalone, Emscripten side modules.
 * Data, without imports: the inspector allows by it, the executor binds by it.
 */

/** Module name of all these imports. */
export const envModule = 'env';

/**
 * Functions that kinds `core` and `reactor` may import: name -> core type, in the format of `formatFuncType`.
 * AssemblyScript (`asc` 0.28, std/assembly/builtins.ts and std/assembly/bindings/dom.ts): a string is a pointer to UTF-16 code units, its size in
 * bytes in the u32 before it. `abort(message, fileName, line, column)`; `trace(message, count, a0 ... a4)`; `seed()` for Math.random.
 * Emscripten standalone (system/lib/standalone): `emscripten_notify_memory_growth(memoryIndex)` tells the host only.
 */
export const envFunctions: ReadonlyMap<string, string> = new Map([
  ['abort', '(i32, i32, i32, i32) -> ()'],
  ['trace', '(i32, i32, f64, f64, f64, f64, f64) -> ()'],
  ['seed', '() -> f64'],
  ['console.log', '(i32) -> ()'],
  ['console.debug', '(i32) -> ()'],
  ['console.info', '(i32) -> ()'],
  ['console.warn', '(i32) -> ()'],
  ['console.error', '(i32) -> ()'],
  ['Date.now', '() -> f64'],
  ['performance.now', '() -> f64'],
  ['emscripten_notify_memory_growth', '(i32) -> ()'],
]);

/** Memory and table that kind `core` may import: made by the host as large as the module asks. */
export const envMemory = 'memory';
export const envTable = '__indirect_function_table';

/**
 * i32 globals of position-independent code, a module with a section `dylink.0` (tool conventions, DynamicLinking.md). Name -> mutable.
 * `__memory_base` and `__table_base`: where its data and its table elements begin; `__stack_pointer`: the end of its stack.
 */
export const envGlobals: ReadonlyMap<string, boolean> = new Map([
  ['__memory_base', false],
  ['__table_base', false],
  ['__stack_pointer', true],
]);

/**
 * Modules of the global offset table, also of position-independent code: mutable i32 globals named by symbol. Given for what the module itself
 * exports: `GOT.mem` is `__memory_base` plus the value of the exported global, `GOT.func` the table index of the exported function.
 */
export const offsetTables = { memory: 'GOT.mem', functions: 'GOT.func' } as const;

/** What is called after instantiation and the filling of the offset tables, where it is exported, in this order. */
export const initialisers = ['__wasm_apply_data_relocs', '__wasm_call_ctors'] as const;
