/** What the lanes of durable work came to, as rows and ratios; and how their end is awaited. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareLanes, toLaneRow, toLatencyRows } from '../../bench/async/compare.ts';
import { finishExactly } from '../../bench/async/exactly.ts';
import { per100k } from '../../bench/async/growth.ts';
import { atEvenPace, becomesIdle } from '../../bench/async/idle.ts';
import type { LaneResult } from '../../bench/async/measure.ts';
import { asyncTables } from '../../bench/async/tables.ts';
import { parseAmount } from '../../bench/load/amount.ts';
import type { Sample } from '../../bench/load/report.ts';

const sample = (callsPerS: number, errors = 0): Sample => ({ callsPerS, p50Us: 1_000, p99Us: 9_000, errors });

function result(lane: string, changes: Partial<LaneResult> = {}): LaneResult {
  const growth = { steps: [{ finished: 1, redisBytes: [100] }], tables: [] };
  return { lane, accepted: [sample(100)], finished: [50], latencies: [], growth, ...changes };
}

test('a lane becomes medians over its rounds and the sum of its errors', () => {
  const row = toLaneRow(result('bantam', { accepted: [sample(10, 1), sample(30, 2), sample(20)], finished: [7, 9, 8] }));
  assert.deepEqual(row, { lane: 'bantam', acceptedPerS: 20, p50Us: 1_000, p99Us: 9_000, finishedPerS: 8, errors: 3 });
});

test('latencies become percentiles, each kind by itself', () => {
  const ms = Array.from({ length: 100 }, (_, i) => i + 1);
  const latencies = [
    { of: 'seen', ms },
    { of: 'recorded', ms: [3] },
  ];
  assert.deepEqual(toLatencyRows(result('bantam', { latencies })), [
    { lane: 'bantam', of: 'seen', p50Ms: 50, p95Ms: 95, p99Ms: 99 },
    { lane: 'bantam', of: 'recorded', p50Ms: 3, p95Ms: 3, p99Ms: 3 },
  ]);
});

test('accepting is compared with each peer round by round, and has a goal; finishing has none', () => {
  const ours = result('bantam', { accepted: [sample(50), sample(60)], finished: [10, 30] });
  const peer = result('bullmq-add', { accepted: [sample(100), sample(100)], finished: [100, 100] });
  assert.deepEqual(compareLanes([ours, peer]), [
    {
      title: 'bantam / bullmq-add',
      of: 'accepted per second',
      ratio: { median: 0.55, lowest: 0.5, highest: 0.6 },
      better: 'higher',
      goal: { atLeast: 0.5 },
    },
    {
      title: 'bantam / bullmq-add',
      of: 'finished per second',
      ratio: { median: 0.2, lowest: 0.1, highest: 0.3 },
      better: 'higher',
      goal: undefined,
    },
  ]);
});

test('memory of Redis is that of the usual reading, and its growth is within the goal at the bound and missed beyond', () => {
  const growth = (lastBytes: number) => ({
    steps: [
      { finished: 10, redisBytes: [100, 900, 100] },
      { finished: 20, redisBytes: [500] },
      { finished: 30, redisBytes: [lastBytes] },
    ],
    tables: [],
  });
  const tables = asyncTables([result('a', { growth: growth(110) }), result('b', { growth: growth(111) })], 10);
  assert.deepEqual(tables.find(({ title }) => title.startsWith('Redis'))?.rows, [
    ['a', 100, 500, 110, 1.1, 'reached'],
    ['b', 100, 500, 111, 1.11, 'missed'],
  ]);
});

test('growth of tables is that since before, per 100,000, without tables that did not grow', () => {
  const before = [
    { table: 'invocations', rows: 1, bytes: 1_000 },
    { table: 'deliveries', rows: 0, bytes: 500 },
  ];
  const after = [
    { table: 'invocations', rows: 501, bytes: 11_000 },
    { table: 'deliveries', rows: 0, bytes: 500 },
  ];
  assert.deepEqual(per100k(before, after, 500), [{ table: 'invocations', rows: 100_000, bytes: 2_000_000 }]);
});

test('work is not taken for done when more of it arrives after a moment', async () => {
  const open = Array.from({ length: 40 }, (_, i) => i % 2);
  await becomesIdle(() => Promise.resolve(open.shift() ?? 0));
  assert.deepEqual(open, []);
});

test('an even pace does not wait for what is under way, and gives everything in order', { timeout: 10_000 }, async () => {
  const all = Promise.withResolvers<undefined>();
  let begun = 0;
  const numbers = await atEvenPace(1_000, 3, async () => {
    const number = ++begun;
    if (begun === 3) all.resolve(undefined);
    await all.promise;
    return number;
  });
  assert.deepEqual(numbers, [1, 2, 3]);
});

test('a lane that finishes fewer than it accepted has no figure', async () => {
  const lane = (accepted: number, finished: number) => ({
    acceptMany: () => Promise.resolve({ accepted, firstAtMs: 1 }),
    drain: () => Promise.resolve({ finished, lastAtMs: 5 }),
  });
  assert.deepEqual(await finishExactly(lane(3, 3), 3), { firstAtMs: 1, lastAtMs: 5 });
  await assert.rejects(finishExactly(lane(3, 2), 3), /of 3, 3 were accepted and 2 finished/);
  await assert.rejects(finishExactly(lane(2, 3), 3), /of 3, 2 were accepted and 3 finished/);
});

test('a report of an amount is refused when it lacks a figure', () => {
  assert.deepEqual(parseAmount('{"accepted":2,"firstAtMs":5}\n'), { accepted: 2, firstAtMs: 5 });
  assert.throws(() => parseAmount('{"accepted":2}'), /no report/);
});
