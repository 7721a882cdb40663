/** Events of Lambda become calls, and what became of them results. What function URLs send is in test/e2e/export.test.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CheckedAnswer } from '../../contracts/guest-answer.ts';
import { failure } from '../../contracts/invocation.ts';
import { callOf } from '../../export/runtime/lambda/event.ts';
import { httpResult, InvocationError, invocationResult } from '../../export/runtime/lambda/result.ts';

const http = { requestContext: { http: { method: 'POST', sourceIp: '192.0.2.1' } } };

test('an HTTP event has its body from base64 only where it says so', () => {
  assert.equal(callOf({ ...http, body: 'abcd' }).body?.toString(), 'abcd');
  assert.deepEqual(callOf({ ...http, body: '/wA=', isBase64Encoded: true }).body, Buffer.from([255, 0]));
  assert.equal(callOf({ ...http, body: '' }).body, undefined);
});

test('the root is the function itself, anything below it is a path', () => {
  assert.equal(callOf({ ...http, rawPath: '/' }).path, '');
  assert.equal(callOf({ ...http, rawPath: '/upper' }).path, '/upper');
});

test('every other event is arguments, whatever JSON it is', () => {
  assert.equal(callOf({ n: 42 }).body?.toString(), '{"n":42}');
  assert.equal(callOf([42]).body?.toString(), '[42]');
  assert.equal(callOf(42).body?.toString(), '42');
  assert.equal(callOf(null).body, undefined);
  assert.equal(callOf({ requestContext: { http: {} } }).body?.toString(), '{"requestContext":{"http":{}}}');
});

const answer: CheckedAnswer = {
  ok: true,
  status: 201,
  headers: new Map([
    ['content-type', ['text/plain']],
    ['set-cookie', ['a=1', 'b=2']],
    ['vary', ['accept', 'origin']],
  ]),
  body: Buffer.from('abc'),
  start: 'fresh',
  timing: { loadUs: 0, runUs: 0 },
};

test('an HTTP answer has its cookies apart, other lines of one name joined', () => {
  assert.deepEqual(httpResult(answer), {
    statusCode: 201,
    headers: { 'content-type': 'text/plain', vary: 'accept, origin' },
    cookies: ['a=1', 'b=2'],
    body: 'abc',
    isBase64Encoded: false,
  });
});

test('bytes that are no UTF-8 are base64', () => {
  assert.partialDeepStrictEqual(httpResult({ ...answer, body: Buffer.from([255]) }), { body: '/w==', isBase64Encoded: true });
});

test('a failure is a problem over HTTP, and the error of the invocation otherwise', () => {
  const failed = failure('GUEST_TRAPPED', 'the guest trapped: unreachable');
  const { statusCode, headers, body } = httpResult(failed);
  assert.deepEqual([statusCode, headers['content-type']], [500, 'application/problem+json']);
  assert.partialDeepStrictEqual(JSON.parse(body), { code: 'GUEST_TRAPPED', detail: 'the guest trapped: unreachable' });
  assert.throws(
    () => invocationResult('core', failed),
    (error: unknown) =>
      error instanceof InvocationError && error.name === 'GUEST_TRAPPED' && /^the guest trapped: unreachable\. \S/.test(error.message),
  );
});
