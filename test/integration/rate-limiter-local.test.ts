/** Token buckets within one process: several gateways would be one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LocalRateLimiter } from '../../queue/quotas/local.ts';
import { aBucket, describeRateLimiter, grantedOf } from '../conformance/rate-limiter.suite.ts';

const limiter = new LocalRateLimiter();
describeRateLimiter('local', () => [limiter, limiter]);

test('a bucket that was left alone for long is full and no fuller', async () => {
  let nowMs = 0;
  const clocked = new LocalRateLimiter(() => nowMs);
  const bucket = aBucket(10, 5);
  assert.equal(await grantedOf(clocked, bucket, 6), 5);
  nowMs += 99;
  assert.equal(await grantedOf(clocked, bucket, 1), 0);
  nowMs += 1;
  assert.equal(await grantedOf(clocked, bucket, 2), 1);
  nowMs += 86_400_000;
  assert.equal(await grantedOf(clocked, bucket, 6), 5);
});
