/** A path under measurement: one way for an HTTP call to reach fib and come back. */
import type { Processes } from './processes.ts';

/** What a path may use to start. */
export interface Stage {
  readonly processes: Processes;
  /** Root of the repository. */
  readonly repository: string;
  /** Folder of the guest that every path runs; the file in it is `fib.wasm`, its export `fib: (i32) -> i32`. */
  readonly guestFolder: string;
}

export interface Path {
  readonly name: string;
  /**
   * Starts what the path consists of.
   * @returns the origin at which `/fn/fib?n=5` is answered
   * @throws Absent when this machine lacks what it needs; any other error is a fault of the path
   */
  start(stage: Stage): Promise<string>;
}

/** The path cannot be measured here; the message says what is missing. */
export class Absent extends Error {}
