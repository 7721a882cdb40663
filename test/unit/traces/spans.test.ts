/** From a call to its spans, and from spans to what a collector takes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exportRequest } from '../../../shared/traces/otlp.ts';
import { type Span, spansOf, type TracedCall } from '../../../shared/traces/spans.ts';

const call: TracedCall = {
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: '00f067aa0ba902b7',
  parentSpanId: undefined,
  runSpanId: '53995c3f42cd8ad8',
  name: 'GET /fn/fib',
  kind: 'server',
  endUs: 1_700_000_000_001_000,
  totalUs: 1_000.4,
  timing: { loadUs: 300, compileUs: 200, runUs: 100 },
  attributes: { 'faas.name': 'fib', 'faas.coldstart': true, 'http.response.status_code': 200, share: 0.5 },
  error: undefined,
};

function spans(change: Partial<TracedCall> = {}): Readonly<Record<string, Span>> {
  return Object.fromEntries(spansOf({ ...call, ...change }).map((span) => [span.name, span]));
}

test('a call is a span, with one for each phase below it that fill it without a gap', () => {
  const { 'GET /fn/fib': own, queue, load, instantiate, run } = spans();
  const atUs = (span: Span | undefined): readonly number[] => [span?.startUs, span?.endUs].map((us) => (us ?? 0) - 1_700_000_000_000_000);
  assert.deepEqual([own, queue, load, instantiate, run].map(atUs), [
    [0, 1_000],
    [0, 600],
    [600, 900],
    [800, 900],
    [900, 1_000],
  ]);
  assert.deepEqual(
    [queue, load, instantiate, run].map((span) => span?.parentSpanId),
    [call.spanId, call.spanId, load?.spanId, call.spanId],
  );
  assert.equal(run?.spanId, call.runSpanId);
  const ids = new Set([own, queue, load, instantiate, run].map((span) => span?.spanId));
  assert.equal(ids.size, 5);
  for (const id of ids) assert.match(id ?? '', /^[0-9a-f]{16}$/);
});

test('a call whose guest was not reached has no phases, and phases never lie outside of their call', () => {
  assert.equal(spansOf({ ...call, timing: undefined }).length, 1);
  const { queue, load, instantiate, run } = spans({ timing: { loadUs: 5_000, runUs: 5_000 } });
  for (const span of [queue, load, instantiate, run]) {
    assert.ok(span !== undefined && span.startUs >= 1_700_000_000_000_000 && span.endUs <= call.endUs && span.startUs <= span.endUs);
  }
});

test('spans are written as OTLP has them in JSON', () => {
  const resource = { 'service.name': 'bantam-gateway', 'service.version': '1.0.0', 'service.instance.id': 'i' };
  const written = exportRequest(
    resource,
    spansOf({ ...call, timing: undefined, parentSpanId: '0000000000000001', error: 'GUEST_TRAPPED' }),
  );
  assert.deepEqual(written, {
    resourceSpans: [
      {
        resource: {
          attributes: [
            { key: 'service.name', value: { stringValue: 'bantam-gateway' } },
            { key: 'service.version', value: { stringValue: '1.0.0' } },
            { key: 'service.instance.id', value: { stringValue: 'i' } },
          ],
        },
        scopeSpans: [
          {
            scope: { name: 'bantam', version: '1.0.0' },
            spans: [
              {
                traceId: call.traceId,
                spanId: call.spanId,
                parentSpanId: '0000000000000001',
                name: 'GET /fn/fib',
                kind: 2,
                startTimeUnixNano: '1700000000000000000',
                endTimeUnixNano: '1700000000001000000',
                attributes: [
                  { key: 'faas.name', value: { stringValue: 'fib' } },
                  { key: 'faas.coldstart', value: { boolValue: true } },
                  { key: 'http.response.status_code', value: { intValue: '200' } },
                  { key: 'share', value: { doubleValue: 0.5 } },
                ],
                status: { code: 2, message: 'GUEST_TRAPPED' },
              },
            ],
          },
        ],
      },
    ],
  });
});
