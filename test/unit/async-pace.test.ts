/** How many attempts a worker has in hand, and when the next guest may start, exactly. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concurrencyFor, mayStart, meanAfter } from '../../worker/async/pace.ts';

test('of guests that are slow or unknown a worker takes as many as it has slots', () => {
  assert.equal(concurrencyFor(2, undefined), 2);
  assert.equal(concurrencyFor(2, 1_000), 2);
  assert.equal(concurrencyFor(2, 100), 2);
  assert.equal(concurrencyFor(100, 1_000), 100);
});

test('the shorter guests are, the more it takes, up to 256 or its slots', () => {
  assert.deepEqual(
    [99, 50, 25, 10, 5, 2, 1, 0.1, 0].map((meanMs) => concurrencyFor(2, meanMs)),
    [2, 4, 8, 16, 32, 64, 128, 256, 256],
  );
  assert.equal(concurrencyFor(300, 0.1), 300);
});

test('one long guest among short ones shows at once, and is forgotten after some short ones', () => {
  let meanMs = meanAfter(undefined, 0.2);
  assert.equal(concurrencyFor(2, meanMs), 256);
  meanMs = meanAfter(meanMs, 1_000);
  assert.equal(concurrencyFor(2, meanMs), 2);
  let short = 0;
  for (; concurrencyFor(2, meanMs) < 256; short++) meanMs = meanAfter(meanMs, 0.2);
  assert.ok(short < 50, `${short}`);
});

test('a guest starts while there are slots and room in the pool; the only one starts in any case', () => {
  assert.equal(mayStart(2, 1, 1), true);
  assert.equal(mayStart(2, 2, 9), false);
  assert.equal(mayStart(2, 1, 0), false);
  assert.equal(mayStart(2, 0, 0), true);
});
