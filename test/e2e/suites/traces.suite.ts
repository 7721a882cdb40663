/** Which trace a call belongs to, and what a collector is told of it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { constant } from '../../fixtures/guests.ts';
import { startCallbackServer } from '../../support/callback-server.ts';
import type { Deployment } from '../../support/deployment.ts';
import { eventually } from '../../support/eventually.ts';
import { deploy, invoke } from '../../support/functions.ts';
import { type HttpAnswer, send } from '../../support/http.ts';
import type { CollectedSpan, OtlpCollector } from '../../support/otlp-collector.ts';
import { callbackPort } from '../environment.ts';

/** Prints its environment. */
const environ = readFileSync(join(import.meta.dirname, '..', '..', 'conformance', 'command-cgi', 'module.wat'), 'utf8');
const [traceId, parentId] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];
let traces = 0;

/** @returns a trace of its own, and the header that a client sends for it */
function aTrace(flags: '00' | '01' = '01'): { readonly id: string; readonly headers: Readonly<Record<string, string>> } {
  traces += 1;
  const id = `${traceId.slice(0, -4)}${traces.toString(16).padStart(4, '0')}`;
  return { id, headers: { traceparent: `00-${id}-${parentId}-${flags}`, tracestate: 'vendor=1' } };
}

function seenBy(answer: Pick<HttpAnswer, 'text'>): { readonly traceparent: string | undefined; readonly tracestate: string | undefined } {
  const of = (name: string): string | undefined => new RegExp(`^HTTP_${name}=(.*)$`, 'm').exec(answer.text)?.[1];
  return { traceparent: of('TRACEPARENT'), tracestate: of('TRACESTATE') };
}

