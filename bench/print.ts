/** A finished measurement on the terminal. */
import { type Goal, type Ratio, reaches, type Row } from './statistics.ts';
import { formatCount, formatTable, formatUs } from './table.ts';

/** A comparison as it is printed. */
export interface ComparedRow {
  readonly title: string;
  /** What of both is compared: `calls/s at 64 connections`. */
  readonly of: string;
  readonly ratio: Ratio;
  readonly goal: Goal | undefined;
}

/** What was not measured, and why. */
export interface Missing {
  readonly path: string;
  readonly kind: 'absent' | 'failed';
  readonly reason: string;
}

export function printRows(rows: readonly Row[]): void {
  const lines = rows
    .toSorted((a, b) => a.connections - b.connections)
    .map(({ path, connections, callsPerS, p50Us, p99Us, errors }) => [
      path,
      `${connections}`,
      formatCount(callsPerS),
      formatUs(p50Us),
      formatUs(p99Us),
      `${errors}`,
    ]);
  if (lines.length > 0) console.log(`\n${formatTable(['path', 'connections', 'calls/s', 'p50', 'p99', 'errors'], lines)}`);
}

/** Each with the first line of the reason. */
export function printMissing(missing: readonly Missing[]): void {
  for (const { path, kind, reason } of missing) console.log(`${path}  ${kind}: ${reason.split('\n', 1)[0]}`);
}

export function printRatios(rows: readonly ComparedRow[]): void {
  const lines = rows.map(({ title, of, ratio, goal }) => [
    title,
    of,
    ratio.median.toFixed(2),
    `${ratio.lowest.toFixed(2)} to ${ratio.highest.toFixed(2)}`,
    goal === undefined
      ? ''
      : `${'atLeast' in goal ? `>= ${goal.atLeast}` : `<= ${goal.atMost}`} ${reaches(goal, ratio) ? 'reached' : 'missed'}`,
  ]);
  if (lines.length > 0) console.log(`\n${formatTable(['ratio', 'of', 'median', 'spread', 'goal'], lines)}`);
}
