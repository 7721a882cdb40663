/** Flat values of variants: between each case's own core types and those that fit all. CanonicalABI.md, lift_flat_variant, lower_flat_variant. */
import type { FlatType } from '../../../component/flat.ts';
import type { FlatValue } from '../faults.ts';

type Coercion = (value: FlatValue) => FlatValue;

const floats = (): DataView => new DataView(new ArrayBuffer(8));

function i32ToF32(bits: number): number {
  const scratch = floats();
  scratch.setInt32(0, bits);
  return scratch.getFloat32(0);
}

function f32ToI32(value: number): number {
  const scratch = floats();
  scratch.setFloat32(0, value);
  return scratch.getInt32(0);
}

const i64ToI32 = (value: FlatValue): number => Number(BigInt.asIntN(32, value as bigint));

/** From the joined type to the case's own, by `${joined}${own}`. */
const narrowing: ReadonlyMap<string, Coercion> = new Map<string, Coercion>([
  ['i32f32', (value) => i32ToF32(value as number)],
  ['i64i32', i64ToI32],
  ['i64f32', (value) => i32ToF32(i64ToI32(value))],
  [
    'i64f64',
    (value) => {
      const scratch = floats();
      scratch.setBigInt64(0, value as bigint);
      return scratch.getFloat64(0);
    },
  ],
]);

/** From the case's own type to the joined one, by `${joined}${own}`. */
const widening: ReadonlyMap<string, Coercion> = new Map<string, Coercion>([
  ['i32f32', (value) => f32ToI32(value as number)],
  ['i64i32', (value) => BigInt((value as number) >>> 0)],
  ['i64f32', (value) => BigInt(f32ToI32(value as number) >>> 0)],
  [
    'i64f64',
    (value) => {
      const scratch = floats();
      scratch.setFloat64(0, value as number);
      return scratch.getBigInt64(0);
    },
  ],
]);

/** How one case's flat values become the joined ones and back; undefined members: as they are. */
export interface CaseCoercions {
  readonly narrow: readonly (Coercion | undefined)[];
  readonly widen: readonly (Coercion | undefined)[];
}

/** @returns undefined when the case's values are the joined ones */
export function coercionsOf(own: readonly FlatType[], joined: readonly FlatType[]): CaseCoercions | undefined {
  if (own.every((type, i) => type === joined[i])) return undefined;
  const keys = own.map((type, i) => `${joined[i]}${type}`);
  return { narrow: keys.map((key) => narrowing.get(key)), widen: keys.map((key) => widening.get(key)) };
}
