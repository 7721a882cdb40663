/** HTTP paths under load, in short alternating rounds, so that a slow minute of the machine meets all of them. */
import { applyLoad, type LoadGenerator } from './load/load.ts';
import type { Sample } from './load/report.ts';
import { Absent, type Path, type Stage } from './path.ts';
import type { Processes } from './processes.ts';
import type { Comparison, FigureTable, Missing } from './report.ts';
import { type Goal, type Row, toRatio, toRow } from './statistics.ts';

const connectionCounts = [1, 64] as const;

export interface Pace {
  readonly rounds: number;
  /** Of one path at one number of connections, in one round. */
  readonly seconds: number;
  readonly warmUpSeconds: number;
}

export interface Measured {
  readonly rows: readonly Row[];
  readonly missing: readonly Missing[];
  /** Samples round by round; none of a path that was not measured to the end. */
  readonly samplesOf: (path: string, connections: number) => readonly Sample[];
}

/** How two paths of the same run are compared. */
export interface RatioRule {
  readonly numerator: string;
  readonly denominator: string;
  readonly connections: number;
  readonly measure: 'callsPerS' | 'p50Us';
  readonly goal?: Goal;
}

interface PathRun {
  readonly path: Path;
  readonly processes: Processes;
  prefix: string;
  /** Why it is not, or no longer, measured. */
  trouble: Omit<Missing, 'path'> | undefined;
  readonly rounds: Map<number, Sample[]>;
}

/** @throws Error when the run is stopped from outside; a path that fails is among the missing */
export async function measurePaths(stage: Stage, paths: readonly Path[], generator: LoadGenerator, pace: Pace): Promise<Measured> {
  const runs: PathRun[] = [];
  for (const path of paths) {
    const processes = stage.processes.part();
    const run: PathRun = { path, processes, prefix: '', trouble: undefined, rounds: new Map(connectionCounts.map((count) => [count, []])) };
    runs.push(run);
    await attempt(stage, run, async () => {
      run.prefix = await path.start({ ...stage, processes });
      for (const connections of connectionCounts.toReversed()) await once(stage, generator, run, connections, pace.warmUpSeconds);
    });
  }
  for (let round = 0; round < pace.rounds; round++) {
    for (const connections of connectionCounts) {
      for (const run of runs) {
        await attempt(stage, run, async () => {
          run.rounds.get(connections)?.push(await once(stage, generator, run, connections, pace.seconds));
        });
      }
    }
  }
  const whole = runs.filter((run) => run.trouble === undefined);
  return {
    rows: whole.flatMap((run): Row[] => [...run.rounds].map(([connections, samples]) => toRow(run.path.name, connections, samples))),
    missing: runs.flatMap(({ path, trouble }) => (trouble === undefined ? [] : [{ path: path.name, ...trouble }])),
    samplesOf: (path, connections) => whole.find((run) => run.path.name === path)?.rounds.get(connections) ?? [],
  };
}

/** @returns a table for each number of connections. @param of what was called: `calls` */
export function toTables(of: string, rows: readonly Row[]): FigureTable[] {
  return connectionCounts.map((count) => ({
    title: `${of}, ${count} ${count === 1 ? 'connection' : 'connections'}`,
    columns: [
      { name: 'path', unit: 'text' },
      { name: 'calls/s', unit: 'count' },
      { name: 'p50', unit: 'us' },
      { name: 'p99', unit: 'us' },
      { name: 'errors', unit: 'count' },
    ],
    rows: rows
      .filter(({ connections }) => connections === count)
      .map(({ path, callsPerS, p50Us, p99Us, errors }) => [path, callsPerS, p50Us, p99Us, errors]),
  }));
}

/** @returns the rules whose two paths were measured */
export function compare(rules: readonly RatioRule[], { samplesOf }: Measured): Comparison[] {
  return rules.flatMap(({ numerator, denominator, connections, measure, goal }): Comparison[] => {
    const values = (path: string): number[] => samplesOf(path, connections).map((sample) => sample[measure]);
    const ratio = toRatio(values(numerator), values(denominator));
    if (ratio === undefined) return [];
    const title = `${numerator} / ${denominator}`;
    if (measure === 'callsPerS') return [{ title, of: `calls/s at ${connections}`, ratio, better: 'higher', goal }];
    return [{ title, of: `p50 at ${connections}`, ratio, better: 'lower', goal }];
  });
}

function once(
  { processes }: Stage,
  generator: LoadGenerator,
  { path, prefix }: PathRun,
  connections: number,
  seconds: number,
): Promise<Sample> {
  return applyLoad(processes, generator, { url: prefix + path.call.path, call: path.call, connections, seconds });
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