/** @param collector undefined: the deployment is told of none */
export function tracesSuite(deployment: () => Deployment, collector: (() => OtlpCollector) | undefined): void {
  const traceOf = (id: string, spans: number): Promise<ReadonlyMap<string, CollectedSpan>> =>
    eventually(() => {
      const trace = collector?.().trace(id);
      return trace !== undefined && trace.size >= spans && trace;
    });
  const passedOn = async (): Promise<void> => {
    const { id, headers } = aTrace('00');
    const answer = await invoke(deployment().url, 'trace-environ', { headers });
    assert.deepEqual(seenBy(answer), { traceparent: `00-${id}-${parentId}-00`, tracestate: 'vendor=1' });
  };

  before(async () => {
    await deploy(deployment().url, 'trace-environ', environ);
    await deploy(deployment().url, 'trace-constant', constant(1));
  });

  if (collector === undefined) {
    describe('traces without a collector', () => {
      test('are passed on as they came', passedOn);

      test('begin with a call that has none, by its id, so that the guest can go on', async () => {
        for (const headers of [{}, { traceparent: 'nonsense', tracestate: 'vendor=1' }]) {
          const answer = await invoke(deployment().url, 'trace-environ', { headers });
          const id = String(answer.headers['x-bantam-invocation-id']).replaceAll('-', '');
          assert.deepEqual(seenBy(answer), { traceparent: `00-${id}-${id.slice(16)}-00`, tracestate: undefined });
        }
      });
    });
    return;
  }

  describe('traces', () => {
    after(() => assert.deepEqual(collector().faults, []));

    test('have a span of the call, and below it one for each phase', async () => {
      const { id, headers } = aTrace();
      const answer = await invoke(deployment().url, 'trace-environ?x=1', { headers });
      const spans = await traceOf(id, 5);
      assert.deepEqual([...spans.keys()].toSorted(), ['GET /fn/trace-environ', 'instantiate', 'load', 'queue', 'run']);
      const call = spans.get('GET /fn/trace-environ') ?? assert.fail();
      assert.equal(call.parentSpanId, parentId);
      assert.equal(call.kind, 2);
      assert.match(call.service, /^bantam/);
      assert.deepEqual(call.status, {});
      assert.partialDeepStrictEqual(call.attributes, {
        'http.request.method': 'GET',
        'url.path': '/fn/trace-environ',
        'http.response.status_code': '200',
        'faas.name': 'trace-environ',
        'faas.version': '1',
        'faas.invocation_id': answer.headers['x-bantam-invocation-id'],
        'bantam.start': answer.headers['x-bantam-start'],
      });
      for (const name of ['queue', 'load', 'run']) assert.equal(spans.get(name)?.parentSpanId, call.spanId);
      assert.equal(spans.get('instantiate')?.parentSpanId, spans.get('load')?.spanId);
      for (const span of spans.values()) {
        assert.ok(BigInt(span.startTimeUnixNano) >= BigInt(call.startTimeUnixNano), span.name);
        assert.ok(BigInt(span.endTimeUnixNano) <= BigInt(call.endTimeUnixNano), span.name);
        assert.ok(BigInt(span.startTimeUnixNano) <= BigInt(span.endTimeUnixNano), span.name);
      }
    });

    test('are told to the guest, whose parent is the span of its run', async () => {
      const { id, headers } = aTrace();
      const { traceparent, tracestate } = seenBy(await invoke(deployment().url, 'trace-environ', { headers }));
      const run = (await traceOf(id, 5)).get('run');
      assert.equal(traceparent, `00-${id}-${run?.spanId}-01`);
      assert.equal(tracestate, 'vendor=1');
    });

    test('begin with a call that has none, by its id', async () => {
      const answer = await invoke(deployment().url, 'trace-constant');
      const id = String(answer.headers['x-bantam-invocation-id']).replaceAll('-', '');
      const spans = await traceOf(id, 5);
      assert.equal(spans.get('GET /fn/trace-constant')?.parentSpanId, undefined);
    });

    test('that are not sampled are passed on and not told to the collector', async () => {
      await passedOn();
      const [silent, told] = [aTrace('00'), aTrace('01')];
      for (const { headers } of [silent, told]) await invoke(deployment().url, 'trace-constant', { headers });
      await traceOf(told.id, 5);
      assert.equal(collector().trace(silent.id).size, 0);
    });

    test('say why a call failed, and whose fault is not that of the server', async () => {
      await deploy(deployment().url, 'trace-trap', '(module (func (export "run") unreachable))');
      const [trapped, refused] = [aTrace(), aTrace()];
      await invoke(deployment().url, 'trace-trap', { headers: trapped.headers });
      await invoke(deployment().url, 'trace-trap/nothing', { headers: refused.headers });
      const failed = (await traceOf(trapped.id, 5)).get('GET /fn/trace-trap');
      assert.deepEqual([failed?.status, failed?.attributes['error.type']], [{ code: 2, message: 'GUEST_TRAPPED' }, 'GUEST_TRAPPED']);
      const wrong = (await traceOf(refused.id, 1)).get('GET /fn/trace-trap');
      assert.deepEqual([wrong?.status, wrong?.attributes['error.type']], [{}, 'EXPORT_NOT_FOUND']);
    });

    test('go on in asynchronous attempts, in functions that are told of the end, and in callbacks', async () => {
      const { url } = deployment();
      const server = await startCallbackServer(undefined, callbackPort);
      const { id, headers } = aTrace();
      try {
        await deploy(url, 'trace-sink', environ);
        await deploy(url, 'trace-async', environ, { async: { onSuccess: { function: 'trace-sink' } } });
        const callback = { 'x-callback-url': `https://localhost:${callbackPort}/trace` };
        const accepted = await send(url, '/async/trace-async', { method: 'POST', headers: { ...headers, ...callback } });
        const { id: invocationId } = accepted.json as { readonly id: string };
        const spans = await traceOf(id, 7);
        const acceptance = spans.get('POST /async/trace-async') ?? assert.fail();
        const attempt = spans.get('attempt trace-async') ?? assert.fail();
        assert.equal(acceptance.parentSpanId, parentId);
        assert.equal(attempt.parentSpanId, acceptance.spanId);
        assert.equal(attempt.kind, 5);
        assert.partialDeepStrictEqual(attempt.attributes, { 'faas.invocation_id': invocationId, 'bantam.attempt': '1' });
        assert.ok(spans.has('attempt trace-sink'));
        const expected = `00-${id}-${acceptance.spanId}-01`;
        const result = await send(url, `/api/invocations/${invocationId}/result?wait=10s`);
        assert.equal(seenBy(result).traceparent, expected);
        const told = await eventually(() => server.received.find(({ path }) => path === '/trace'), { timeoutMs: 15_000 });
        assert.equal(told.headers['traceparent'], expected);
      } finally {
        await server.close();
      }
    });
  });
}
