/** What was measured inside an executor, as tables. Pure. */
import { formatBytes } from '../format.ts';
import type { FigureTable } from '../report.ts';
import type { GrowthRow, InsideRow } from './inside.ts';
import { mostGrown } from './plan.ts';

export function insideTable(rows: readonly InsideRow[]): FigureTable {
  return {
    title: 'an instance in its initial state and a call, inside an executor',
    columns: [
      { name: 'guest and contender', unit: 'text' },
      { name: 'median', unit: 'us' },
      { name: 'mean', unit: 'us' },
      { name: 'p99', unit: 'us' },
      { name: 'processor', unit: 'us' },
    ],
    rows: rows.map(({ guest, contender, medianUs, meanUs, p99Us, cpuUs }) => [`${guest} ${contender}`, medianUs, meanUs, p99Us, cpuUs]),
  };
}

export function growthTable(rows: readonly GrowthRow[]): FigureTable {
  return {
    title: 'growth over many calls, inside an executor',
    columns: [
      { name: 'guest', unit: 'text' },
      { name: 'calls', unit: 'count' },
      { name: 'live', unit: 'bytes' },
      { name: 'resident, first quarter', unit: 'bytes' },
      { name: 'last quarter', unit: 'bytes' },
      { name: `<= ${formatBytes(mostGrown.liveBytes)} live, ${formatBytes(mostGrown.rssBytes)} resident`, unit: 'text' },
    ],
    rows: rows.map((row) => [
      row.guest,
      row.calls,
      row.liveGrownBytes,
      row.firstRssBytes,
      row.lastRssBytes,
      isSteady(row) ? 'reached' : 'missed',
    ]),
  };
}

function isSteady({ liveGrownBytes, firstRssBytes, lastRssBytes }: GrowthRow): boolean {
  return liveGrownBytes <= mostGrown.liveBytes && lastRssBytes - firstRssBytes <= mostGrown.rssBytes;
}
