/** A value type compiled once per component: how its values travel between JavaScript and a guest. Shared by all instances. */
import type { FlatType } from '../../../component/flat.ts';
import type { Context } from '../context.ts';
import type { FlatValue } from '../faults.ts';

/**
 * The functions take the context of the instance at hand. `load` and `store` expect a checked, aligned pointer with `size` bytes behind it;
 * `lift` and `lower` use the core values from position `at`.
 */
export interface Abi {
  /** Bytes in memory, and their alignment (CanonicalABI.md, "Element Size", "Alignment"). */
  readonly size: number;
  readonly align: number;
  /** Core values it flattens to ("Flattening"); undefined: too many, so it never travels flat. */
  readonly flat: readonly FlatType[] | undefined;
  /** Estimated bytes of host memory of a lifted value, without what strings and lists hold. */
  readonly cost: number;
  readonly load: (c: Context, pointer: number) => unknown;
  readonly store: (c: Context, pointer: number, value: unknown) => void;
  readonly lift: (c: Context, flat: readonly FlatValue[], at: number) => unknown;
  readonly lower: (c: Context, value: unknown, flat: FlatValue[], at: number) => void;
}

/** @param align a power of two */
export function alignTo(offset: number, align: number): number {
  return Math.ceil(offset / align) * align;
}
