/** From replies of guests to what the record keeps of attempts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AsyncConfig } from '../../contracts/async.ts';
import { failure, type Reply } from '../../contracts/invocation.ts';
import { encodeRequest } from '../../contracts/request.ts';
import type { AttemptEnd, ClaimedAttempt } from '../../registry/invocations/port.ts';
import { endOf } from '../../worker/async/attempt-end.ts';
import type { Runnable } from '../../worker/async/versions.ts';
import { anAnswer, anInvocation } from '../support/invocations.ts';

const onSuccess = { function: 'won' };
const onFailure = { url: 'https://example.com/lost' };

function runnable(async: AsyncConfig = { onSuccess, onFailure }, takesRequests = false): Runnable {
  return { target: anInvocation().target, timeoutMs: 1_000, async, takesRequests };
}

function claimed(changes: Partial<ClaimedAttempt> = {}): ClaimedAttempt {
  const payload = Uint8Array.of(1);
  const progress = { tries: 0, losses: 0, crashes: 0, remainingMs: 60_000 };
  return { id: 'some', attempt: 4, function: 'fib', version: 3, callbackUrl: undefined, payload, ...progress, ...changes };
}

const moment = { nowMs: 0, elapsedMs: 0, random: 0 };
const end = (reply: Reply, parts: Partial<ClaimedAttempt> = {}, version: Runnable | undefined = runnable()): AttemptEnd =>
  endOf(claimed(parts), version, reply, moment);

test('an answer is kept as it would have been sent', () => {
  const headers = ['X-More', 'one', 'x-more', 'two', 'connection', 'close', 'x-bantam-version', '9', 'content-length', '1'];
  assert.deepEqual(end({ ...anAnswer(), headers }), {
    id: 'some',
    attempt: 4,
    from: 'running',
    verdict: { tries: 1, losses: 0, crashes: 0, status: 'succeeded' },
    outcome: {
      answer: {
        status: 200,
        headers: ['x-more', 'one', 'x-more', 'two', 'content-type', 'application/octet-stream'],
        body: Uint8Array.of(42),
      },
    },
    destinations: [onSuccess],
  });
});

test('an answer that HTTP cannot carry is a failure, by the method that was asked for', () => {
  const long = { ...anAnswer(), headers: ['content-length', '1000'] };
  assert.partialDeepStrictEqual(end(long), {
    verdict: { status: 'queued' },
    outcome: { failure: { code: 'GUEST_ANSWER_INVALID' } },
    destinations: [],
  });
  const request = {
    scheme: 'http',
    authority: 'a',
    scriptName: '/fn/a',
    pathInfo: '',
    query: '',
    remoteAddress: '',
    httpVersion: '1.1',
  } as const;
  const payload = encodeRequest({ ...request, method: 'HEAD', headers: [], body: new Uint8Array(0) });
  assert.partialDeepStrictEqual(end(long, { payload }, runnable({}, true)), {
    outcome: { answer: { headers: ['content-length', '1000'] } },
  });
});

test('an answer without content is kept without', () => {
  assert.partialDeepStrictEqual(end({ ...anAnswer(), status: 204, headers: [] }), {
    outcome: { answer: { status: 204, headers: [], body: new Uint8Array(0) } },
  });
});

test('a final failure tells who is to be told of failures, and the callback of either end', () => {
  const callbackUrl = 'https://example.com/both';
  const said = failure('GUEST_TRAPPED', 'it trapped', { trap: 'unreachable' });
  assert.deepEqual(end(said, { tries: 2, callbackUrl }), {
    id: 'some',
    attempt: 4,
    from: 'running',
    verdict: { tries: 3, losses: 0, crashes: 0, status: 'dead', reason: 'attempts' },
    outcome: { failure: { code: 'GUEST_TRAPPED', detail: 'it trapped', extra: { trap: 'unreachable' } } },
    destinations: [onFailure, { url: callbackUrl }],
  });
  assert.deepEqual(end(anAnswer(), { callbackUrl }).destinations, [onSuccess, { url: callbackUrl }]);
  assert.deepEqual(end({ ...anAnswer(), status: 404 }).destinations, [onFailure]);
});

test('without its version it is gone, and only the callback is told', () => {
  const callbackUrl = 'https://example.com/both';
  const ended = endOf(claimed({ callbackUrl }), undefined, failure('VERSION_NOT_FOUND', 'it was deleted'), moment);
  assert.partialDeepStrictEqual(ended, { verdict: { status: 'dead', reason: 'gone' }, destinations: [{ url: callbackUrl }] });
});

test('the time that the attempt took is gone', () => {
  const at = (elapsedMs: number): string =>
    endOf(claimed(), runnable(), failure('GUEST_TRAPPED', ''), { ...moment, elapsedMs }).verdict.status;
  assert.deepEqual([at(59_499), at(59_500)], ['queued', 'dead']);
});
