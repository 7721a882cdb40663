/** Flags: bits of one integer, at most 32 of them. CanonicalABI.md, load_flags, store_flags, "Element Size" (elem_size_flags). */
import type { Abi } from './abi.ts';

type FlagsValue = Record<string, unknown>;

/** @param keys camelCase labels in order of their bits, checked by the caller to be labels and different */
export function flagsAbi(keys: readonly string[]): Abi {
  const size = keys.length <= 8 ? 1 : keys.length <= 16 ? 2 : 4;
  const unpack = (bits: number): FlagsValue => {
    const value: FlagsValue = {};
    for (let i = 0; i < keys.length; i++) value[keys[i] as string] = ((bits >>> i) & 1) === 1;
    return value;
  };
  const pack = (value: unknown): number => {
    let bits = 0;
    for (let i = 0; i < keys.length; i++) if ((value as FlagsValue)[keys[i] as string] === true) bits |= 1 << i;
    return bits;
  };
  return {
    size,
    align: size,
    flat: ['i32'],
    cost: 24 + keys.length * 8,
    load: (c, p) => unpack(size === 1 ? c.view.getUint8(p) : size === 2 ? c.view.getUint16(p, true) : c.view.getUint32(p, true)),
    store: (c, p, v) => {
      const bits = pack(v);
      if (size === 1) c.view.setUint8(p, bits);
      else if (size === 2) c.view.setUint16(p, bits, true);
      else c.view.setUint32(p, bits, true);
    },
    lift: (_, f, i) => unpack(f[i] as number),
    lower: (_, v, f, i) => void (f[i] = pack(v)),
  };
}
