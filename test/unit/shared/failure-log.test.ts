/** Which failed invocations are logged, and how many. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ErrorCode } from '../../../contracts/errors.ts';
import { FailureLog } from '../../../shared/failure-log.ts';

interface Tested {
  readonly lines: { readonly fields: object; readonly message: string }[];
  readonly tell: (code: ErrorCode) => void;
}

function start(): Tested {
  const lines: Tested['lines'] = [];
  const failures = new FailureLog({ warn: (fields, message) => void lines.push({ fields, message }) });
  return { lines, tell: (code) => failures.tell({ requestId: 'r', invocationId: 'i', function: 'fib', version: 2, code, detail: 'so' }) };
}

test('a failure of the platform is logged with all that names the call; those of guests and callers are not', () => {
  const { lines, tell } = start();
  for (const code of ['GUEST_TRAPPED', 'INVALID_ARGUMENTS', 'FUNCTION_BUSY', 'WORKER_LOST'] as const) tell(code);
  const fields = { requestId: 'r', invocationId: 'i', function: 'fib', version: 2, code: 'WORKER_LOST', detail: 'so' };
  assert.deepEqual(lines, [{ fields, message: 'an invocation failed' }]);
});

test('ten are logged within a second, the others are counted, and the next second begins anew', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { lines, tell } = start();
  for (let i = 0; i < 10; i++) tell('QUEUE_FULL');
  assert.equal(lines.length, 10);
  for (let i = 0; i < 7; i++) tell('QUEUE_FULL');
  assert.equal(lines.length, 10);
  t.mock.timers.tick(1_000);
  assert.deepEqual(lines.slice(10), [{ fields: { more: 7 }, message: '7 more invocations failed within the second' }]);
  tell('QUEUE_FULL');
  assert.equal(lines.length, 12);
  t.mock.timers.tick(1_000);
  assert.equal(lines.length, 12);
});
