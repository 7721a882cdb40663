/** The import section: what a module asks of its host. */
import type { ByteReader } from './reader.ts';
import { type MemoryType, type TableType, readMemoryType, readTableType, readValueType } from './types.ts';

/** Kinds of imports and exports, named as WebAssembly.Module.imports() names them; the place is the code in the file. */
export const externKinds = ['function', 'table', 'memory', 'global', 'tag'] as const;
export type ExternKind = (typeof externKinds)[number];

export interface ImportDescription {
  readonly module: string;
  readonly name: string;
  readonly type:
    | { readonly kind: 'function'; readonly typeIndex: number }
    | { readonly kind: 'table'; readonly table: TableType }
    | { readonly kind: 'memory'; readonly memory: MemoryType }
    | { readonly kind: 'global'; readonly valueType: string; readonly mutable: boolean }
    | { readonly kind: 'tag'; readonly typeIndex: number };
}

/** JS API, "Implementation-defined Limits". */
const maxImports = 1_000_000;

export function readImportSection(reader: ByteReader): ImportDescription[] {
  const imports: ImportDescription[] = [];
  for (let left = reader.count('imports', maxImports, 4); left > 0; left--) {
    imports.push({ module: reader.name(), name: reader.name(), type: readImportType(reader) });
  }
  reader.expectEnd('the import section');
  return imports;
}

function readImportType(reader: ByteReader): ImportDescription['type'] {
  const kind = readExternKind(reader);
  switch (kind) {
    case 'function':
      return { kind, typeIndex: reader.u32() };
    case 'table':
      return { kind, table: readTableType(reader) };
    case 'memory':
      return { kind, memory: readMemoryType(reader) };
    case 'global':
      return { kind, valueType: readValueType(reader), mutable: readMutability(reader) };
    case 'tag':
      return { kind, typeIndex: readTagType(reader) };
  }
}

/** Reads one kind code. */
export function readExternKind(reader: ByteReader): ExternKind {
  const code = reader.byte();
  const kind = externKinds[code];
  if (kind === undefined) throw reader.fault(`an unknown kind ${code} of import or export`, reader.offset - 1);
  return kind;
}

function readMutability(reader: ByteReader): boolean {
  const code = reader.byte();
  if (code > 1) throw reader.fault('an unknown mutability', reader.offset - 1);
  return code === 1;
}

function readTagType(reader: ByteReader): number {
  if (reader.byte() !== 0) throw reader.fault('an unknown tag attribute', reader.offset - 1);
  return reader.u32();
}
