/** A path under measurement: one way for an HTTP call to reach a guest and come back. */
import type { HttpCall } from './load/call.ts';
import type { Processes } from './processes.ts';

/** What a path may use to start. */
export interface Stage {
  readonly processes: Processes;
  /** Root of the repository. */
  readonly repository: string;
}

export interface Path {
  readonly name: string;
  /** What is called, over and over. */
  readonly call: HttpCall;
  /**
   * Starts what the path consists of.
   * @returns what the call's path comes after: an origin, or more
   * @throws Absent when this machine lacks what it needs; any other error is a fault of the path
   */
  start(stage: Stage): Promise<string>;
}

/** Something cannot be measured here; the message says what is missing. */
export class Absent extends Error {}
