/** What a benchmark is, and a run of it with the circumstances noted: figures without them say nothing. */
import { describeMachine, machineLine } from './machine.ts';
import type { Stage } from './path.ts';
import type { RunRecord } from './record.ts';
import type { Findings } from './report.ts';

export interface BenchmarkOptions {
  /** What to measure, by name; undefined for everything. */
  readonly only: readonly string[] | undefined;
  /** Short rounds, but several, and after a whole warm-up: its ratios are compared with those of full runs. */
  readonly quick: boolean;
}

export interface Benchmark {
  /** What can be named in `only`. */
  readonly names: readonly string[];
  /** @throws Error when the run is stopped from outside; a contender that fails is among the missing */
  readonly run: (stage: Stage, options: BenchmarkOptions) => Promise<Findings>;
}

/** Says on which machine, and runs the benchmark. */
export async function takeRecord(name: string, benchmark: Benchmark, stage: Stage, options: BenchmarkOptions): Promise<RunRecord> {
  const { only, quick } = options;
  const machine = describeMachine();
  const date = new Date().toISOString();
  console.log(`${name}: ${date}, ${machineLine(machine)}`);
  const findings = await benchmark.run(stage, options);
  return { benchmark: name, quick, ...(only !== undefined && { only }), machine, date, ...findings };
}
