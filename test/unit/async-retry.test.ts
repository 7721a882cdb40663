/** What follows from the end of an attempt, exactly. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asyncPolicyOf } from '../../contracts/async.ts';
import { errorCatalogue } from '../../contracts/error-catalogue.ts';
import type { ErrorCode } from '../../contracts/errors.ts';
import { limits } from '../../contracts/limits.ts';
import {
  type AttemptOutcome,
  type AttemptProgress,
  type AttemptVerdict,
  backoffMs,
  judgeAttempt,
  retryAfterMs,
} from '../../queue/async/retry.ts';

const hourMs = 3_600_000;
const nowMs = Date.parse('2026-03-01T12:00:00Z');
const policy = asyncPolicyOf(undefined);

const progress = (changes: Partial<AttemptProgress> = {}): AttemptProgress => ({
  tries: 0,
  losses: 0,
  crashes: 0,
  remainingMs: hourMs,
  ...changes,
});
const answered = (status: number, headers: readonly string[] = []): AttemptOutcome => ({ ok: true, status, headers });
const failedWith = (code: ErrorCode): AttemptOutcome => ({ ok: false, code });

/** Chance 0: half of every backoff. */
function judge(outcome: AttemptOutcome, before: Partial<AttemptProgress> = {}, random = 0): AttemptVerdict {
  return judgeAttempt(progress(before), outcome, policy, random, nowMs);
}

const first = { tries: 1, losses: 0, crashes: 0 };

test('an answer below 400 succeeds, whatever was before', () => {
  for (const status of [200, 204, 302, 399])
    assert.deepEqual(judge(answered(status), { tries: 2, losses: 4, crashes: 1 }), { ...first, tries: 3, status: 'succeeded' });
});

test('an answer from 400 to 499 is a final failure, but 408 and 429', () => {
  for (const status of [400, 404, 407, 409, 428, 430, 499]) assert.deepEqual(judge(answered(status)), { ...first, status: 'failed' });
  for (const status of [408, 429, 500, 503, 599]) assert.deepEqual(judge(answered(status)), { ...first, status: 'queued', delayMs: 500 });
});

test('Retry-After is waited for when it is longer than the backoff', () => {
  for (const status of [408, 429, 503])
    assert.partialDeepStrictEqual(judge(answered(status, ['retry-after', '30'])), { status: 'queued', delayMs: 30_000 });
  assert.partialDeepStrictEqual(judge(answered(429, ['content-type', 'retry-after', 'Retry-After', '0']), {}, 0.999), { delayMs: 1_000 });
});

test('three tries are made by default, then it is dead', () => {
  assert.deepEqual(judge(answered(500), { tries: 1 }), { ...first, tries: 2, status: 'queued', delayMs: 1_000 });
  assert.deepEqual(judge(answered(500), { tries: 2 }), { ...first, tries: 3, status: 'dead', reason: 'attempts' });
  assert.deepEqual(judgeAttempt(progress(), answered(429), { ...policy, attempts: 1 }, 0, nowMs), {
    ...first,
    status: 'dead',
    reason: 'attempts',
  });
});

test('every failure that the guest is to blame for counts as a try', () => {
  for (const [code, { blame, status }] of Object.entries(errorCatalogue)) {
    if (blame !== 'guest') continue;
    const verdict = judge(failedWith(code as ErrorCode), { losses: 7 });
    assert.partialDeepStrictEqual(verdict, { tries: 1, losses: 0, status: status < 500 ? 'failed' : 'queued' }, code);
  }
  assert.deepEqual(judge(failedWith('GUEST_TRAPPED'), { tries: 2 }), { ...first, tries: 3, status: 'dead', reason: 'attempts' });
  assert.equal(judge(failedWith('GUEST_RETURNED_ERROR')).status, 'failed');
});

test('what the platform lost costs no try: repeated at once, then with growing pauses', () => {
  for (const [code, { blame }] of Object.entries(errorCatalogue)) {
    if (blame !== 'platform' || code === 'INVOCATION_EXPIRED') continue;
    const verdict = judge(failedWith(code as ErrorCode), { tries: 2, crashes: 1 });
    assert.deepEqual(verdict, { tries: 2, losses: 1, crashes: 1, status: 'queued', delayMs: 0 }, code);
  }
  const delays = [1, 2, 3, 4].map((before) => judge(failedWith('WORKER_LOST'), { losses: before }));
  assert.deepEqual(
    delays.map((verdict) => verdict.status === 'queued' && verdict.delayMs),
    [500, 1_000, 2_000, 4_000],
  );
});

