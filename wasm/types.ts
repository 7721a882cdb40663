/** Value types, function types and limits of core modules (core specification 3.0, section "Types"): shapes and decoding. */
import type { ByteReader } from './reader.ts';

/** A value type as text: `i32`, `v128`, `funcref`, `(ref null 3)`. */
export type ValueType = string;

export interface FuncType {
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

/** Limits of a memory (in pages) or table (in elements). */
export interface Limits {
  readonly minimum: number;
  readonly maximum: number | undefined;
  /** Whether several threads may share it. */
  readonly shared: boolean;
  /** Whether it is addressed with 64 bits. */
  readonly is64: boolean;
  /** The bytes `[start, end)` of flags, minimum and maximum in the file. */
  readonly start: number;
  readonly end: number;
}

export interface TableType {
  readonly elementType: ValueType;
  readonly limits: Limits;
}

export interface MemoryType {
  readonly limits: Limits;
  /** 65,536 unless the custom-page-sizes proposal is used. */
  readonly pageBytes: number;
}

/** Limits of every engine (JS API, "Implementation-defined Limits"). */
export const maxParams = 1_000;
export const maxResults = 1_000;

const numberAndVectorTypes = new Map([
  [0x7f, 'i32'],
  [0x7e, 'i64'],
  [0x7d, 'f32'],
  [0x7c, 'f64'],
  [0x7b, 'v128'],
]);

const heapTypes = new Map([
  [0x74, 'noexn'],
  [0x73, 'nofunc'],
  [0x72, 'noextern'],
  [0x71, 'none'],
  [0x70, 'func'],
  [0x6f, 'extern'],
  [0x6e, 'any'],
  [0x6d, 'eq'],
  [0x6c, 'i31'],
  [0x6b, 'struct'],
  [0x6a, 'array'],
  [0x69, 'exn'],
]);

const limitsFlag = { hasMaximum: 1, shared: 2, is64: 4, pageSize: 8 } as const;
const knownFlags = { memory: 0b1111, table: 0b0101 } as const;

/** Reads one value type. */
export function readValueType(reader: ByteReader): ValueType {
  const code = reader.peek();
  const simple = code === undefined ? undefined : numberAndVectorTypes.get(code);
  if (simple === undefined) return readReferenceType(reader);
  reader.byte();
  return simple;
}

/** Reads one reference type: `(ref ht)`, `(ref null ht)` or the short form of an abstract one. */
export function readReferenceType(reader: ByteReader): ValueType {
  const start = reader.offset;
  const code = reader.byte();
  if (code === 0x63) return `(ref null ${readHeapType(reader)})`;
  if (code === 0x64) return `(ref ${readHeapType(reader)})`;
  const abstract = heapTypes.get(code);
  if (abstract === undefined) throw reader.fault('an unknown type', start);
  return `${abstract}ref`;
}

/** Reads a heap type: the name of an abstract one or a type index. */
export function readHeapType(reader: ByteReader): string {
  const start = reader.offset;
  const value = reader.s33();
  if (value >= 0) return String(value);
  const abstract = value >= -64 ? heapTypes.get(value + 0x80) : undefined;
  if (abstract === undefined) throw reader.fault('an unknown heap type', start);
  return abstract;
}

/** Reads parameters and results; the leading 0x60 has been read. */
export function readFuncType(reader: ByteReader): FuncType {
  const params = Array.from({ length: reader.count('parameters', maxParams) }, () => readValueType(reader));
  const results = Array.from({ length: reader.count('results', maxResults) }, () => readValueType(reader));
  return { params, results };
}

export function readTableType(reader: ByteReader): TableType {
  const elementType = readReferenceType(reader);
  return { elementType, limits: readLimits(reader, 'table').limits };
}

export function readMemoryType(reader: ByteReader): MemoryType {
  const { limits, flags } = readLimits(reader, 'memory');
  if (!(flags & limitsFlag.pageSize)) return { limits, pageBytes: 65_536 };
  const start = reader.offset;
  const exponent = reader.u32();
  if (exponent > 16) throw reader.fault('a page size above 64 KiB', start);
  return { limits, pageBytes: 2 ** exponent };
}

function readLimits(reader: ByteReader, what: 'table' | 'memory'): { limits: Limits; flags: number } {
  const start = reader.offset;
  const flags = reader.byte();
  if (flags & ~knownFlags[what]) throw reader.fault(`unknown ${what} flags`, start);
  const is64 = (flags & limitsFlag.is64) !== 0;
  const minimum = is64 ? reader.u64() : reader.u32();
  const maximum = flags & limitsFlag.hasMaximum ? (is64 ? reader.u64() : reader.u32()) : undefined;
  return { limits: { minimum, maximum, shared: (flags & limitsFlag.shared) !== 0, is64, start, end: reader.offset }, flags };
}
