/** Rounds of a measurement become rows and ratios. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sample } from '../../bench/load/report.ts';
import { formatUs } from '../../bench/format.ts';
import { median, percentile, reaches, toRatio, toRow } from '../../bench/statistics.ts';
import { formatTable } from '../../bench/table.ts';

const sample = (callsPerS: number, p50Us: number, errors = 0): Sample => ({ callsPerS, p50Us, p99Us: p50Us * 10, errors });

test('the median of an even number of values is the mean of the middle two', () => {
  assert.equal(median([10, 1, 2]), 2);
  assert.equal(median([4, 1, 10, 2]), 3);
  assert.throws(() => median([]), RangeError);
});

test('a percentile is the least value that so many are not above', () => {
  const values = Array.from({ length: 100 }, (_, i) => 100 - i);
  assert.deepEqual(
    [0, 0.5, 0.95, 0.99, 1].map((share) => percentile(values, share)),
    [1, 50, 95, 99, 100],
  );
  assert.equal(percentile([7], 0.99), 7);
  assert.throws(() => percentile([], 0.5), RangeError);
});

test('a row holds medians over the rounds and the sum of their errors', () => {
  const row = toRow('bare-fastify', 64, [sample(100, 30, 1), sample(300, 10), sample(200, 20, 4)]);
  assert.deepEqual(row, { path: 'bare-fastify', connections: 64, callsPerS: 200, p50Us: 20, p99Us: 200, errors: 5 });
});

test('a ratio is taken within each round, so that a slow round of both does not move it', () => {
  assert.deepEqual(toRatio([200, 20, 210], [100, 10, 100]), { median: 2, lowest: 2, highest: 2.1 });
  assert.deepEqual(toRatio([10, 100, 10], [20, 200, 20]), { median: 0.5, lowest: 0.5, highest: 0.5 });
});

test('there is no ratio with a path that was not measured, or that did nothing', () => {
  assert.equal(toRatio([1], []), undefined);
  assert.equal(toRatio([1], [0]), undefined);
});

test('a goal is reached at its bound and missed beyond it', () => {
  const ratio = { median: 1.2, lowest: 1, highest: 2 };
  assert.ok(reaches({ atLeast: 1.2 }, ratio));
  assert.ok(!reaches({ atLeast: 1.21 }, ratio));
  assert.ok(reaches({ atMost: 1.2 }, ratio));
  assert.ok(!reaches({ atMost: 1.19 }, ratio));
});

test('a table aligns names to the left and figures to the right', () => {
  assert.equal(
    formatTable(
      ['path', 'p50'],
      [
        ['a', formatUs(85)],
        ['longer', formatUs(12_345)],
      ],
    ),
    'path        p50\na         85 us\nlonger  12.3 ms',
  );
});
