/** What destinations get to read. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageOf } from '../../../gateway/callbacks/message.ts';
import { aDelivery } from '../../support/deliveries.ts';

test("an answer is told as it is, with its type, and with OpenFaaS' names beside ours", () => {
  const { invocation } = aDelivery();
  assert.deepEqual(messageOf(aDelivery()), {
    body: Buffer.from('42'),
    contentType: 'application/json',
    headers: {
      'x-bantam-invocation-id': invocation,
      'x-bantam-function': 'fib',
      'x-bantam-version': '3',
      'x-bantam-outcome': 'success',
      'x-bantam-status': '200',
      'x-call-id': invocation,
      'x-function-name': 'fib',
      'x-function-status': '200',
    },
  });
});

test('an answer of a failed invocation says so, and none of its type when it had none', () => {
  const { contentType, headers } = messageOf(
    aDelivery({ success: false, outcome: { answer: { status: 422, headers: [], body: new Uint8Array() } } }),
  );
  assert.equal(contentType, undefined);
  assert.equal(headers['x-bantam-outcome'], 'failure');
  assert.equal(headers['x-bantam-status'], '422');
});

test('without an answer the problem is told', () => {
  const failure = { code: 'GUEST_TRAPPED', detail: 'unreachable', extra: { trap: 'unreachable' } };
  const { body, contentType, headers } = messageOf(aDelivery({ success: false, outcome: { failure } }));
  assert.equal(contentType, 'application/problem+json');
  assert.partialDeepStrictEqual(JSON.parse(body.toString()), {
    code: 'GUEST_TRAPPED',
    status: 500,
    detail: 'unreachable',
    trap: 'unreachable',
    invocationId: aDelivery().invocation,
  });
  assert.equal(headers['x-function-status'], '500');
});

test('a failure that only newer workers know of is told as INTERNAL', () => {
  const failure = { code: 'OF_THE_FUTURE', detail: 'something new', extra: undefined };
  const { body } = messageOf(aDelivery({ success: false, outcome: { failure } }));
  assert.partialDeepStrictEqual(JSON.parse(body.toString()), { code: 'INTERNAL', detail: 'something new' });
});
