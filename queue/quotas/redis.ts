/** Token buckets in Redis: exact over all gateways. While it is away each gateway goes on with buckets of its own. */
import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';
import { createRedis, toError } from '../../shared/redis.ts';
import { LocalRateLimiter } from './local.ts';
import type { Bucket, RateLimiter, Take } from './port.ts';

export interface RedisRateLimiterOptions {
  readonly url: string;
  /** Told of every connection error, so several times a second while Redis is away. */
  readonly onError: (error: Error) => void;
}

/** @param args keys of the buckets, then rate and burst of each */
type TakeScript = (numberOfKeys: number, ...args: (string | number)[]) => Promise<number[]>;

/** All in one slot: a script may use several. */
const keyPrefix = 'bantam:{quotas}:';

/** Connects at once. */
export function createRedisRateLimiter(options: RedisRateLimiterOptions): RateLimiter {
  return new RedisRateLimiter(options);
}

class RedisRateLimiter implements RateLimiter {
  readonly #redis: Redis & { readonly take: TakeScript };
  readonly #onError: (error: Error) => void;
  /** Without Redis nobody knows what others let through: the same rates, at each gateway, are better than none and than no calls at all. */
  readonly #alone = new LocalRateLimiter();

  constructor({ url, onError }: RedisRateLimiterOptions) {
    const redis = createRedis(url, { role: 'command', onError });
    redis.defineCommand('take', { lua: readFileSync(new URL('take.lua', import.meta.url), 'utf8') });
    this.#redis = redis as Redis & { readonly take: TakeScript };
    this.#onError = onError;
  }

  async take(buckets: readonly Bucket[]): Promise<readonly Take[]> {
    try {
      const keys = buckets.map(({ key }) => keyPrefix + key);
      const fills = buckets.flatMap(({ ratePerSecond, burst }) => [ratePerSecond, burst]);
      const answer = await this.#redis.take(buckets.length, ...keys, ...fills);
      return buckets.map((_, i) => ({ left: answer[2 * i] ?? 0, waitMs: answer[2 * i + 1] ?? 0 }));
    } catch (cause) {
      this.#onError(toError(cause));
      return this.#alone.take(buckets);
    }
  }

  close(): void {
    this.#redis.disconnect();
  }
}
