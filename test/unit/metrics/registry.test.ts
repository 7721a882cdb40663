/** The text of metrics is that of Prometheus, whoever counts them. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { Counter, Registry } from 'prom-client';
import { type MetricDescription, registerGauge, registerRead, type Sample } from '../../../shared/metrics/read-metric.ts';
import { PacedRegistry } from '../../../shared/metrics/registry.ts';
import { durationBuckets, Tally } from '../../../shared/metrics/tally.ts';
import { parseMetrics } from '../../support/prometheus.ts';

const description: MetricDescription = { name: 'things', help: 'Things\nand \\ more.', type: 'gauge', labelNames: ['a', 'b'] };
const samples: readonly Sample[] = [
  { labels: { a: 'x', b: 'a "quote", a \\ and\na line' }, value: 1 },
  { labels: { a: 7, b: '' }, value: -0.5 },
  { labels: { a: 'inf', b: '' }, value: Number.POSITIVE_INFINITY },
];

function fill<R extends Registry>(registry: R): R {
  registerRead(registry, description, () => samples);
  registerGauge(registry, 'plain', 'Without labels.', () => 3e21);
  const tally = new Tally();
  tally.add(0.002);
  registerRead(registry, { name: 'took', help: 'Seconds.', type: 'histogram', labelNames: ['a'] }, () => tally.samples('took', { a: 'x' }));
  const counter = new Counter({ name: 'counted_total', help: 'By prom-client.', labelNames: ['a'], registers: [registry] });
  counter.inc({ a: 'x' }, 2);
  return registry;
}

test('it is what prom-client writes', async () => {
  const ours = await fill(new PacedRegistry()).metrics();
  const theirs = await fill(new Registry()).metrics();
  assert.equal(ours, theirs);
});

test('more lines than are written in a turn come out whole and in order, while other work goes on', async () => {
  const registry = new PacedRegistry();
  const count = 5_000;
  registerRead(registry, { name: 'many', help: 'Many.', type: 'gauge', labelNames: ['i'] }, () =>
    Array.from({ length: count }, (_, i) => ({ labels: { i }, value: i })),
  );
  let turns = 0;
  let reading = true;
  const tick = (): void => {
    turns++;
    if (reading) setImmediate(tick);
  };
  tick();
  const text = await registry.metrics();
  reading = false;
  assert.ok(turns >= 10, `${turns} turns`);
  assert.deepEqual(
    [...parseMetrics(text)],
    Array.from({ length: count }, (_, i) => [`many{i="${i}"}`, i]),
  );
});

test('a tally counts into the first bucket that is large enough, and what is beyond all of them in count alone', () => {
  const tally = new Tally();
  for (const seconds of [0, 0.00005, 0.00006, 60, 60.1, -1]) tally.add(seconds);
  const values = new Map(
    tally.samples('took', {}).map(({ metricName = '', labels, value }) => [`${metricName} ${labels['le'] ?? ''}`, value]),
  );
  assert.equal(values.get('took_bucket 0.00005'), 3);
  assert.equal(values.get('took_bucket 0.0001'), 4);
  assert.equal(values.get('took_bucket 30'), 4);
  assert.equal(values.get('took_bucket 60'), 5);
  assert.equal(values.get('took_bucket +Inf'), 6);
  assert.equal(values.get('took_count '), 6);
  assert.ok(Math.abs((values.get('took_sum ') ?? 0) - 120.10011) < 1e-9);
});

test('a tally with fewer buckets counts the same', () => {
  const tally = new Tally();
  for (const seconds of durationBuckets) tally.add(seconds);
  const few = [0.005, 1, 60];
  const counts = tally.samples('took', {}, few).map(({ value }) => value);
  assert.deepEqual(
    counts.slice(0, 3),
    few.map((le) => durationBuckets.filter((bucket) => bucket <= le).length),
  );
});

test('tallies add up', () => {
  const [one, two] = [new Tally(), new Tally()];
  one.add(0.001);
  two.add(0.5);
  two.add(100);
  const sum = Tally.sum([one, two]);
  const both = new Tally();
  for (const seconds of [0.001, 0.5, 100]) both.add(seconds);
  assert.deepEqual(sum.samples('t', {}), both.samples('t', {}));
  assert.equal(one.count, 1);
});
