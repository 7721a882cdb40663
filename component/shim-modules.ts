/** Recognises, by structure alone, the two core modules with which wit-component breaks the circle of a memory and the imports that need it. */
import { ByteReader, WasmFormatError } from '../wasm/reader.ts';
import { type Section, readSections, sectionIds } from '../wasm/sections.ts';
import { type FuncType, readFuncType } from '../wasm/types.ts';
import type { Range } from './scope.ts';

/** A module whose functions do nothing but call, with their own arguments, an entry of its one table: by export name. */
export type ShimModule = ReadonlyMap<string, Forwarder>;

export interface Forwarder {
  /** Of the table. */
  readonly entry: number;
  /** What it is called with. */
  readonly type: FuncType;
}

/** A module that does nothing but fill an imported table, from entry 0 on, with functions that it imports. */
export interface FixupModule {
  readonly table: ImportName;
  /** By entry. */
  readonly functions: readonly ImportName[];
}

export interface ImportName {
  readonly module: string;
  readonly name: string;
}

const opcode = { end: 0x0b, callIndirect: 0x11, localGet: 0x20, i32Const: 0x41 } as const;
const func = 0x60;
const kind = { func: 0, table: 1 } as const;

/** @returns undefined for any other module */
export function readShim(bytes: Uint8Array, range: Range): ShimModule | undefined {
  return attempt(() => {
    const sections = exactly(bytes, range, [sectionIds.type, sectionIds.function, sectionIds.table, sectionIds.export, sectionIds.code]);
    const [types, functions, tables, exports, code] = sections;
    if (!types || !functions || !tables || !exports || !code) return undefined;
    const typeList = vector(types, () => readType(types));
    const typeIndices = vector(functions, () => functions.u32());
    if (tables.u32() !== 1) return undefined;
    const bodies = vector(code, (i) => readForwarder(code, typeList, typeIndices[i]));
    return nameExports(exports, bodies);
  });
}

/** @returns undefined for any other module */
export function readFixup(bytes: Uint8Array, range: Range): FixupModule | undefined {
  return attempt(() => {
    const sections = exactly(bytes, range, [sectionIds.type, sectionIds.import, sectionIds.element]);
    const [, imports, elements] = sections;
    if (!imports || !elements) return undefined;
    const functions: ImportName[] = [];
    const tables: ImportName[] = [];
    vector(imports, () => {
      const name = { module: imports.name(), name: imports.name() };
      const what = imports.byte();
      if (what === kind.func) functions.push(name);
      else tables.push(name);
      if (what === kind.func) imports.u32();
      else if (what === kind.table) skipTableType(imports);
      else no(imports);
    });
    const [table, ...others] = tables;
    if (table === undefined || others.length > 0) return undefined;
    // One active segment of table 0 with functions by index, at offset 0 (core specification, "Element Section").
    for (const wanted of [1, 0, opcode.i32Const, 0, opcode.end]) if (elements.u32() !== wanted) return undefined;
    return { table, functions: vector(elements, () => functions[elements.u32()] ?? no(elements)) };
  });
}

/** @throws WasmFormatError unless the module has these sections and, but for custom ones, no others */
function exactly(bytes: Uint8Array, range: Range, ids: readonly number[]): ByteReader[] {
  const module = bytes.subarray(range.start, range.end);
  const sections = readSections(module).filter(({ id }: Section) => id !== sectionIds.custom);
  const readers = sections.map(({ bodyStart, end }) => new ByteReader(module, bodyStart, end));
  if (sections.length !== ids.length || sections.some(({ id }, i) => id !== ids[i])) return [];
  return readers;
}

function readType(reader: ByteReader): FuncType {
  return reader.byte() === func ? readFuncType(reader) : no(reader);
}

/** The body of a function: every parameter in turn, the entry, `call_indirect` with the function's own type. */
function readForwarder(reader: ByteReader, types: readonly FuncType[], typeIndex: number | undefined): Forwarder {
  const type = typeIndex === undefined ? undefined : types[typeIndex];
  if (type === undefined) return no(reader);
  const size = reader.u32();
  const end = reader.offset + size;
  if (reader.u32() !== 0) return no(reader);
  for (const index of type.params.keys()) if (reader.byte() !== opcode.localGet || reader.u32() !== index) return no(reader);
  if (reader.byte() !== opcode.i32Const) return no(reader);
  const entry = reader.s33();
  if (reader.byte() !== opcode.callIndirect || reader.u32() !== typeIndex || reader.u32() !== 0) return no(reader);
  if (reader.byte() !== opcode.end || reader.offset !== end) return no(reader);
  return { entry, type };
}

function nameExports(reader: ByteReader, bodies: readonly Forwarder[]): ShimModule {
  const functions = new Map<string, Forwarder>();
  vector(reader, () => {
    const name = reader.name();
    const what = reader.byte();
    const body = bodies[reader.u32()];
    if (what === kind.func && body !== undefined) functions.set(name, body);
    else if (what !== kind.table) no(reader);
  });
  return functions;
}

function skipTableType(reader: ByteReader): void {
  reader.byte();
  const flags = reader.byte();
  reader.u32();
  if ((flags & 1) !== 0) reader.u32();
}

function vector<T>(reader: ByteReader, read: (index: number) => T): T[] {
  const entries: T[] = [];
  for (let left = reader.count('entries', maxEntries); left > 0; left--) entries.push(read(entries.length));
  return entries;
}

/** wit-component makes one entry per imported function. */
const maxEntries = 10_000;

/** Not the module looked for. */
function no(reader: ByteReader): never {
  throw reader.fault('another module');
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof WasmFormatError) return undefined;
    throw error;
  }
}
