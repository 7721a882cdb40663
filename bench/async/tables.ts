/** What `async` measured, on the terminal. */
import { median } from '../statistics.ts';
import { formatCount, formatMiB, formatTable, formatUs } from '../table.ts';
import type { LaneRow, LatencyRow } from './compare.ts';
import type { LaneResult } from './measure.ts';
import { callers } from './work.ts';

export function printLanes(rows: readonly LaneRow[]): void {
  const lines = rows.map(({ lane, acceptedPerS, p50Us, p99Us, errors, finishedPerS }) => [
    lane,
    formatCount(acceptedPerS),
    formatUs(p50Us),
    formatUs(p99Us),
    `${errors}`,
    formatCount(finishedPerS),
  ]);
  print([`${callers} at once`, 'accepted/s', 'p50', 'p99', 'errors', 'finished/s'], lines);
}

export function printLatencies(rows: readonly LatencyRow[], perSecond: number): void {
  const lines = rows.map(({ lane, of, p50Ms, p95Ms, p99Ms }) => [
    `${lane}: ${of}`,
    ...[p50Ms, p95Ms, p99Ms].map((ms) => formatUs(ms * 1_000)),
  ]);
  print([`latency at ${perSecond} per second`, 'p50', 'p95', 'p99'], lines);
}

export function printGrowth(results: readonly LaneResult[]): void {
  const steps = results[0]?.growth.steps ?? [];
  const memory = results.map(({ lane, growth }) => [lane, ...growth.steps.map(({ redisBytes }) => formatMiB(median(redisBytes)))]);
  print(["Redis' memory, finished", ...steps.map(({ finished }) => formatCount(finished))], memory);
  const tables = results.flatMap(({ lane, growth }) =>
    growth.tables.map(({ table, rows, bytes }) => [`${lane}: ${table}`, formatCount(rows), formatMiB(bytes)]),
  );
  print(['Postgres per 100,000 finished', 'rows', 'bytes'], tables);
}

function print(header: readonly string[], lines: readonly (readonly string[])[]): void {
  if (lines.length > 0) console.log(`\n${formatTable(header, lines)}`);
}
