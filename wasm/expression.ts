/** Skips constant expressions (core specification, "Constant Expressions"): they stand between a table's type and the next table. */
import type { ByteReader } from './reader.ts';
import { readHeapType } from './types.ts';

const end = 0x0b;

/**
 * Moves past one constant expression, its `end` included.
 * @throws WasmFormatError for an instruction that is not constant, or not known
 */
export function skipConstantExpression(reader: ByteReader): void {
  for (;;) {
    const start = reader.offset;
    const code = reader.byte();
    if (code === end) return;
    const skip = operands.get(code);
    if (skip === undefined) throw reader.fault('an instruction that is not constant', start);
    skip(reader, start);
  }
}

type Skip = (reader: ByteReader, start: number) => void;

const nothing: Skip = () => undefined;
const index: Skip = (reader) => reader.skipLeb(32);

const operands: ReadonlyMap<number, Skip> = new Map<number, Skip>([
  [0x23, index], // global.get
  [0x41, index], // i32.const
  [0x42, (reader): void => reader.skipLeb(64)], // i64.const
  [0x43, (reader): void => reader.skip(4)], // f32.const
  [0x44, (reader): void => reader.skip(8)], // f64.const
  [0x6a, nothing], // i32.add, sub, mul
  [0x6b, nothing],
  [0x6c, nothing],
  [0x7c, nothing], // i64.add, sub, mul
  [0x7d, nothing],
  [0x7e, nothing],
  [0xd0, (reader): void => void readHeapType(reader)], // ref.null
  [0xd2, index], // ref.func
  [0xfb, skipAggregate],
  [0xfd, skipVector],
]);

/** struct.new, array.new, ref.i31 and their like. */
function skipAggregate(reader: ByteReader, start: number): void {
  const code = reader.u32();
  if (code === 0x00 || code === 0x01 || code === 0x06 || code === 0x07) return reader.skipLeb(32);
  if (code === 0x08) {
    reader.skipLeb(32); // array.new_fixed: type and length
    return reader.skipLeb(32);
  }
  if (code === 0x1a || code === 0x1b || code === 0x1c) return;
  throw reader.fault('an instruction that is not constant', start);
}

function skipVector(reader: ByteReader, start: number): void {
  if (reader.u32() !== 12) throw reader.fault('an instruction that is not constant', start);
  reader.skip(16); // v128.const
}
