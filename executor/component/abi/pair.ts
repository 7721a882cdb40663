/** Values that are a pointer and a length: strings and lists. */
import type { Context } from '../context.ts';
import type { Abi } from './abi.ts';

export interface Range {
  readonly pointer: number;
  /** As the guest sees it: bytes, code units or elements. */
  readonly length: number;
}

/**
 * @param load  checks the range it is given: both numbers are the guest's
 * @param store allocates with the guest's realloc
 */
export function pointerPair(
  cost: number,
  load: (c: Context, pointer: number, length: number) => unknown,
  store: (c: Context, value: unknown) => Range,
): Abi {
  return {
    size: 8,
    align: 4,
    flat: ['i32', 'i32'],
    cost,
    load: (c, p) => load(c, c.view.getUint32(p, true), c.view.getUint32(p + 4, true)),
    store: (c, p, v) => {
      const { pointer, length } = store(c, v);
      c.view.setUint32(p, pointer, true);
      c.view.setUint32(p + 4, length, true);
    },
    lift: (c, f, i) => load(c, (f[i] as number) >>> 0, (f[i + 1] as number) >>> 0),
    lower: (c, v, f, i) => {
      const { pointer, length } = store(c, v);
      f[i] = pointer | 0;
      f[i + 1] = length | 0;
    },
  };
}
