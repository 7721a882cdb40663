/** A platform on which one function, fib, is deployed anew and called: once cold, then warm. */
import type { Stage } from '../path.ts';

/** What is called, how often. */
export interface Work {
  /** fib(n) is asked for. */
  readonly n: number;
  readonly expected: number;
  /** Following calls that are not counted: this long. */
  readonly warmUpMs: number;
  /** Following calls that are counted: so many, or as many as fit into `forMs`, at least one. */
  readonly calls: number;
  readonly forMs: number;
}

/** One deployment, timed by who calls it. */
export interface Sample {
  /** From the moment of the first call to its answer, with whatever had to be started for it. */
  readonly coldMs: number;
  /** Median of the counted calls after it. */
  readonly warmMs: number;
}

/** Deploys the function anew, calls it, and takes it away again. @throws Error when an answer is wrong */
export type Measure = (work: Work) => Promise<Sample>;

export interface Platform {
  readonly name: string;
  /** What a first call meets and has to start. */
  readonly cold: string;
  /** What serves those after it. */
  readonly warm: string;
  /** What the research measured in its place, in words with a unit; empty for nothing. */
  readonly research: string;
  /**
   * Prepares what is there before anyone deploys a function: servers, binaries.
   * @throws Absent when this machine lacks what it needs; any other error is a fault of the platform
   */
  prepare(stage: Stage): Promise<Measure>;
}
