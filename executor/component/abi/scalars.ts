/** Booleans, numbers and characters. CanonicalABI.md, "Loading", "Storing", "Flat Lifting", "Flat Lowering". */
import type { FlatType } from '../../../component/flat.ts';
import type { WitPrimitive } from '../../../contracts/wit.ts';
import type { Context } from '../context.ts';
import { fail } from '../faults.ts';
import type { Abi } from './abi.ts';

const cost = 16;

function scalar(size: number, flat: FlatType, rest: Pick<Abi, 'load' | 'store' | 'lift' | 'lower'>): Abi {
  return { size, align: size, flat: [flat], cost, ...rest };
}

/** What a guest leaves in the unused upper bits of a flat integer is ignored ("lift_flat_unsigned"). */
export const scalars: ReadonlyMap<string, Abi> = new Map<WitPrimitive, Abi>([
  [
    'bool',
    scalar(1, 'i32', {
      load: (c, p) => c.bytes[p] !== 0,
      store: (c, p, v) => void (c.bytes[p] = v === true ? 1 : 0),
      lift: (_, f, i) => f[i] !== 0,
      lower: (_, v, f, i) => void (f[i] = v === true ? 1 : 0),
    }),
  ],
  [
    'u8',
    scalar(1, 'i32', {
      load: (c, p) => c.bytes[p],
      store: (c, p, v) => void (c.bytes[p] = v as number),
      lift: (_, f, i) => (f[i] as number) & 0xff,
      lower: (_, v, f, i) => void (f[i] = (v as number) & 0xff),
    }),
  ],
  [
    's8',
    scalar(1, 'i32', {
      load: (c, p) => c.view.getInt8(p),
      store: (c, p, v) => c.view.setInt8(p, v as number),
      lift: (_, f, i) => ((f[i] as number) << 24) >> 24,
      lower: (_, v, f, i) => void (f[i] = ((v as number) << 24) >> 24),
    }),
  ],
  [
    'u16',
    scalar(2, 'i32', {
      load: (c, p) => c.view.getUint16(p, true),
      store: (c, p, v) => c.view.setUint16(p, v as number, true),
      lift: (_, f, i) => (f[i] as number) & 0xffff,
      lower: (_, v, f, i) => void (f[i] = (v as number) & 0xffff),
    }),
  ],
  [
    's16',
    scalar(2, 'i32', {
      load: (c, p) => c.view.getInt16(p, true),
      store: (c, p, v) => c.view.setInt16(p, v as number, true),
      lift: (_, f, i) => ((f[i] as number) << 16) >> 16,
      lower: (_, v, f, i) => void (f[i] = ((v as number) << 16) >> 16),
    }),
  ],
  [
    'u32',
    scalar(4, 'i32', {
      load: (c, p) => c.view.getUint32(p, true),
      store: (c, p, v) => c.view.setUint32(p, v as number, true),
      lift: (_, f, i) => (f[i] as number) >>> 0,
      lower: (_, v, f, i) => void (f[i] = (v as number) | 0),
    }),
  ],
  [
    's32',
    scalar(4, 'i32', {
      load: (c, p) => c.view.getInt32(p, true),
      store: (c, p, v) => c.view.setInt32(p, v as number, true),
      lift: (_, f, i) => (f[i] as number) | 0,
      lower: (_, v, f, i) => void (f[i] = (v as number) | 0),
    }),
  ],
  [
    'u64',
    scalar(8, 'i64', {
      load: (c, p) => c.view.getBigUint64(p, true),
      store: (c, p, v) => c.view.setBigUint64(p, v as bigint, true),
      lift: (_, f, i) => BigInt.asUintN(64, f[i] as bigint),
      lower: (_, v, f, i) => void (f[i] = v as bigint),
    }),
  ],
  [
    's64',
    scalar(8, 'i64', {
      load: (c, p) => c.view.getBigInt64(p, true),
      store: (c, p, v) => c.view.setBigInt64(p, v as bigint, true),
      lift: (_, f, i) => BigInt.asIntN(64, f[i] as bigint),
      lower: (_, v, f, i) => void (f[i] = v as bigint),
    }),
  ],
  [
    'f32',
    scalar(4, 'f32', {
      load: (c, p) => c.view.getFloat32(p, true),
      store: (c, p, v) => c.view.setFloat32(p, v as number, true),
      lift: (_, f, i) => f[i],
      lower: (_, v, f, i) => void (f[i] = v as number),
    }),
  ],
  [
    'f64',
    scalar(8, 'f64', {
      load: (c, p) => c.view.getFloat64(p, true),
      store: (c, p, v) => c.view.setFloat64(p, v as number, true),
      lift: (_, f, i) => f[i],
      lower: (_, v, f, i) => void (f[i] = v as number),
    }),
  ],
  [
    'char',
    scalar(4, 'i32', {
      load: (c, p) => toChar(c, c.view.getUint32(p, true)),
      store: (c, p, v) => c.view.setUint32(p, fromChar(v), true),
      lift: (c, f, i) => toChar(c, (f[i] as number) >>> 0),
      lower: (_, v, f, i) => void (f[i] = fromChar(v)),
    }),
  ],
]);

/** "convert_i32_to_char": a Unicode scalar value, that is no surrogate. */
function toChar(c: Context, code: number): string {
  if (code >= 0x11_0000 || (code >= 0xd800 && code <= 0xdfff)) fail(c.state, `invalid char: 0x${code.toString(16)}`);
  return String.fromCodePoint(code);
}

function fromChar(value: unknown): number {
  const code = typeof value === 'string' ? value.codePointAt(0) : undefined;
  if (code === undefined || (code >= 0xd800 && code <= 0xdfff)) throw new TypeError('expected a character');
  return code;
}
