/** Every platform in turn, round after round, so that a slow minute of the machine meets all of them. */
import { Absent, type Stage } from '../path.ts';
import type { Missing } from '../report.ts';
import type { Measure, Platform, Sample, Work } from './platform.ts';

/** A platform, and what of the works it is asked for. */
export interface Entry<Name extends string> {
  readonly platform: Platform;
  readonly works: readonly Name[];
}

export interface Measured<Name extends string> {
  readonly missing: readonly Missing[];
  /** Round by round; none of a platform that was not measured to the end. */
  readonly samplesOf: (platform: string, work: Name) => readonly Sample[];
}

interface Run<Name extends string> {
  readonly entry: Entry<Name>;
  /** With processes of its own. */
  readonly stage: Stage;
  measure: Measure | undefined;
  /** Why it is not, or no longer, measured. */
  trouble: Omit<Missing, 'path'> | undefined;
  readonly samples: Record<Name, Sample[]>;
}

/** @throws Error when the run is stopped from outside; a platform that fails is among the missing */
export async function measurePlatforms<Name extends string>(
  stage: Stage,
  entries: readonly Entry<Name>[],
  works: ReadonlyMap<Name, Work>,
  rounds: number,
): Promise<Measured<Name>> {
  const runs: Run<Name>[] = [];
  for (const entry of entries) {
    const samples = Object.fromEntries([...works.keys()].map((name): [Name, Sample[]] => [name, []])) as Record<Name, Sample[]>;
    const run: Run<Name> = {
      entry,
      stage: { ...stage, processes: stage.processes.part() },
      measure: undefined,
      trouble: undefined,
      samples,
    };
    runs.push(run);
    await attempt(stage, run, async () => {
      run.measure = await entry.platform.prepare(run.stage);
    });
  }
  for (let round = 1; round <= rounds; round++) {
    console.log(`round ${round} of ${rounds}`);
    for (const [name, work] of works) {
      for (const run of runs) {
        if (!run.entry.works.includes(name)) continue;
        await attempt(stage, run, async () => {
          if (run.measure !== undefined) run.samples[name].push(await run.measure(work));
        });
      }
    }
  }
  const whole = new Map(runs.flatMap((run) => (run.trouble === undefined ? [[run.entry.platform.name, run]] : [])));
  return {
    missing: runs.flatMap(({ entry, trouble }) => (trouble === undefined ? [] : [{ path: entry.platform.name, ...trouble }])),
    samplesOf: (platform, work) => whole.get(platform)?.samples[work] ?? [],
  };
}

/** Takes a platform out of the run when it fails: one that is broken is reported, never half measured. */
async function attempt<Name extends string>({ processes }: Stage, run: Run<Name>, step: () => Promise<void>): Promise<void> {
  if (run.trouble !== undefined) return;
  try {
    await step();
  } catch (error) {
    if (processes.stopping) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    run.trouble = { kind: error instanceof Absent ? 'absent' : 'failed', reason };
    console.log(`${run.entry.platform.name} ${run.trouble.kind}: ${reason}`);
    // What is left of it must not take time from the others.
    await run.stage.processes.stop();
  }
}
