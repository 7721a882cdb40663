/** What `async` measured, as tables. Pure. */
import type { Column, FigureTable } from '../report.ts';
import { median } from '../statistics.ts';
import { toLaneRow, toLatencyRows } from './compare.ts';
import type { LaneResult } from './measure.ts';
import { mostGrown } from './plan.ts';
import { callers } from './work.ts';

/** @param perSecond pace at which latencies were measured */
export function asyncTables(results: readonly LaneResult[], perSecond: number): FigureTable[] {
  return [lanes(results), latencies(results, perSecond), redisGrowth(results), postgresGrowth(results)];
}

function lanes(results: readonly LaneResult[]): FigureTable {
  const columns: Column[] = [
    { name: 'lane', unit: 'text' },
    { name: 'accepted/s', unit: 'count' },
    { name: 'p50', unit: 'us' },
    { name: 'p99', unit: 'us' },
    { name: 'errors', unit: 'count' },
    { name: 'finished/s', unit: 'count' },
  ];
  const rows = results.map((result) => {
    const { lane, acceptedPerS, p50Us, p99Us, errors, finishedPerS } = toLaneRow(result);
    return [lane, acceptedPerS, p50Us, p99Us, errors, finishedPerS];
  });
  return { title: `accepted and finished, ${callers} at once`, columns, rows };
}

function latencies(results: readonly LaneResult[], perSecond: number): FigureTable {
  const columns: Column[] = [
    { name: 'from what to what', unit: 'text' },
    { name: 'p50', unit: 'ms' },
    { name: 'p95', unit: 'ms' },
    { name: 'p99', unit: 'ms' },
  ];
  const rows = results
    .flatMap((result) => toLatencyRows(result))
    .map(({ lane, of, p50Ms, p95Ms, p99Ms }) => [`${lane}: ${of}`, p50Ms, p95Ms, p99Ms]);
  return { title: `latency at ${perSecond} per second`, columns, rows };
}

/** No comparison of contenders: within one run it has no rounds to take a spread from. */
function redisGrowth(results: readonly LaneResult[]): FigureTable {
  const steps = results[0]?.growth.steps ?? [];
  const columns: Column[] = [
    { name: 'lane', unit: 'text' },
    ...steps.map(({ finished }): Column => ({ name: `${finished} finished`, unit: 'bytes' })),
    { name: 'last / first', unit: 'ratio' },
    { name: `<= ${mostGrown}`, unit: 'text' },
  ];
  const rows = results.map(({ lane, growth }) => {
    const bytes = growth.steps.map(({ redisBytes }) => median(redisBytes));
    const [first = NaN] = bytes;
    const grown = (bytes.at(-1) ?? first) / first;
    return [lane, ...bytes, grown, grown <= mostGrown ? 'reached' : 'missed'];
  });
  return { title: "Redis' memory", columns, rows };
}

function postgresGrowth(results: readonly LaneResult[]): FigureTable {
  const columns: Column[] = [
    { name: 'table', unit: 'text' },
    { name: 'rows', unit: 'count' },
    { name: 'bytes', unit: 'bytes' },
  ];
  const rows = results.flatMap(({ lane, growth }) =>
    growth.tables.map(({ table, rows: grown, bytes }) => [`${lane}: ${table}`, grown, bytes]),
  );
  return { title: 'PostgreSQL, per 100,000 finished', columns, rows };
}
