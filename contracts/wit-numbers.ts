/** Numbers of WIT in JSON: ranges, and texts where JSON has no number for a value. Pure. */
import type { WitPrimitive, WitType } from './wit.ts';

declare global {
  // TC39 "JSON.parse source text access": V8 has it, TypeScript's libraries do not yet.
  interface JSON {
    rawJSON(text: string): object;
  }
}

export type WitInteger = Extract<WitPrimitive, 's8' | 'u8' | 's16' | 'u16' | 's32' | 'u32' | 's64' | 'u64'>;

/** Least and most value (component model, Explainer.md "Type Definitions"). */
const narrowRanges = {
  s8: [-128, 127],
  u8: [0, 255],
  s16: [-32_768, 32_767],
  u16: [0, 65_535],
  s32: [-2_147_483_648, 2_147_483_647],
  u32: [0, 4_294_967_295],
} as const;
const wideRanges = {
  s64: [-(2n ** 63n), 2n ** 63n - 1n],
  u64: [0n, 2n ** 64n - 1n],
} as const;

type NumberArray = ArrayLike<unknown> & { [index: number]: unknown };

/** What a list of these numbers is in JavaScript. */
const arrays: Readonly<Record<string, new (length: number) => NumberArray>> = {
  s8: Int8Array,
  u8: Uint8Array,
  s16: Int16Array,
  u16: Uint16Array,
  s32: Int32Array,
  u32: Uint32Array,
  s64: BigInt64Array,
  u64: BigUint64Array,
  f32: Float32Array,
  f64: Float64Array,
};

const integerText = /^-?[0-9]{1,20}$/;
const specialFloats: ReadonlyMap<unknown, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

/** An array that takes `length` values of the type: of numbers the typed array of that width. */
export function arrayFor(type: WitType, length: number): NumberArray {
  const TypedArray = Object.hasOwn(arrays, type.kind) ? arrays[type.kind] : undefined;
  return TypedArray === undefined ? [] : new TypedArray(length);
}

/**
 * Integers are JSON numbers; those of 64 bits may be decimal strings.
 * @returns a bigint for s64 and u64, else a number; undefined when `json` is no such integer; 'inexact' for a number that JSON readers round
 */
export function integerFromJson(kind: WitInteger, json: unknown): number | bigint | 'inexact' | undefined {
  if (kind === 's64' || kind === 'u64') return wideFromJson(kind, json);
  const [least, most] = narrowRanges[kind];
  if (typeof json !== 'number' || !Number.isInteger(json) || json < least || json > most) return undefined;
  // -0 becomes 0.
  return json + 0;
}

function wideFromJson(kind: 's64' | 'u64', json: unknown): bigint | 'inexact' | undefined {
  if (typeof json === 'number') {
    if (!Number.isInteger(json)) return undefined;
    if (!Number.isSafeInteger(json)) return 'inexact';
  } else if (typeof json !== 'string' || !integerText.test(json)) return undefined;
  const value = BigInt(json);
  const [least, most] = wideRanges[kind];
  return value < least || value > most ? undefined : value;
}

/**
 * Floats are JSON numbers, or the strings NaN, Infinity and -Infinity. Rounding is what floats are for; becoming infinite is not.
 * @returns undefined when `json` is no such number
 */
export function floatFromJson(kind: 'f32' | 'f64', json: unknown): number | undefined {
  if (typeof json !== 'number') return specialFloats.get(json);
  const value = kind === 'f32' ? Math.fround(json) : json;
  return Number.isFinite(value) ? value : undefined;
}

/** @returns a number where every JSON reader reads it exactly, else a decimal string */
export function wideToJson(value: bigint): number | string {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value.toString();
}

/** @returns a number; "NaN", "Infinity", "-Infinity"; -0 as raw JSON, since JSON.stringify drops its sign */
export function floatToJson(value: number): unknown {
  if (!Number.isFinite(value)) return String(value);
  return Object.is(value, -0) ? JSON.rawJSON('-0') : value;
}
