/** A way to run the programs: described once, made ready for a program, then run once in every round. */
import type { Stage } from '../path.ts';
import type { Program } from './programs.ts';

/** One call of `run`. */
export interface Call {
  readonly checksum: number;
  readonly elapsedUs: number;
  /** Of the thread that calls; null where this machine does not say. */
  readonly processorUs: number | null;
}

/** What a contender did in one round. What it cannot do is not there. */
export interface Run {
  /** From the start of a process to its end, with one call in it. */
  readonly processUs?: number;
  /** In one process, in order; the first one compiles and instantiates. */
  readonly calls?: readonly Call[];
  /** The part of the first call that compiles and instantiates. */
  readonly readyUs?: number;
  /** Resident memory of the process after the last call. */
  readonly residentBytes?: number;
}

export interface Prepared {
  /** What compiling ahead of time took; undefined where nothing is compiled ahead. */
  readonly aheadUs?: number;
  /** @throws Error when the program answers wrong, or not at all */
  readonly run: () => Promise<Run>;
}

export interface Contender {
  readonly name: string;
  /** @returns its version, in words. @throws Absent when this machine lacks it */
  readonly describe: (stage: Stage) => Promise<string>;
  /** @param calls how often the program is called in a process that calls it more than once */
  readonly prepare: (stage: Stage, program: Program, calls: number) => Promise<Prepared>;
}

/** @throws Error when this is not what the program answers */
export function verify({ title, checksum }: Program, answered: number): void {
  if (answered !== checksum) throw new Error(`${title} answered ${answered}, not ${checksum}`);
}
