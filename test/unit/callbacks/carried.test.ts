/** When a delivery is tried again, and when it is given up. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Carried, deliveryPolicy, failed, nextAttemptMs, refused } from '../../../gateway/callbacks/carried.ts';

const hourMs = 3_600_000;
const next = (attempt: number, carried: Carried, ageMs = 0): number | undefined => {
  assert.ok(!carried.ok);
  return nextAttemptMs({ attempt, ageMs }, carried, deliveryPolicy, 0);
};

test('waits twice as long after each attempt, half of it certain, and gives up after the fifth', () => {
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6].map((attempt) => next(attempt, failed('it answered with status 500'))),
    [30_000, 60_000, 120_000, 240_000, undefined, undefined],
  );
});

test('waits as long as the destination asks for, if that is longer', () => {
  assert.equal(next(1, failed('busy', 90_000)), 90_000);
  assert.equal(next(1, failed('busy', 10_000)), 30_000);
});

test('makes no attempt again 6 hours after the end', () => {
  assert.equal(next(1, failed('busy', 6 * hourMs - 1)), 6 * hourMs - 1);
  assert.equal(next(1, failed('busy', 6 * hourMs)), undefined);
  assert.equal(next(1, failed('away'), 6 * hourMs - 30_001), 30_000);
  assert.equal(next(1, failed('away'), 6 * hourMs - 30_000), undefined);
});

test('makes no second attempt of what would be refused again', () => {
  assert.equal(next(1, refused('not allowed')), undefined);
});
