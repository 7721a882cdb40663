/** A finished measurement on the terminal. */
import type { Sample } from './load/report.ts';
import { type RatioRule, reaches, type Row, toRatio } from './statistics.ts';
import { formatCount, formatTable, formatUs } from './table.ts';

/** Prints what was measured, and what was not, with the first line of the reason. */
export function printRows(
  rows: readonly Row[],
  absent: readonly { readonly path: string; readonly kind: string; readonly reason: string }[],
): void {
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
  console.log(`\n${formatTable(['path', 'connections', 'calls/s', 'p50', 'p99', 'errors'], lines)}`);
  for (const { path, kind, reason } of absent) console.log(`${path}  ${kind}: ${reason.split('\n', 1)[0]}`);
}

/** Prints the ratios whose two paths were measured. */
export function printRatios(rules: readonly RatioRule[], roundsOf: (path: string, connections: number) => readonly Sample[]): void {
  const lines = rules.flatMap((rule) => {
    const { numerator, denominator, connections, measure, goal } = rule;
    const ratio = toRatio(measure, roundsOf(numerator, connections), roundsOf(denominator, connections));
    if (ratio === undefined) return [];
    const wanted =
      goal === undefined
        ? ''
        : `${'atLeast' in goal ? `>= ${goal.atLeast}` : `<= ${goal.atMost}`} ${reaches(goal, ratio) ? 'reached' : 'missed'}`;
    const spread = `${ratio.lowest.toFixed(2)} to ${ratio.highest.toFixed(2)}`;
    return [
      [
        `${numerator} / ${denominator}`,
        measure === 'callsPerS' ? 'calls/s' : 'p50',
        `${connections}`,
        ratio.median.toFixed(2),
        spread,
        wanted,
      ],
    ];
  });
  if (lines.length > 0) console.log(`\n${formatTable(['ratio', 'of', 'connections', 'median', 'spread', 'goal'], lines)}`);
}
