/** Reads what a core module declares: types, imports, memories, tables, exports. Validates nothing but the encoding; code is not looked at. */
import { skipConstantExpression } from './expression.ts';
import { type ExternKind, type ImportDescription, readExternKind, readImportSection } from './imports.ts';
import { ByteReader } from './reader.ts';
import { type Section, readSections, sectionIds, sectionReader } from './sections.ts';
import { notAFunction, readTypeSection } from './type-section.ts';
import { type FuncType, type MemoryType, type TableType, readFuncType, readMemoryType, readTableType } from './types.ts';

export interface ExportDescription {
  readonly name: string;
  readonly kind: ExternKind;
  /** In the index space of its kind, imports first. */
  readonly index: number;
}

export interface CoreModule {
  readonly bytes: Uint8Array;
  readonly sections: readonly Section[];
  /** See `readTypeSection`; `functionType` decodes one. */
  readonly types: readonly number[];
  readonly imports: readonly ImportDescription[];
  /** Type index of every function, imported ones first. */
  readonly functions: readonly number[];
  /** Defined ones only, as are memories. */
  readonly tables: readonly TableType[];
  readonly memories: readonly MemoryType[];
  readonly exports: readonly ExportDescription[];
  /** Index of the start function. */
  readonly start: number | undefined;
  /** Names of the custom sections, in order. */
  readonly customSections: readonly string[];
  readonly globalCount: number;
  readonly elementSegmentCount: number;
  readonly dataSegmentCount: number;
}

/** JS API, "Implementation-defined Limits". */
const most = {
  functions: 1_000_000,
  tables: 100_000,
  memories: 100_000,
  exports: 1_000_000,
  globals: 1_000_000,
  elementSegments: 10_000_000,
  dataSegments: 100_000,
} as const;

/**
 * Work and memory are bounded by the size of the file.
 * @param bytes a core module: `identify` said so
 * @throws WasmFormatError for an encoding that is wrong or unknown
 */
export function readModule(bytes: Uint8Array): CoreModule {
  const sections = readSections(bytes);
  const from = (id: number): ByteReader => sectionReader(bytes, sections, id) ?? emptyVector();
  const imports = readImportSection(from(sectionIds.import));
  return {
    bytes,
    sections,
    types: readTypeSection(from(sectionIds.type)),
    imports,
    functions: [...importedFunctions(imports), ...readFunctionSection(from(sectionIds.function))],
    tables: readTableSection(from(sectionIds.table)),
    memories: readMemorySection(from(sectionIds.memory)),
    exports: readExportSection(from(sectionIds.export)),
    start: readStartSection(sectionReader(bytes, sections, sectionIds.start)),
    customSections: sections
      .filter(({ id }) => id === sectionIds.custom)
      .map(({ bodyStart, end }) => new ByteReader(bytes, bodyStart, end).name()),
    globalCount: from(sectionIds.global).count('globals', most.globals, 3),
    elementSegmentCount: from(sectionIds.element).count('element segments', most.elementSegments),
    dataSegmentCount: from(sectionIds.data).count('data segments', most.dataSegments),
  };
}

/** @returns the type of a function; undefined when the index, or the type it names, is not there (an invalid module) */
export function functionType(module: CoreModule, functionIndex: number): FuncType | undefined {
  const typeIndex = module.functions[functionIndex];
  return typeIndex === undefined ? undefined : funcTypeAt(module, typeIndex);
}

/** @returns the function type with this type index; undefined when there is none */
export function funcTypeAt(module: CoreModule, typeIndex: number): FuncType | undefined {
  const offset = module.types[typeIndex] ?? notAFunction;
  return offset === notAFunction ? undefined : readFuncType(new ByteReader(module.bytes, offset));
}

/** The defined tables; exported for `capMemories`. */
export function readTableSection(reader: ByteReader): TableType[] {
  const tables: TableType[] = [];
  for (let left = reader.count('tables', most.tables, 3); left > 0; left--) {
    const hasInitialiser = reader.peek() === 0x40;
    if (hasInitialiser) {
      reader.byte();
      if (reader.byte() !== 0) throw reader.fault('an unknown kind of table', reader.offset - 1);
    }
    tables.push(readTableType(reader));
    if (hasInitialiser) skipConstantExpression(reader);
  }
  reader.expectEnd('the table section');
  return tables;
}

/** The defined memories; exported for `capMemories`. */
export function readMemorySection(reader: ByteReader): MemoryType[] {
  const memories: MemoryType[] = [];
  for (let left = reader.count('memories', most.memories, 2); left > 0; left--) memories.push(readMemoryType(reader));
  reader.expectEnd('the memory section');
  return memories;
}

function readFunctionSection(reader: ByteReader): number[] {
  const functions: number[] = [];
  for (let left = reader.count('functions', most.functions); left > 0; left--) functions.push(reader.u32());
  reader.expectEnd('the function section');
  return functions;
}

function readExportSection(reader: ByteReader): ExportDescription[] {
  const exports: ExportDescription[] = [];
  for (let left = reader.count('exports', most.exports, 3); left > 0; left--) {
    exports.push({ name: reader.name(), kind: readExternKind(reader), index: reader.u32() });
  }
  reader.expectEnd('the export section');
  return exports;
}

function readStartSection(reader: ByteReader | undefined): number | undefined {
  const start = reader?.u32();
  reader?.expectEnd('the start section');
  return start;
}

function importedFunctions(imports: readonly ImportDescription[]): number[] {
  return imports.flatMap(({ type }) => (type.kind === 'function' ? [type.typeIndex] : []));
}

/** What a section that is not there reads as. */
function emptyVector(): ByteReader {
  return new ByteReader(Uint8Array.of(0));
}
