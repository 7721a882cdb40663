/** Which trace a call belongs to. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CallTrace, traceOf } from '../../../gateway/invoke/call-trace.ts';

const id = '0193f7a2-5b1c-4d3e-8f00-112233445566';
const [ownTrace, ownSpan] = ['0193f7a25b1c4d3e8f00112233445566', '8f00112233445566'];
const [traceId, parentId] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];

function of(traceparent: string | string[] | undefined, recording: boolean): CallTrace {
  return traceOf({ headers: { traceparent } }, id, recording);
}

test('without a trace one begins: sampled where spans are made', () => {
  const begun = { traceId: ownTrace, parentSpanId: undefined, spanId: ownSpan };
  for (const none of [undefined, '', 'nonsense', `00-${traceId}-${parentId}-01, 00-${traceId}-${parentId}-01`]) {
    assert.deepEqual(of(none, true), { ...begun, traceparent: `00-${ownTrace}-${ownSpan}-01`, recorded: true });
    assert.deepEqual(of(none, false), { ...begun, traceparent: `00-${ownTrace}-${ownSpan}-00`, recorded: false });
  }
});

test('a trace that was sampled goes on with a span of ours as the parent', () => {
  const expected = { traceId, parentSpanId: parentId, spanId: ownSpan, traceparent: `00-${traceId}-${ownSpan}-01`, recorded: true };
  assert.deepEqual(of(`00-${traceId}-${parentId}-01`, true), expected);
});

test('a trace that was not sampled, and any where nobody makes spans, is passed on as it came', () => {
  for (const [header, recording] of [
    [`00-${traceId}-${parentId}-00`, true],
    [`00-${traceId}-${parentId}-00`, false],
    [`00-${traceId}-${parentId}-01`, false],
    [`cc-${traceId}-${parentId}-01-more`, false],
  ] as const)
    assert.partialDeepStrictEqual(of(header, recording), { traceId, parentSpanId: parentId, traceparent: header, recorded: false });
});
