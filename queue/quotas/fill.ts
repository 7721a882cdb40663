/** How token buckets are filled and emptied: the same as take.lua does in Redis. Pure. */
import type { Bucket, Take } from './port.ts';

export interface Fill {
  readonly tokens: number;
  /** Milliseconds, of any clock. */
  readonly atMs: number;
}

/** @param before undefined: never used, and so full */
export function refill({ ratePerSecond, burst }: Bucket, before: Fill | undefined, nowMs: number): number {
  if (before === undefined) return burst;
  return Math.min(burst, before.tokens + (Math.max(0, nowMs - before.atMs) * ratePerSecond) / 1_000);
}

/** @param tokens in each of the buckets @returns what there is in each afterwards, and what to say of it */
export function takeOne(
  buckets: readonly Bucket[],
  tokens: readonly number[],
): { readonly tokens: readonly number[]; readonly takes: readonly Take[] } {
  const taken = tokens.every((there) => there >= 1) ? 1 : 0;
  const left = tokens.map((there) => there - taken);
  return {
    tokens: left,
    takes: buckets.map(({ ratePerSecond }, i) => {
      const there = left[i] ?? 0;
      return { left: Math.floor(there), waitMs: taken === 1 || there >= 1 ? 0 : Math.ceil(((1 - there) * 1_000) / ratePerSecond) };
    }),
  };
}
