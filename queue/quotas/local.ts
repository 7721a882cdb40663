/** Token buckets within one process. */
import { ByteLru } from '../../shared/lru.ts';
import { type Fill, refill, takeOne } from './fill.ts';
import type { Bucket, RateLimiter, Take } from './port.ts';

/** Buckets kept; one that was not used for longest is full again when it is needed. */
const maxBuckets = 10_000;

export class LocalRateLimiter implements RateLimiter {
  readonly #fills = new ByteLru<string, Fill>(maxBuckets);
  readonly #now: () => number;

  /** @param now monotonic milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  async take(buckets: readonly Bucket[]): Promise<readonly Take[]> {
    const atMs = this.#now();
    const before = buckets.map((bucket) => refill(bucket, this.#fills.get(bucket.key), atMs));
    const { tokens, takes } = takeOne(buckets, before);
    for (const [i, { key }] of buckets.entries()) this.#fills.set(key, { tokens: tokens[i] ?? 0, atMs }, 1);
    return takes;
  }

  close(): void {}
}
