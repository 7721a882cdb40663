/** What every adapter of queue/quotas/port.ts must do. Run by test/integration/rate-limiter-*.test.ts. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import type { Bucket, RateLimiter, Take } from '../../queue/quotas/port.ts';
import { eventually } from '../support/eventually.ts';

/** A bucket that nobody has used. */
export function aBucket(ratePerSecond: number, burst: number): Bucket {
  return { key: `namespace:${randomUUID()}`, ratePerSecond, burst };
}

export function isGranted(takes: readonly Take[]): boolean {
  assert.ok(takes.length > 0);
  return takes.every(({ waitMs }) => waitMs === 0);
}

/** @returns how many of `count` that come together are granted */
export async function grantedOf(limiter: RateLimiter, bucket: Bucket, count: number): Promise<number> {
  const answers = await Promise.all(Array.from({ length: count }, () => limiter.take([bucket])));
  return answers.filter(isGranted).length;
}

/** @param limiters two gateways' */
export function describeRateLimiter(name: string, limiters: () => readonly [RateLimiter, RateLimiter]): void {
  describe(`${name} token buckets`, () => {
    test('give as many at once as the burst, and then say when there is one again', async () => {
      const [limiter] = limiters();
      const bucket = aBucket(0.01, 3);
      const takes: (readonly Take[])[] = [];
      for (let i = 0; i < 4; i++) takes.push(await limiter.take([bucket]));
      assert.deepEqual(takes.slice(0, 3), [[{ left: 2, waitMs: 0 }], [{ left: 1, waitMs: 0 }], [{ left: 0, waitMs: 0 }]]);
      const [refused] = takes[3] ?? [];
      assert.equal(refused?.left, 0);
      assert.ok(refused.waitMs > 90_000 && refused.waitMs <= 100_000, `${refused.waitMs} ms`);
    });

    test('have a token again when they say, and no sooner', async () => {
      const [limiter] = limiters();
      const bucket = aBucket(5, 1);
      const firstMs = performance.now();
      assert.equal(isGranted(await limiter.take([bucket])), true);
      await eventually(async () => isGranted(await limiter.take([bucket])));
      assert.ok(performance.now() - firstMs >= 199, `after ${performance.now() - firstMs} ms`);
    });

    test('give two gateways together what their rate and burst allow, neither more nor less', async () => {
      const both = limiters();
      const bucket = aBucket(400, 400);
      const beganMs = performance.now();
      let granted = await grantedOf(both[0], bucket, bucket.burst);
      const firstMs = performance.now();
      let lastMs = 0;
      let wasEmpty = false;
      while (performance.now() - beganMs < 600 || !wasEmpty) {
        lastMs = performance.now();
        const counts = await Promise.all(both.map((limiter) => grantedOf(limiter, bucket, 50)));
        const sum = counts.reduce((before, count) => before + count);
        granted += sum;
        wasEmpty = sum < 100;
      }
      const most = bucket.burst + (bucket.ratePerSecond * (performance.now() - beganMs)) / 1_000;
      // The last round found it empty: less than a token was left. One more for two clocks that are not the same.
      const least = bucket.burst + (bucket.ratePerSecond * (lastMs - firstMs)) / 1_000 - 2;
      assert.ok(granted <= most && granted >= least, `${granted} were granted, not ${least} to ${most}`);
    });

    test('give none of several when one of them is empty', async () => {
      const [limiter] = limiters();
      const [small, large] = [aBucket(0.01, 1), aBucket(0.01, 5)];
      assert.equal(isGranted(await limiter.take([large, small])), true);
      for (const isLargeFirst of [true, false]) {
        const takes = await limiter.take(isLargeFirst ? [large, small] : [small, large]);
        const [ofLarge, ofSmall] = isLargeFirst ? takes : takes.toReversed();
        assert.deepEqual(ofLarge, { left: 4, waitMs: 0 });
        assert.ok((ofSmall?.waitMs ?? 0) > 0);
      }
      assert.equal(await grantedOf(limiter, large, 5), 4);
    });

    test('do not mix up those of others', async () => {
      const [limiter, other] = limiters();
      const [mine, yours] = [aBucket(0.01, 2), aBucket(0.01, 2)];
      assert.equal(await grantedOf(limiter, mine, 3), 2);
      assert.equal(await grantedOf(other, yours, 3), 2);
    });

    test('hold no more than a burst that became smaller, and grow with one that became larger', async () => {
      const [limiter] = limiters();
      const bucket = aBucket(0.01, 10);
      assert.equal(await grantedOf(limiter, bucket, 2), 2);
      assert.equal(await grantedOf(limiter, { ...bucket, burst: 3 }, 5), 3);
      assert.equal(await grantedOf(limiter, { ...bucket, burst: 1_000 }, 1), 0);
      await eventually(async () => isGranted(await limiter.take([{ ...bucket, ratePerSecond: 1_000 }])));
    });
  });
}
