/** Traces on their way to a collector: a real HTTP server that takes OTLP. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { openTraces } from '../../shared/traces/open.ts';
import { TraceExporter } from '../../shared/traces/exporter.ts';
import type { TracedCall } from '../../shared/traces/spans.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { OtlpCollector } from '../support/otlp-collector.ts';

const resource = { 'service.name': 'test', 'service.version': '1', 'service.instance.id': 'i' };

function callOf(n: number): TracedCall {
  const hex = n.toString(16).padStart(16, '0');
  return {
    traceId: `f${hex}`.padStart(32, '0'),
    spanId: `f${hex.slice(1)}`,
    parentSpanId: undefined,
    runSpanId: undefined,
    name: `call ${n}`,
    kind: 'server',
    endUs: Date.now() * 1_000,
    totalUs: 100,
    timing: undefined,
    attributes: { n },
    error: undefined,
  };
}

async function start(t: TestContext, endpoint?: string): Promise<{ collector: OtlpCollector; exporter: TraceExporter; logged: string[] }> {
  const collector = await OtlpCollector.start();
  t.after(() => collector.close());
  const logged: string[] = [];
  const say = (fields: object, message: string): void => void logged.push(`${message} ${JSON.stringify(fields)}`);
  const exporter = new TraceExporter({
    endpoint: endpoint ?? `${collector.url}/`,
    headers: { 'x-token': 'secret' },
    resource,
    log: { warn: say, info: say },
  });
  t.after(() => exporter.close());
  return { collector, exporter, logged };
}

test('calls arrive, many in a request, with the headers that are configured', async (t) => {
  const { collector, exporter } = await start(t);
  for (let n = 0; n < 200; n++) exporter.add(callOf(n));
  await eventually(() => collector.spans.length === 200);
  assert.deepEqual(collector.faults, []);
  assert.deepEqual(
    collector.spans.map(({ attributes }) => attributes['n']),
    Array.from({ length: 200 }, (_, n) => String(n)),
  );
  assert.ok(collector.requests.length < 10);
  assert.ok(collector.requests.every((headers) => headers['x-token'] === 'secret'));
  assert.equal(exporter.dropped, 0);
});

test('a lone call arrives within moments, and what waits when the process ends arrives before', async (t) => {
  const { collector, exporter } = await start(t);
  exporter.add(callOf(1));
  await eventually(() => collector.spans.length === 1);
  exporter.add(callOf(2));
  await exporter.close();
  assert.equal(collector.spans.length, 2);
});

test('what a collector refuses is dropped and counted, and said once', async (t) => {
  const { collector, exporter, logged } = await start(t);
  collector.status = 400;
  for (let n = 0; n < 100; n++) exporter.add(callOf(n));
  await eventually(() => exporter.dropped === 100);
  assert.equal(logged.length, 1);
  assert.match(logged[0] ?? '', /traces are not taken.*400/);
  collector.status = undefined;
  exporter.add(callOf(100));
  await eventually(() => logged.length === 2);
  assert.equal(collector.spans.length, 1);
  assert.match(logged[1] ?? '', /taken again.*"dropped":100/);
});

test('what a collector cannot take now waits, and comes again', async (t) => {
  const { collector, exporter } = await start(t);
  collector.status = 503;
  exporter.add(callOf(1));
  await eventually(() => collector.requests.length === 1);
  exporter.add(callOf(2));
  collector.status = undefined;
  await eventually(() => collector.spans.length === 2, { timeoutMs: 15_000 });
  assert.deepEqual(
    collector.spans.map(({ name }) => name),
    ['call 1', 'call 2'],
  );
  assert.equal(exporter.dropped, 0);
});

test('where nobody answers 8,192 calls wait, and those that are more are dropped and counted', async (t) => {
  const { exporter, logged } = await start(t, `http://127.0.0.1:${await freePort()}`);
  exporter.add(callOf(0));
  await eventually(() => logged.length === 1);
  for (let n = 1; n < 8_192; n++) exporter.add(callOf(n));
  assert.equal(exporter.dropped, 0);
  for (let n = 0; n < 3; n++) exporter.add(callOf(n));
  assert.equal(exporter.dropped, 3);
});

test('without an endpoint there is no exporter, and headers are read as OpenTelemetry writes them', async (t) => {
  const log = { info: () => {}, warn: () => {} } as unknown as Parameters<typeof openTraces>[3];
  assert.equal(openTraces({ OTEL_EXPORTER_OTLP_HEADERS: 'a=b' }, 'test', '1', log), undefined);
  const collector = await OtlpCollector.start();
  t.after(() => collector.close());
  const settings = {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20dTpw==,x-tenant= a%2Cb ',
  };
  const exporter = openTraces(settings, 'test', '1', log);
  exporter?.add(callOf(1));
  await exporter?.close();
  assert.partialDeepStrictEqual(collector.requests, [{ authorization: 'Basic dTpw==', 'x-tenant': 'a,b' }]);
  assert.equal(collector.spans[0]?.service, 'test');
});
