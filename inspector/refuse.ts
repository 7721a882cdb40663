/** Refuses modules that declare what no kind may: features that are not given, and more than the limits allow. */
import { BantamError } from '../contracts/errors.ts';
import { limits, pageBytes } from '../contracts/limits.ts';
import type { ExternKind } from '../wasm/imports.ts';
import type { DylinkInfo } from '../wasm/dylink.ts';
import type { CoreModule } from '../wasm/module.ts';
import type { MemoryType, TableType } from '../wasm/types.ts';

/** @throws BantamError MODULE_UNSUPPORTED naming the feature */
export function refuseFeatures(wasm: CoreModule): void {
  const memories = [...importedMemories(wasm), ...wasm.memories];
  const tables = [...importedTables(wasm), ...wasm.tables];
  if (memories.some((memory) => memory.limits.shared)) throw unsupported('a shared memory (threads)', 'build it without -pthread');
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
  const tables = [...wasm.tables, ...importedTables(wasm)];
  for (const table of tables) atMost(table.limits.minimum, limits.maxTableElements, 'table elements at the start');
  refusePages(startPages([...wasm.memories, ...importedMemories(wasm)]), maxMemoryBytes);
}

/**
 * Position-independent code says apart from its memory and table how much of them it takes.
 * @throws BantamError MODULE_OVER_LIMIT
 */
export function refuseDylinkExcess({ memoryBytes, tableElements }: DylinkInfo, maxMemoryBytes: number): void {
  atMost(tableElements, limits.maxTableElements, 'table elements at the start');
  refusePages(Math.ceil(memoryBytes / pageBytes), maxMemoryBytes);
}

/** @returns with how many pages of 64 KiB these memories start together */
export function startPages(memories: readonly MemoryType[]): number {
  return memories.reduce((sum, memory) => sum + memory.limits.minimum, 0);
}

/** @throws BantamError MODULE_OVER_LIMIT when an instance that starts with so many pages is over its `memoryBytes` */
export function refusePages(pages: number, maxMemoryBytes: number): void {
  const maxPages = Math.floor(maxMemoryBytes / pageBytes);
  if (pages <= maxPages) return;
  throw overLimit(
    `the module starts with ${pages * pageBytes} bytes of memory (${pages} pages); its memoryBytes of ${maxMemoryBytes} allows ${maxPages} pages`,
  );
}

/** @throws BantamError MODULE_OVER_LIMIT */
export function atMost(count: number, most: number, what: string): void {
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

function unsupported(feature: string, next?: string): BantamError {
  return new BantamError(
    'MODULE_UNSUPPORTED',
    `the module uses ${feature}, which is not supported${next === undefined ? '' : `; ${next}`}`,
  );
}

/** @returns MODULE_OVER_LIMIT with this detail */
export function overLimit(detail: string): BantamError {
  return new BantamError('MODULE_OVER_LIMIT', detail);
}
