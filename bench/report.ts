/** What a benchmark found, in the one form that the terminal, docs/benchmarks.md and later comparisons read. */
import type { Goal, Ratio } from './statistics.ts';

/** How figures of a column are written; `text` for words. */
export type Unit = 'text' | 'count' | 'us' | 'ms' | 'bytes' | 'ratio';

export interface Column {
  readonly name: string;
  readonly unit: Unit;
}

/** A figure in the unit of its column, or null where none was measured: `missing` says why. */
export type Cell = string | number | null;

/** The first column names the row. */
export interface FigureTable {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

/**
 * Two contenders compared within rounds. `title` and `of` together are unique within a benchmark, and the same in quick and full runs:
 * by them `check` finds what it compares with. What is not the same in both must not have the same name.
 */
export interface Comparison {
  /** `bantam-embedded / workerd-fresh`: what is divided by what, named as in `Missing.path` where one of them may be missing. */
  readonly title: string;
  /** What of both: `calls/s at 64`. */
  readonly of: string;
  readonly ratio: Ratio;
  readonly better: 'higher' | 'lower';
  /** Undefined where the project only wants to know. */
  readonly goal?: Goal | undefined;
}

/** What was not measured, and why. */
export interface Missing {
  readonly path: string;
  /** `absent`: this machine cannot run it; `failed`: it ran, and wrongly. */
  readonly kind: 'absent' | 'failed';
  readonly reason: string;
}

export interface Findings {
  readonly tables: readonly FigureTable[];
  readonly comparisons: readonly Comparison[];
  readonly missing: readonly Missing[];
  /** What made the calls, where load was part of it: figures of different ones are not comparable. */
  readonly loadGenerator?: 'wrk' | 'autocannon';
}

/** @returns whether all that this machine can run answered right to the end */
export function isWhole({ missing }: Pick<Findings, 'missing'>): boolean {
  return missing.every(({ kind }) => kind === 'absent');
}
