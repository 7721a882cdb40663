/** What was measured inside an executor, on the terminal. */
import { formatCount, formatMiB, formatTable, formatUs } from '../table.ts';
import type { GrowthRow, InsideRow } from './inside.ts';
import { mostGrown } from './plan.ts';

export function printInside(rows: readonly InsideRow[]): void {
  const lines = rows.map(({ guest, contender, medianUs, meanUs, p99Us, cpuUs }) => [
    `${guest} ${contender}`,
    ...[medianUs, meanUs, p99Us, cpuUs].map((us) => (us === null ? '' : formatUs(us))),
  ]);
  console.log(`\n${formatTable(['fresh instance and call', 'median', 'mean', 'p99', 'processor'], lines)}`);
}

export function printGrowth(rows: readonly GrowthRow[]): void {
  const lines = rows.map((row) => [
    row.guest,
    formatCount(row.calls),
    formatMiB(row.liveGrownBytes),
    formatMiB(row.firstRssBytes),
    formatMiB(row.lastRssBytes),
    isSteady(row) ? 'reached' : 'missed',
  ]);
  const goal = `<= ${formatMiB(mostGrown.liveBytes)} live, ${formatMiB(mostGrown.rssBytes)} resident`;
  const header = ['growth over many calls', 'calls', 'live', 'resident, first quarter', 'last quarter', goal];
  if (lines.length > 0) console.log(`\n${formatTable(header, lines)}`);
}

function isSteady({ liveGrownBytes, firstRssBytes, lastRssBytes }: GrowthRow): boolean {
  return liveGrownBytes <= mostGrown.liveBytes && lastRssBytes - firstRssBytes <= mostGrown.rssBytes;
}
