/** Figures as people read them, on the terminal and on the page. Pure. */
import type { Cell, Unit } from './report.ts';
import { type Goal, type Ratio, reaches } from './statistics.ts';

const formats: Readonly<Record<Exclude<Unit, 'text'>, (figure: number) => string>> = {
  count: formatCount,
  us: formatUs,
  ms: (ms) => formatUs(ms * 1_000),
  bytes: formatBytes,
  ratio: formatFactor,
};

/** @returns `–` where nothing was measured */
export function formatCell(unit: Unit, cell: Cell): string {
  if (cell === null) return '–';
  return typeof cell === 'string' || unit === 'text' ? `${cell}` : formats[unit](cell);
}

/** @returns microseconds as people read them: `2.5 us`, `165 us`, `3.21 ms`, `1.99 s` */
export function formatUs(us: number): string {
  const size = Math.abs(us);
  if (size < 1_000) return `${us.toFixed(size < 10 ? 1 : 0)} us`;
  if (size < 1_000_000) return `${(us / 1_000).toFixed(size < 10_000 ? 2 : 1)} ms`;
  return `${(us / 1_000_000).toFixed(2)} s`;
}

/** @returns a whole number with thousands separated */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** @returns `64.0 KiB`, `10.5 MiB` */
export function formatBytes(bytes: number): string {
  return Math.abs(bytes) < 1_048_576 ? `${(bytes / 1_024).toFixed(1)} KiB` : `${(bytes / 1_048_576).toFixed(1)} MiB`;
}

/** @returns two decimals, and of what is nearly nothing two digits */
export function formatFactor(factor: number): string {
  return factor !== 0 && Math.abs(factor) < 0.1 ? factor.toPrecision(2) : factor.toFixed(2);
}

/** @returns `0.50 to 0.60` */
export function formatSpread({ lowest, highest }: Ratio): string {
  return `${formatFactor(lowest)} to ${formatFactor(highest)}`;
}

/** @returns `>= 1.2 reached`; nothing where nothing is wanted */
export function formatGoal(goal: Goal | undefined, ratio: Ratio): string {
  if (goal === undefined) return '';
  return `${'atLeast' in goal ? `>= ${goal.atLeast}` : `<= ${goal.atMost}`} ${reaches(goal, ratio) ? 'reached' : 'missed'}`;
}
