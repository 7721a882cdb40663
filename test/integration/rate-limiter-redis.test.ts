/** Token buckets in Redis, and what becomes of them when Redis does not answer. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Redis } from 'ioredis';
import type { RateLimiter } from '../../queue/quotas/port.ts';
import { createRedisRateLimiter } from '../../queue/quotas/redis.ts';
import { aBucket, describeRateLimiter, grantedOf, isGranted } from '../conformance/rate-limiter.suite.ts';
import { eventually } from '../support/eventually.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

let redis: TestRedis;
let client: Redis;
let limiters: readonly [RateLimiter, RateLimiter];
const errors: Error[] = [];

before(async () => {
  redis = await startRedis();
  client = new Redis(redis.url);
  client.on('error', () => {});
  const options = { url: redis.url, onError: (error: Error) => void errors.push(error) };
  limiters = [createRedisRateLimiter(options), createRedisRateLimiter(options)];
  await usesRedis();
});
after(async () => {
  for (const limiter of limiters) limiter.close();
  client.disconnect();
  await redis.stop();
});

/** Waits until both have their connection. */
async function usesRedis(): Promise<void> {
  for (const limiter of limiters) {
    await eventually(async () => {
      errors.length = 0;
      await limiter.take([aBucket(1, 1)]);
      return errors.length === 0;
    });
  }
}

describeRateLimiter('Redis', () => limiters);

test('a bucket is gone from Redis when it is full, and there until then', async () => {
  const bucket = aBucket(10, 4);
  assert.equal(await grantedOf(limiters[0], bucket, 3), 3);
  const key = `bantam:{quotas}:${bucket.key}`;
  const leftMs = await client.pttl(key);
  assert.ok(leftMs > 0 && leftMs <= 300, `${leftMs} ms`);
  await eventually(async () => (await client.exists(key)) === 0);
  assert.equal(await grantedOf(limiters[0], bucket, 5), 4);
});

test('a bucket from a time to come, by a clock that was set back, is filled from now on', async () => {
  const bucket = aBucket(20, 2);
  const future = (Date.now() + 3_600_000) * 1_000;
  await client.set(`bantam:{quotas}:${bucket.key}`, `0 ${future}`, 'PX', 60_000);
  assert.equal(isGranted(await limiters[0].take([bucket])), false);
  await eventually(async () => isGranted(await limiters[0].take([bucket])), { timeoutMs: 2_000 });
});

test('while Redis is away each gateway goes on with the same rate by itself, and together again when it is back', async () => {
  const bucket = aBucket(0.01, 3);
  assert.equal(await grantedOf(limiters[0], bucket, 5), 3);
  await redis.kill();
  await eventually(async () => {
    errors.length = 0;
    await limiters[0].take([aBucket(1, 1)]);
    return errors.length > 0;
  });
  assert.equal(await grantedOf(limiters[0], bucket, 5), 3);
  assert.equal(await grantedOf(limiters[1], bucket, 5), 3);
  await redis.restart();
  await usesRedis();
  const counts = await Promise.all(limiters.map((limiter) => grantedOf(limiter, bucket, 5)));
  assert.equal((counts[0] ?? 0) + (counts[1] ?? 0), 3);
});
