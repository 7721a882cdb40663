/**
 * What a module is given that imports its memory or table from `env`: as much as it asks for. To position-independent code (an Emscripten side
 * module, -sSIDE_MODULE=1) also a stack, and where its data and functions are.
 */
import { pageBytes } from '../contracts/limits.ts';
import { envMemory, envTable, initialisers, offsetTables } from '../wasi/env.ts';
import { readDylink } from '../wasm/dylink.ts';
import type { CoreModule } from '../wasm/module.ts';
import type { Limits } from '../wasm/types.ts';

/** The stack lies below the data and grows towards 0: a guest that overflows it traps instead of overwriting its data. */
const stackBytes = 1_048_576;

/** What all instances of a module have in common. */
export interface EnvLayout {
  /** Where its data and its table elements begin; the stack ends where the data begin. */
  readonly dataAt: number;
  readonly tableAt: number;
  readonly memory: { readonly initial: number; readonly maximum: number } | undefined;
  readonly table: { readonly initial: number; readonly maximum?: number } | undefined;
  /** Symbols of the global offset table. */
  readonly gotMemory: readonly string[];
  readonly gotFunctions: readonly string[];
}

/**
 * @param memoryBytes most memory of an instance
 * @see https://github.com/WebAssembly/tool-conventions/blob/main/DynamicLinking.md
 */
export function layOut(declared: CoreModule, memoryBytes: number): EnvLayout {
  const dylink = readDylink(declared);
  const dataAt = dylink === undefined ? 0 : align(stackBytes, dylink.memoryAlignment);
  // Entry 0 stays empty: a null function pointer.
  const tableAt = dylink === undefined ? 0 : align(1, dylink.tableAlignment);
  const mostPages = Math.floor(memoryBytes / pageBytes);
  const memory = limitsOf(declared, 'memory');
  const table = limitsOf(declared, 'table');
  const symbols = (from: string): string[] => declared.imports.filter((wanted) => wanted.module === from).map(({ name }) => name);
  return {
    dataAt,
    tableAt,
    memory: memory && {
      initial: Math.max(memory.minimum, Math.ceil((dataAt + (dylink?.memoryBytes ?? 0)) / pageBytes)),
      maximum: Math.min(memory.maximum ?? mostPages, mostPages),
    },
    table: table && {
      initial: Math.max(table.minimum, tableAt + (dylink?.tableElements ?? 0)),
      ...(table.maximum === undefined ? {} : { maximum: table.maximum }),
    },
    gotMemory: symbols(offsetTables.memory),
    gotFunctions: symbols(offsetTables.functions),
  };
}

function limitsOf(declared: CoreModule, kind: 'memory' | 'table'): Limits | undefined {
  for (const { type } of declared.imports) {
    if (type.kind === 'memory' && kind === 'memory') return type.memory.limits;
    if (type.kind === 'table' && kind === 'table') return type.table.limits;
  }
  return undefined;
}

/** What one instance is given. */
export class EnvInstance {
  readonly memory: WebAssembly.Memory | undefined;
  readonly #layout: EnvLayout;
  readonly #table: WebAssembly.Table | undefined;
  readonly #gotMemory: ReadonlyMap<string, WebAssembly.Global>;
  readonly #gotFunctions: ReadonlyMap<string, WebAssembly.Global>;

  /** @throws RangeError when the instance may not have that much memory */
  constructor(layout: EnvLayout) {
    this.#layout = layout;
    this.memory = layout.memory && new WebAssembly.Memory(layout.memory);
    this.#table = layout.table && new WebAssembly.Table({ element: 'anyfunc', ...layout.table });
    this.#gotMemory = new Map(layout.gotMemory.map((name) => [name, address(0, true)]));
    this.#gotFunctions = new Map(layout.gotFunctions.map((name) => [name, address(0, true)]));
  }

  /** Puts everything but functions into the import objects of the modules `env`, `GOT.mem` and `GOT.func`. */
  fill(env: WebAssembly.ModuleImports, gotMemory: WebAssembly.ModuleImports, gotFunctions: WebAssembly.ModuleImports): void {
    const { dataAt, tableAt } = this.#layout;
    if (this.memory !== undefined) env[envMemory] = this.memory;
    if (this.#table !== undefined) env[envTable] = this.#table;
    env['__stack_pointer'] = address(dataAt, true);
    env['__memory_base'] = address(dataAt, false);
    env['__table_base'] = address(tableAt, false);
    for (const [name, global] of this.#gotMemory) gotMemory[name] = global;
    for (const [name, global] of this.#gotFunctions) gotFunctions[name] = global;
  }

  /** Gives the addresses of what the instance exports, and runs its constructors. To be called once, before any export. */
  start(exports: WebAssembly.Exports): void {
    for (const [name, global] of this.#gotMemory) {
      const offset = exports[name];
      if (offset instanceof WebAssembly.Global) global.value = this.#layout.dataAt + Number(offset.value);
    }
    for (const [name, global] of this.#gotFunctions) global.value = this.#table?.grow(1, exports[name]);
    for (const name of initialisers) {
      const run = exports[name];
      if (typeof run === 'function') (run as () => void)();
    }
  }
}

function address(value: number, mutable: boolean): WebAssembly.Global {
  return new WebAssembly.Global({ value: 'i32', mutable }, value);
}

function align(at: number, alignment: number): number {
  return Math.ceil(at / alignment) * alignment;
}
