/** What a core module inside a component imports and exports, with the types that the component's own rules ask for. */
import type { ExternKind } from '../wasm/imports.ts';
import { type CoreModule, functionType, readModule } from '../wasm/module.ts';
import type { FuncType, MemoryType } from '../wasm/types.ts';
import { asComponentErrors, invalid } from './error.ts';
import type { CoreSort } from './plan.ts';
import type { Range } from './scope.ts';

export interface CoreImport {
  readonly module: string;
  readonly name: string;
  readonly sort: CoreSort;
  /** Of a function. */
  readonly type: FuncType | undefined;
}

export interface CoreExport {
  readonly sort: CoreSort;
  /** Of a function. */
  readonly type: FuncType | undefined;
  /** Of a memory. */
  readonly memory: MemoryType | undefined;
}

export interface CoreInterface {
  readonly imports: readonly CoreImport[];
  readonly exports: ReadonlyMap<string, CoreExport>;
}

const sortOf: Readonly<Record<ExternKind, CoreSort>> = {
  function: 'func',
  table: 'table',
  memory: 'memory',
  global: 'global',
  tag: 'tag',
};

/** @throws ComponentError for a module whose declarations cannot be read */
export function readCoreInterface(bytes: Uint8Array, range: Range): CoreInterface {
  return asComponentErrors(() => {
    const core = readModule(bytes.subarray(range.start, range.end));
    const exports = new Map<string, CoreExport>();
    for (const { name, kind, index } of core.exports) {
      if (exports.has(name)) throw invalid('a core module exports one name twice', range.start);
      exports.set(name, {
        sort: sortOf[kind],
        type: kind === 'function' ? functionType(core, index) : undefined,
        memory: kind === 'memory' ? memoryAt(core, index) : undefined,
      });
    }
    return { imports: readImports(core), exports };
  }, range.start);
}

function readImports(module: CoreModule): CoreImport[] {
  let functions = 0;
  return module.imports.map(({ module: from, name, type }) => ({
    module: from,
    name,
    sort: sortOf[type.kind],
    type: type.kind === 'function' ? functionType(module, functions++) : undefined,
  }));
}

function memoryAt(module: CoreModule, index: number): MemoryType | undefined {
  const imported = module.imports.flatMap(({ type }) => (type.kind === 'memory' ? [type.memory] : []));
  return [...imported, ...module.memories][index];
}
