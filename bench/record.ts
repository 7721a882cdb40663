/** A run of a benchmark as it is kept: what was found, by which command, on which machine and when. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Machine } from './machine.ts';
import type { Findings } from './report.ts';

export interface RunRecord extends Findings {
  readonly benchmark: string;
  /** A short run: enough to see that all of it works, and for `check`. */
  readonly quick: boolean;
  /** What it was limited to; undefined for everything. */
  readonly only?: readonly string[];
  /** Before the run. */
  readonly machine: Machine;
  /** When it began, ISO 8601. */
  readonly date: string;
}

/** @returns the arguments that make such a run again: `overhead --quick` */
export function argumentsOf({ benchmark, quick, only }: Pick<RunRecord, 'benchmark' | 'quick' | 'only'>): string {
  return [benchmark, ...(quick ? ['--quick'] : []), ...(only === undefined ? [] : ['--only', only.join(',')])].join(' ');
}

/** Makes the folder where there is none: a run of minutes is not lost over it. */
export async function writeRecord(file: string, record: RunRecord): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(record, undefined, 2)}\n`);
}

/**
 * Reads the result of record, which is committed.
 * @param repository root of it
 * @returns undefined where there is none of this benchmark
 */
export async function readResult(repository: string, benchmark: string): Promise<RunRecord | undefined> {
  try {
    return JSON.parse(await readFile(join(repository, 'bench/results', `${benchmark}.json`), 'utf8')) as RunRecord;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
