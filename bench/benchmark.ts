/** What a benchmark is, and what it tells before and after: on which machine, and a file for those who compare runs. */
import { writeFile } from 'node:fs/promises';
import { describeMachine, type Machine } from './machine.ts';
import type { Stage } from './path.ts';

export interface BenchmarkOptions {
  /** What to measure, by name; undefined for everything. */
  readonly only: readonly string[] | undefined;
  /** One short round. */
  readonly quick: boolean;
  /** File to write the figures to. */
  readonly jsonFile: string | undefined;
}

export interface Benchmark {
  /** What can be named in `only`. */
  readonly names: readonly string[];
  /** @returns whether all that this machine can run answered right to the end */
  readonly run: (stage: Stage, options: BenchmarkOptions) => Promise<boolean>;
}

export interface Circumstances {
  readonly machine: Machine & { readonly loadGenerator: string };
  /** ISO 8601. */
  readonly date: string;
}

/** Notes and prints them: figures without them say nothing. */
export function noteCircumstances(loadGenerator: string): Circumstances {
  const machine = { ...describeMachine(), loadGenerator };
  const date = new Date().toISOString();
  console.log(
    `${date}, ${machine.cpu}, ${machine.cores} cores, load average ${machine.loadAverage.toFixed(2)}, Node ${machine.node}, V8 ${machine.v8}, load from ${loadGenerator}`,
  );
  return { machine, date };
}

export async function writeFigures({ jsonFile }: BenchmarkOptions, figures: object): Promise<void> {
  if (jsonFile !== undefined) await writeFile(jsonFile, `${JSON.stringify(figures, undefined, 2)}\n`);
}
