/** What a platform adds to a call: the same tiny guest over every path, in short alternating rounds, so that a slow minute of the machine meets all of them. */
import { writeFile } from 'node:fs/promises';
import { applyLoad, chooseLoadGenerator, type LoadGenerator } from './load/load.ts';
import type { Sample } from './load/report.ts';
import { describeMachine } from './machine.ts';
import { overheadPaths, overheadRatios } from './overhead-plan.ts';
import { Absent, type Path, type Stage } from './path.ts';
import type { Processes } from './processes.ts';
import { printRatios, printRows } from './print.ts';
import { type Row, toRow } from './statistics.ts';

const callPath = '/fn/fib?n=5';
const expected = '5';
const connectionCounts = [1, 64] as const;

export interface OverheadOptions {
  /** Names of the paths to run; undefined for all. */
  readonly only: readonly string[] | undefined;
  /** One round of 2 s instead of three of 5 s. */
  readonly quick: boolean;
  /** File to write `{machine, date, rows, absent}` to. */
  readonly jsonFile: string | undefined;
}

interface PathRun {
  readonly path: Path;
  readonly processes: Processes;
  url: string;
  /** Why it is not, or no longer, measured. */
  trouble: { readonly kind: 'absent' | 'failed'; readonly reason: string } | undefined;
  readonly rounds: Map<number, Sample[]>;
}

/** @returns whether every path that this machine can run answered right to the end */
export async function measureOverhead(stage: Stage, options: OverheadOptions): Promise<boolean> {
  const { rounds, seconds, warmUpSeconds } = options.quick
    ? { rounds: 1, seconds: 2, warmUpSeconds: 1 }
    : { rounds: 3, seconds: 5, warmUpSeconds: 3 };
  const generator = await chooseLoadGenerator(stage.processes);
  const machine = { ...describeMachine(), loadGenerator: generator };
  const date = new Date().toISOString();
  console.log(
    `${date}, ${machine.cpu}, ${machine.cores} cores, load average ${machine.loadAverage.toFixed(2)}, Node ${machine.node}, V8 ${machine.v8}, load from ${generator}`,
  );

  const runs: PathRun[] = [];
  for (const path of overheadPaths) {
    if (options.only !== undefined && !options.only.includes(path.name)) continue;
    const processes = stage.processes.part();
    const run: PathRun = { path, processes, url: '', trouble: undefined, rounds: new Map(connectionCounts.map((count) => [count, []])) };
    runs.push(run);
    await attempt(stage, run, async () => {
      run.url = (await path.start({ ...stage, processes })) + callPath;
      for (const connections of connectionCounts.toReversed()) await once(stage, generator, run, connections, warmUpSeconds);
    });
  }
  for (let round = 0; round < rounds; round++) {
    for (const connections of connectionCounts) {
      for (const run of runs) {
        await attempt(stage, run, async () => {
          run.rounds.get(connections)?.push(await once(stage, generator, run, connections, seconds));
        });
      }
    }
  }

  const measured = runs.filter((run) => run.trouble === undefined);
  const rows = measured.flatMap((run): Row[] =>
    [...run.rounds].map(([connections, samples]) => toRow(run.path.name, connections, samples)),
  );
  const absent = runs.flatMap(({ path, trouble }) => (trouble === undefined ? [] : [{ path: path.name, ...trouble }]));
  printRows(rows, absent);
  printRatios(overheadRatios, (path, connections) => measured.find((run) => run.path.name === path)?.rounds.get(connections) ?? []);
  if (options.jsonFile !== undefined)
    await writeFile(options.jsonFile, `${JSON.stringify({ machine, date, rows, absent }, undefined, 2)}\n`);
  return absent.every(({ kind }) => kind === 'absent');
}

function once({ processes }: Stage, generator: LoadGenerator, { url }: PathRun, connections: number, seconds: number): Promise<Sample> {
  return applyLoad(processes, generator, { url, expected, connections, seconds });
}

/** Takes a path out of the run when it fails: one that is broken is reported, never half measured. */
async function attempt({ processes }: Stage, run: PathRun, step: () => Promise<void>): Promise<void> {
  if (run.trouble !== undefined) return;
  try {
    await step();
  } catch (error) {
    if (processes.stopping) throw error;
    const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
    run.trouble = {
      kind: error instanceof Absent ? 'absent' : 'failed',
      reason: (error instanceof Error ? error.message : String(error)) + cause,
    };
    console.log(`${run.path.name} ${run.trouble.kind}: ${run.trouble.reason}`);
    // What is left of it must not take time from the others.
    await run.processes.stop();
  }
}
