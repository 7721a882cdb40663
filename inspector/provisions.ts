/** What the hosts of the kinds of core modules give: WASI preview 1, and what AssemblyScript and Emscripten import from `env`. */
import { BantamError } from '../contracts/errors.ts';
import { envFunctions, envGlobals, envMemory, envModule, envTable, offsetTables } from '../wasi/env.ts';
import { preview1, preview1Modules } from '../wasi/preview1.ts';
import type { CoreModule } from '../wasm/module.ts';
import type { Provision } from './imports.ts';

const wasi: ReadonlySet<string> = new Set(preview1Modules);

/** @returns whether the module imports WASI preview 1, under either of its names */
export function importsWasi(module: CoreModule): boolean {
  return module.imports.some((wanted) => wasi.has(wanted.module));
}

/** Kinds with WASI: its calls and the functions of `env`. */
export const wasiProvision: Provision = {
  functionType: (from, name) => (wasi.has(from) ? preview1.get(name) : envFunction(from, name)),
  gives: () => false,
};

/**
 * Kind `core`: the functions of `env`, a memory and a table from there, and for position-independent code its bases and its offset tables.
 * @param relocatable whether the module has a section `dylink.0`
 */
export function coreProvision(wasm: CoreModule, relocatable: boolean): Provision {
  const exported = new Map(wasm.exports.map(({ name, kind }) => [name, kind]));
  return {
    functionType: envFunction,
    gives: ({ module: from, name, type }) => {
      if (from === envModule && type.kind === 'memory') return name === envMemory;
      if (from === envModule && type.kind === 'table') return name === envTable && type.table.elementType === 'funcref';
      if (type.kind !== 'global' || type.valueType !== 'i32' || !relocatable) return false;
      if (from === envModule) return envGlobals.get(name) === type.mutable;
      if (!type.mutable) return false;
      if (from === offsetTables.memory) return exported.get(name) === 'global';
      return from === offsetTables.functions && exported.get(name) === 'function';
    },
  };
}

function envFunction(from: string, name: string): string | undefined {
  return from === envModule ? envFunctions.get(name) : undefined;
}

/** @returns the names imported from one of these modules */
export function namesFrom(module: CoreModule, modules: readonly string[]): string[] {
  return module.imports.filter((wanted) => modules.includes(wanted.module)).map(({ name }) => name);
}

/**
 * The calls of WASI take pointers into it (preview 1, "Application ABI").
 * @throws BantamError MODULE_UNSUPPORTED for a module that imports WASI and exports no memory as `memory`
 */
export function refuseWithoutMemory(wasm: CoreModule): void {
  if (!importsWasi(wasm) || wasm.exports.some(({ name, kind }) => name === 'memory' && kind === 'memory')) return;
  throw new BantamError('MODULE_UNSUPPORTED', 'the module imports WASI but exports no memory named "memory"; export it');
}
