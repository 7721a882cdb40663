/** What limited callers are told of their rate, as draft-ietf-httpapi-ratelimit-headers-11 has it. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { limitText, policyText, type Taken } from '../../../gateway/quotas/rate-headers.ts';

function taken(kind: Taken['kind'], ratePerSecond: number, burst: number, left: number, waitMs: number): Taken {
  return { kind, bucket: { key: `${kind}:x`, ratePerSecond, burst }, take: { left, waitMs } };
}

test('the policy is the burst in the time in which an empty bucket is full', () => {
  assert.equal(policyText([taken('namespace', 10, 50, 49, 0)]), '"namespace";q=50;w=5');
  assert.equal(policyText([taken('key', 0.5, 1, 0, 0)]), '"key";q=1;w=2');
  assert.equal(policyText([taken('key', 3, 10, 0, 0)]), '"key";q=10;w=4');
});

test('the policy of a bucket that is full in less than a second is the rate in a second', () => {
  assert.equal(policyText([taken('namespace', 100, 10, 9, 0)]), '"namespace";q=100;w=1');
});

test('of a call that is let through, what is left is said of each bucket, in the order of the policies', () => {
  const both = [taken('namespace', 10, 50, 49, 0), taken('key', 1, 1, 0, 0)];
  assert.equal(policyText(both), '"namespace";q=50;w=5, "key";q=1;w=1');
  assert.equal(limitText(both), '"namespace";r=49;t=5, "key";r=0;t=1');
});

test('of a call that is refused, only the empty buckets are spoken of, in whole seconds until there is a token', () => {
  assert.equal(limitText([taken('namespace', 10, 50, 49, 0), taken('key', 0.5, 1, 0, 1_001)]), '"key";r=0;t=2');
  assert.equal(limitText([taken('namespace', 10, 50, 0, 100), taken('key', 0.5, 1, 0, 2_000)]), '"namespace";r=0;t=1, "key";r=0;t=2');
});
