/** Refuses modules that declare what no kind may: features that are not given, and more than the limits allow. */
import { BantamError } from '../contracts/errors.ts';
import { limits, pageBytes } from '../contracts/limits.ts';
import type { ExternKind } from '../wasm/imports.ts';
import type { CoreModule } from '../wasm/module.ts';
import type { MemoryType, TableType } from '../wasm/types.ts';

/** @throws BantamError MODULE_UNSUPPORTED naming the feature */
export function refuseFeatures(wasm: CoreModule): void {
  const memories = [...importedMemories(wasm), ...wasm.memories];
  const tables = [...importedTables(wasm), ...wasm.tables];
  if (memories.some((memory) => memory.limits.shared)) throw unsupported('a shared memory (threads)');
  if (memories.some((memory) => memory.limits.is64)) throw unsupported('a 64-bit memory (memory64)');
  if (memories.some((memory) => memory.pageBytes !== pageBytes)) throw unsupported('custom page sizes');
  if (tables.some((table) => table.limits.is64)) throw unsupported('a 64-bit table (memory64)');
}

/**
 * @param maxMemoryBytes most linear memory of an instance: the function's `memoryBytes`
 * @throws BantamError MODULE_OVER_LIMIT naming what is over which limit
 */
export function refuseExcess(wasm: CoreModule, maxMemoryBytes: number): void {
  atMost(wasm.imports.length, limits.maxImports, 'imports');
  atMost(wasm.exports.length, limits.maxExports, 'exports');
  for (const { module: from, name } of wasm.imports)
    atMost(Math.max(byteLength(from), byteLength(name)), limits.maxNameBytes, 'bytes in the name of an import');
  for (const { name } of wasm.exports) atMost(byteLength(name), limits.maxNameBytes, 'bytes in the name of an export');
  atMost(wasm.memories.length + importCount(wasm, 'memory'), limits.maxMemories, 'memories');
  atMost(wasm.tables.length + importCount(wasm, 'table'), limits.maxTables, 'tables');
  for (const table of wasm.tables) atMost(table.limits.minimum, limits.maxTableElements, 'table elements at the start');
  const pages = wasm.memories.reduce((sum, memory) => sum + memory.limits.minimum, 0);
  const maxPages = Math.floor(maxMemoryBytes / pageBytes);
  if (pages > maxPages) {
    throw overLimit(
      `the module starts with ${pages * pageBytes} bytes of memory (${pages} pages); its memoryBytes of ${maxMemoryBytes} allows ${maxPages} pages`,
    );
  }
}

function atMost(count: number, most: number, what: string): void {
  if (count > most) throw overLimit(`the module declares ${count} ${what}; the limit is ${most}`);
}

function importedMemories(wasm: CoreModule): MemoryType[] {
  return wasm.imports.flatMap(({ type }) => (type.kind === 'memory' ? [type.memory] : []));
}

function importedTables(wasm: CoreModule): TableType[] {
  return wasm.imports.flatMap(({ type }) => (type.kind === 'table' ? [type.table] : []));
}

function importCount(wasm: CoreModule, kind: ExternKind): number {
  return wasm.imports.filter(({ type }) => type.kind === kind).length;
}

function byteLength(text: string): number {
  return Buffer.byteLength(text);
}

function unsupported(feature: string): BantamError {
  return new BantamError('MODULE_UNSUPPORTED', `the module uses ${feature}, which is not supported`);
}

/** @returns MODULE_OVER_LIMIT with this detail */
export function overLimit(detail: string): BantamError {
  return new BantamError('MODULE_OVER_LIMIT', detail);
}
