/** Encodings that recur in component binaries (Binary.md), on top of the reader of primitive ones. */
import type { ByteReader } from '../wasm/reader.ts';
import type { Budget } from './budget.ts';
import { invalid, unsupported } from './error.ts';
import { isExportName, isImportName, isLabel, uniqueKey } from './names.ts';
import type { CoreSort } from './plan.ts';
import type { Sort } from './scope.ts';

const bytesPerWork = 64;

/** `vec(...)`: the work of all entries is spent before the first is read. */
export function readVector<T>(budget: Budget, reader: ByteReader, what: string, read: (index: number) => T): T[] {
  const count = reader.count(what, Number.POSITIVE_INFINITY);
  budget.spend(1 + count);
  const entries: T[] = [];
  for (let i = 0; i < count; i++) entries.push(read(i));
  return entries;
}

/** `<T>?` */
export function readOptional<T>(reader: ByteReader, read: () => T): T | undefined {
  const offset = reader.offset;
  const code = reader.byte();
  if (code > 1) throw invalid('an optional part is neither there nor absent', offset);
  return code === 1 ? read() : undefined;
}

export function readName(budget: Budget, reader: ByteReader): string {
  const name = reader.name();
  budget.spend(Math.floor(name.length / bytesPerWork));
  return name;
}

/** `label'`: of a field, a case, a flag, a parameter. `keys` holds those of the same type and takes this one. */
export function readLabel(budget: Budget, reader: ByteReader, keys: Set<string>): string {
  const offset = reader.offset;
  const label = readName(budget, reader);
  if (!isLabel(label)) throw invalid(`${quote(label)} is not a kebab-case label`, offset);
  takeKey(keys, label, offset);
  return label;
}

/** `importname'` or `exportname'`. `keys` as above. Binary.md: 0x00 and, in older binaries, 0x01; 0x02 comes with options. */
export function readExternName(budget: Budget, reader: ByteReader, keys: Set<string>, as: 'import' | 'export'): string {
  const offset = reader.offset;
  const code = reader.byte();
  if (code === 2) throw unsupported(`an ${as} name with options (implements, version suffix, external id)`, offset);
  if (code > 2) throw invalid(`an unknown kind of ${as} name`, offset);
  const name = readName(budget, reader);
  if (!(as === 'import' ? isImportName(name) : isExportName(name))) throw invalid(`${quote(name)} is no name of an ${as}`, offset);
  takeKey(keys, name, offset);
  return name;
}

function takeKey(keys: Set<string>, name: string, offset: number): void {
  const key = uniqueKey(name);
  if (keys.has(key)) throw invalid(`the name ${quote(name)}, or one too much like it, is there twice`, offset);
  keys.add(key);
}

/** A name from the file as it stands in messages: escaped and not too long. */
export function quote(name: string): string {
  return JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}...` : name);
}

const coreSorts = new Map<number, CoreSort>([
  [0x00, 'func'],
  [0x01, 'table'],
  [0x02, 'memory'],
  [0x03, 'global'],
  [0x04, 'tag'],
]);

/** `core:sort`, of what a core instance can export. */
export function readCoreSort(reader: ByteReader): CoreSort {
  const offset = reader.offset;
  const sort = coreSorts.get(reader.byte());
  if (sort === undefined) throw invalid('an unknown core sort', offset);
  return sort;
}

export type AnySort = { readonly core: CoreSort | 'type' } | { readonly sort: Sort };

const sorts = new Map<number, Sort>([
  [0x01, 'func'],
  [0x03, 'type'],
  [0x04, 'component'],
  [0x05, 'instance'],
]);

/** `sort`. */
export function readSort(reader: ByteReader): AnySort {
  const offset = reader.offset;
  const code = reader.byte();
  if (code === 0x02) throw unsupported('a value definition', offset);
  if (code !== 0x00) {
    const sort = sorts.get(code);
    if (sort === undefined) throw invalid('an unknown sort', offset);
    return { sort };
  }
  const next = reader.peek();
  if (next !== 0x10 && next !== 0x11) return { core: readCoreSort(reader) };
  reader.byte();
  return next === 0x10 ? { core: 'type' } : { sort: 'module' };
}
