/** What benchmarks measured becomes tables and comparisons, and those become text. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LaneResult } from '../../bench/async/measure.ts';
import { asyncTables } from '../../bench/async/tables.ts';
import { formatBytes, formatCell, formatFactor, formatGoal, formatUs } from '../../bench/format.ts';
import { growthTable, insideTable } from '../../bench/kinds/tables.ts';
import { isWhole } from '../../bench/report.ts';
import { compare, type Measured, toTables } from '../../bench/rounds.ts';

const sample = (callsPerS: number, p50Us: number) => ({ callsPerS, p50Us, p99Us: 9, errors: 0 });

test('paths under load become a table for each number of connections', () => {
  const row = (path: string, connections: number) => ({ path, connections, ...sample(100, connections) });
  const tables = toTables('fib', [row('a', 1), row('a', 64), row('b', 1)]);
  assert.deepEqual(
    tables.map(({ title, rows }) => ({ title, rows })),
    [
      {
        title: 'fib, 1 connection',
        rows: [
          ['a', 100, 1, 9, 0],
          ['b', 100, 1, 9, 0],
        ],
      },
      { title: 'fib, 64 connections', rows: [['a', 100, 64, 9, 0]] },
    ],
  );
});

test('calls per second are better when higher, times when lower', () => {
  const samples = new Map([
    ['a', [sample(100, 10), sample(300, 10)]],
    ['b', [sample(50, 20), sample(100, 40)]],
  ]);
  const measured: Measured = { rows: [], missing: [], samplesOf: (path) => samples.get(path) ?? [] };
  const rule = { numerator: 'a', denominator: 'b', connections: 64 } as const;
  const rules = [
    { ...rule, measure: 'callsPerS', goal: { atLeast: 1 } },
    { ...rule, measure: 'p50Us' },
    { ...rule, measure: 'p50Us', denominator: 'absent' },
  ] as const;
  assert.deepEqual(compare(rules, measured), [
    {
      title: 'a / b',
      of: 'calls/s at 64',
      ratio: { median: 2.5, lowest: 2, highest: 3 },
      better: 'higher',
      goal: { atLeast: 1 },
    },
    { title: 'a / b', of: 'p50 at 64', ratio: { median: 0.375, lowest: 0.25, highest: 0.5 }, better: 'lower', goal: undefined },
  ]);
});

test('times inside an executor become a row for each guest and contender; processor time that nobody counted stays open', () => {
  const row = { guest: 'core-fib', contender: 'bantam', calls: 5, medianUs: 1, meanUs: 2, p99Us: 3, cpuUs: null } as const;
  assert.deepEqual(insideTable([row]).rows, [['core-fib bantam', 1, 2, 3, null]]);
});

test('growth is within its goal at both bounds, and missed beyond either', () => {
  const mib = 1_048_576;
  const row = (liveGrownBytes: number, grownRssBytes: number) => ({
    guest: 'core-fib' as const,
    calls: 5,
    liveGrownBytes,
    firstRssBytes: mib,
    lastRssBytes: mib + grownRssBytes,
  });
  const rows = growthTable([row(mib, 32 * mib), row(mib + 1, 0), row(0, 32 * mib + 1)]).rows;
  assert.deepEqual(
    rows.map((cells) => cells.at(-1)),
    ['reached', 'missed', 'missed'],
  );
  assert.deepEqual(rows[0]?.slice(0, -1), ['core-fib', 5, mib, mib, 33 * mib]);
});

test('lanes become tables whose rows have a cell for every column', () => {
  const lane = (name: string): LaneResult => ({
    lane: name,
    accepted: [sample(100, 10)],
    finished: [50],
    latencies: [{ of: 'seen', ms: [3] }],
    growth: {
      steps: [
        { finished: 10, redisBytes: [1, 3, 2] },
        { finished: 20, redisBytes: [5] },
      ],
      tables: [{ table: 'invocations', rows: 7, bytes: 8 }],
    },
  });
  const tables = asyncTables([lane('a'), lane('b')], 10);
  for (const { columns, rows } of tables) assert.ok(rows.every((cells) => cells.length === columns.length));
  assert.deepEqual(
    tables.map(({ rows }) => rows[1]),
    [
      ['b', 100, 10, 9, 0, 50],
      ['b: seen', 3, 3, 3],
      ['b', 2, 5, 2.5, 'missed'],
      ['b: invocations', 7, 8],
    ],
  );
});

test('a run is whole when nothing failed; what this machine lacks does not count', () => {
  const missing = (kind: 'absent' | 'failed') => ({ missing: [{ path: 'a', kind, reason: '' }] });
  assert.deepEqual([isWhole({ missing: [] }), isWhole(missing('absent')), isWhole(missing('failed'))], [true, true, false]);
});

test('figures are written in the unit that suits their size', () => {
  assert.deepEqual([2.54, 9.96, 85, 1_234, 12_345, 1_990_000].map(formatUs), [
    '2.5 us',
    '10.0 us',
    '85 us',
    '1.23 ms',
    '12.3 ms',
    '1.99 s',
  ]);
  assert.deepEqual([-1_024, 1_048_575, 1_048_576].map(formatBytes), ['-1.0 KiB', '1024.0 KiB', '1.0 MiB']);
  assert.deepEqual([0, 0.00321, 0.1, 12.345].map(formatFactor), ['0.00', '0.0032', '0.10', '12.35']);
  assert.deepEqual(
    [
      formatCell('ms', 1.5),
      formatCell('count', 1_234.5),
      formatCell('text', 3),
      formatCell('us', 'none'),
      formatCell('ratio', 2),
      formatCell('bytes', null),
    ],
    ['1.50 ms', '1,235', '3', 'none', '2.00', '–'],
  );
});

test('a goal says whether it is reached', () => {
  const ratio = { median: 1, lowest: 1, highest: 1 };
  assert.equal(formatGoal({ atLeast: 1 }, ratio), '>= 1 reached');
  assert.equal(formatGoal({ atMost: 0.9 }, ratio), '<= 0.9 missed');
  assert.equal(formatGoal(undefined, ratio), '');
});
