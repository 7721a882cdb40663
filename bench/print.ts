/** What a benchmark found, on the terminal. */
import { formatCell, formatFactor, formatGoal, formatSpread } from './format.ts';
import type { Comparison, FigureTable, Findings, Missing } from './report.ts';
import { formatTable } from './table.ts';

export function printFindings({ tables, comparisons, missing, loadGenerator }: Findings): void {
  for (const table of tables) printTable(table);
  if (loadGenerator !== undefined) console.log(`\nload from ${loadGenerator}`);
  printMissing(missing);
  printComparisons(comparisons);
}

function printTable({ title, columns, rows }: FigureTable): void {
  const lines = rows.map((cells) => columns.map(({ unit }, i) => formatCell(unit, cells[i] ?? null)));
  const names = columns.map(({ name }) => name);
  if (lines.length > 0) console.log(`\n${title}\n${formatTable(names, lines)}`);
}

/** Each with the first line of the reason. */
export function printMissing(missing: readonly Missing[]): void {
  if (missing.length > 0) console.log('');
  for (const { path, kind, reason } of missing) console.log(`${path}  ${kind}: ${reason.split('\n', 1)[0]}`);
}

function printComparisons(comparisons: readonly Comparison[]): void {
  const lines = comparisons.map(({ title, of, better, ratio, goal }) => [
    title,
    of,
    better,
    formatFactor(ratio.median),
    formatSpread(ratio),
    formatGoal(goal, ratio),
  ]);
  if (lines.length > 0) console.log(`\n${formatTable(['ratio', 'of', 'better', 'median', 'spread', 'goal'], lines)}`);
}
