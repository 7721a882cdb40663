/** A lane under measurement: one way for work to be accepted now and done later. */
import type { Amount } from '../load/amount.ts';
import type { LoadGenerator } from '../load/load.ts';
import type { Sample } from '../load/report.ts';
import type { Stage } from '../path.ts';

export interface Lane {
  readonly name: string;
  /**
   * Starts what it consists of, and makes sure that work is done there.
   * @throws Absent when this machine lacks what it needs; any other error is a fault of the lane
   */
  start(stage: Stage, generator: LoadGenerator): Promise<RunningLane>;
}

export interface RunningLane {
  /** Hands in work for so long while it is being done; each caller waits for its answer before it goes on. */
  acceptFor(seconds: number): Promise<Sample>;
  /** Hands in exactly so much. */
  acceptMany(count: number): Promise<Amount>;
  /**
   * Waits until everything that was accepted is done.
   * @throws Error when some of it did not succeed
   */
  drain(): Promise<Drained>;
  /** From the answer to the end, of work handed in at an even pace. */
  latencies(perSecond: number, count: number): Promise<readonly Latencies[]>;
  /** Of its Redis, now. */
  redisBytes(): Promise<number>;
  /** What it keeps in Postgres; nothing where it has none. */
  tables(): Promise<readonly TableSize[]>;
}

export interface Drained {
  /** Since the drain before. */
  readonly finished: number;
  /** When the last one was, epoch milliseconds. */
  readonly lastAtMs: number;
}

export interface Latencies {
  /** From what to what. */
  readonly of: string;
  readonly ms: readonly number[];
}

export interface TableSize {
  readonly table: string;
  readonly rows: number;
  /** With its indexes, and with what is dead and not yet reused. */
  readonly bytes: number;
}
