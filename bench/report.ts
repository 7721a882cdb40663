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

/** Two contenders compared within rounds. `title` and `of` together are unique within a benchmark. */
export interface Comparison {
  /** `bantam-embedded / workerd-fresh`: what is divided by what. */
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
}
