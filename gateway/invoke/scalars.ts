/** Scalars from text and from JSON, ranges checked, nothing rounded silently. Pure. */
import type { ScalarValue } from '../../contracts/call.ts';
import type { ScalarType } from '../../contracts/kinds.ts';

/** What is wrong with an argument, in words for the caller. */
export class ArgumentFault extends Error {}

export const integerText = /^[+-]?[0-9]{1,20}$/;
export const floatText = /^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$/;
const specialFloats: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

/** Integers may be meant signed or unsigned, as in the text format (core specification, 6.3.1): both ranges are taken. */
const integerRange: Readonly<Record<'i32' | 'i64', readonly [bigint, bigint]>> = {
  i32: [-(2n ** 31n), 2n ** 32n - 1n],
  i64: [-(2n ** 63n), 2n ** 64n - 1n],
};

/** @throws ArgumentFault */
export function fromText(text: string, type: ScalarType, name: string): ScalarValue {
  if (type === 'f32' || type === 'f64') {
    const special = Object.hasOwn(specialFloats, text) ? specialFloats[text] : undefined;
    if (special !== undefined) return special;
    if (!floatText.test(text)) throw expected(name, type, JSON.stringify(text));
    return finite(Number(text), type, name, text);
  }
  if (!integerText.test(text)) throw expected(name, type, JSON.stringify(text));
  return integer(BigInt(text.startsWith('+') ? text.slice(1) : text), type, name, text);
}

/** Numbers, or text where JSON has no number for the value: i64 beyond 2^53, NaN, infinities. @throws ArgumentFault */
export function fromJson(value: unknown, type: ScalarType, name: string): ScalarValue {
  if (typeof value === 'string') return fromText(value, type, name);
  if (typeof value !== 'number') throw expected(name, type, Array.isArray(value) ? 'an array' : JSON.stringify(value));
  if (type === 'f32' || type === 'f64') return finite(value, type, name, 'a number beyond its range');
  if (!Number.isInteger(value)) throw expected(name, type, String(value));
  if (!Number.isSafeInteger(value))
    throw new ArgumentFault(`${name}: integers beyond 2^53 lose digits as JSON numbers; pass a decimal string`);
  return integer(BigInt(value), type, name, String(value));
}

/** Rounding is what floats are for; becoming infinite is not. */
function finite(value: number, type: 'f32' | 'f64', name: string, shown: string): number {
  if (!Number.isFinite(type === 'f32' ? Math.fround(value) : value)) throw expected(name, type, shown);
  return value;
}

function integer(value: bigint, type: 'i32' | 'i64', name: string, shown: string): ScalarValue {
  const [least, most] = integerRange[type];
  if (value < least || value > most) throw expected(name, type, shown);
  return type === 'i64' ? BigInt.asIntN(64, value) : Number(BigInt.asIntN(32, value));
}

function expected(name: string, type: ScalarType, got: string): ArgumentFault {
  return new ArgumentFault(`${name}: expected ${type}, got ${got.length > 60 ? `${got.slice(0, 60)}...` : got}`);
}