test('a guest that ends its executor twice in a row is quarantined, though tries are left', () => {
  const many = { ...policy, attempts: 100 };
  const crash = (before: Partial<AttemptProgress>): AttemptVerdict =>
    judgeAttempt(progress(before), failedWith('EXECUTOR_LOST'), many, 0, nowMs);
  assert.deepEqual(crash({}), { tries: 1, losses: 0, crashes: 1, status: 'queued', delayMs: 500 });
  assert.deepEqual(crash({ tries: 1, crashes: 1 }), { tries: 2, losses: 0, crashes: 2, status: 'dead', reason: 'quarantined' });
});

test('a crash is forgotten once the guest answers or fails in another way, and not when the platform loses an attempt', () => {
  for (const outcome of [answered(500), failedWith('GUEST_TRAPPED'), failedWith('GUEST_DEADLINE_EXCEEDED')])
    assert.equal(judge(outcome, { crashes: 1 }).crashes, 0);
  assert.equal(judge(failedWith('WORKER_LOST'), { crashes: 1 }).crashes, 1);
});

test('nothing is repeated after its age', () => {
  assert.deepEqual(judge(answered(500), { remainingMs: 501 }), { ...first, status: 'queued', delayMs: 500 });
  assert.deepEqual(judge(answered(500), { remainingMs: 500 }), { ...first, status: 'dead', reason: 'age' });
  assert.partialDeepStrictEqual(judge(failedWith('WORKER_LOST'), { remainingMs: 0 }), { status: 'dead', reason: 'age' });
  assert.partialDeepStrictEqual(judge(answered(429, ['retry-after', '3600'])), { status: 'dead', reason: 'age' });
});

test('what grew too old or lost its version is dead without a try', () => {
  const before = { tries: 1, losses: 2, crashes: 1 };
  assert.deepEqual(judge(failedWith('INVOCATION_EXPIRED'), before), { ...before, status: 'dead', reason: 'age' });
  for (const code of ['VERSION_NOT_FOUND', 'FUNCTION_NOT_FOUND'] as const)
    assert.deepEqual(judge(failedWith(code), before), { ...before, status: 'dead', reason: 'gone' });
});

test('a module that the worker refuses is a final failure', () => {
  assert.deepEqual(judge(failedWith('MODULE_OVER_LIMIT')), { ...first, status: 'failed' });
});

test('the backoff doubles up to its bound, half of it by chance', () => {
  assert.deepEqual([backoffMs(1_000, 1, 0), backoffMs(1_000, 1, 0.5), backoffMs(1_000, 1, 1)], [500, 750, 1_000]);
  assert.deepEqual(
    [1, 2, 3, 4].map((made) => backoffMs(100, made, 1)),
    [100, 200, 400, 800],
  );
  assert.equal(backoffMs(1_000, 100, 1), limits.maxBackoffMs);
  assert.equal(backoffMs(0, 5, 1), 0);
});

test('Retry-After is read as seconds or as a date of HTTP, and nothing else is', () => {
  const read = (value: string): number => retryAfterMs(['retry-after', value], nowMs);
  assert.equal(read('120'), 120_000);
  assert.equal(read(' 7 '), 7_000);
  assert.equal(read('Sun, 01 Mar 2026 12:00:30 GMT'), 30_000);
  assert.equal(read('Sunday, 01-Mar-26 12:00:30 GMT'), 30_000);
  assert.equal(read('Sun, 01 Mar 2026 11:00:00 GMT'), 0);
  for (const other of ['', '-5', '1.5', '2h', 'soon', '12/31/2050', '2050-01-01T00:00:00Z']) assert.equal(read(other), 0, other);
  assert.equal(retryAfterMs([], nowMs), 0);
  assert.equal(retryAfterMs(['x-retry', 'retry-after', 'retry-after', '3'], nowMs), 3_000);
});
