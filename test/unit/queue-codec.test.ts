/** Invocations as bytes of the lane in Redis. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Invocation, Target } from '../../contracts/invocation.ts';
import { decodeInvocation, encodeHead } from '../../queue/redis/codec.ts';

const target: Target = {
  function: 'fib',
  version: 3,
  digest: 'd'.repeat(64),
  kind: 'command',
  memoryPages: 16,
  reuse: false,
  settings: { key: 'k', args: ['é'], env: [['A', 'b']], assets: undefined, secrets: [] },
};

const invocationOf = (its: Target, id: string): Invocation => ({
  id,
  target: its,
  enqueuedAtMs: 1_700_000_000_000,
  deadlineAtMs: 1_700_000_000_500,
  payload: Buffer.from([1, 2, 3]),
});

function throughRedis(invocation: Invocation): { replyTo: string; invocation: Invocation } {
  return decodeInvocation(Buffer.from(encodeHead('gateway', invocation)), invocation.payload);
}

test('an invocation arrives as it was sent', () => {
  const sent = invocationOf(target, 'a');
  assert.deepEqual(throughRedis(sent), { replyTo: 'gateway', invocation: sent });
  // The second one comes from what was kept of the first.
  const next = invocationOf(target, 'b');
  assert.deepEqual(throughRedis(next).invocation, next);
});

test('calls of the same version get the same target, those of others get their own', () => {
  const [first, again] = ['a', 'b'].map((id) => throughRedis(invocationOf(target, id)).invocation.target);
  assert.equal(first, again);
  const changed: Target = { ...target, settings: { ...target.settings, env: [['A', 'c']] } as Target['settings'] };
  for (const other of [changed, { ...target, version: 4 }])
    assert.deepEqual(throughRedis(invocationOf(other, 'c')).invocation.target, other);
});

test('what is no invocation is refused', () => {
  assert.throws(() => decodeInvocation(Buffer.from('no head'), Buffer.alloc(0)));
  assert.throws(() => decodeInvocation(Buffer.from([0x95, 1, 2, 3, 4, 5]), Buffer.alloc(0)));
});
