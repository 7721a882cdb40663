/** The lanes side by side: started, measured in alternating rounds, and taken out when they fail. */
import type { LoadGenerator } from '../load/load.ts';
import type { Sample } from '../load/report.ts';
import { Absent, type Stage } from '../path.ts';
import type { Processes } from '../processes.ts';
import type { Missing } from '../report.ts';
import { finishExactly } from './exactly.ts';
import { type Growth, measureGrowth } from './growth.ts';
import type { Lane, Latencies, RunningLane } from './lane.ts';
import type { AsyncPace } from './plan.ts';

export interface LaneResult {
  readonly lane: string;
  readonly accepted: readonly Sample[];
  /** Finished per second, round by round. */
  readonly finished: readonly number[];
  readonly latencies: readonly Latencies[];
  readonly growth: Growth;
}

interface LaneRun {
  readonly lane: Lane;
  readonly processes: Processes;
  running: RunningLane | undefined;
  trouble: Omit<Missing, 'path'> | undefined;
  growth: Growth | undefined;
  readonly accepted: Sample[];
  readonly finished: number[];
  latencies: readonly Latencies[];
}

export interface MeasuredLanes {
  readonly results: readonly LaneResult[];
  readonly missing: readonly Missing[];
}

/** @throws Error when the run is stopped from outside; a lane that fails is among the missing */
export async function measureLanes(
  stage: Stage,
  lanes: readonly Lane[],
  generator: LoadGenerator,
  pace: AsyncPace,
): Promise<MeasuredLanes> {
  const runs = lanes.map((lane) => newRun(stage, lane));
  const each = async (step: (run: LaneRun, running: RunningLane) => Promise<void>): Promise<void> => {
    for (const run of runs) {
      await attempt(run, async () => {
        run.running ??= await run.lane.start({ ...stage, processes: run.processes }, generator);
        await step(run, run.running);
      });
    }
  };
  // First, as long as the servers are new: what they keep of earlier work would hide what they keep of this.
  await each(async (run, running) => {
    run.growth = await measureGrowth(running, pace.growth);
  });
  await each(async (_, running) => {
    await running.acceptFor(pace.warmUpSeconds);
    await running.drain();
  });
  for (let round = 0; round < pace.rounds; round++) {
    await each(async (run, running) => {
      run.accepted.push(await running.acceptFor(pace.seconds));
      await running.drain();
    });
    await each(async (run, running) => {
      run.finished.push(await finishedPerS(running, pace.finished));
    });
  }
  await each(async (run, running) => {
    run.latencies = await running.latencies(pace.latency.perSecond, pace.latency.count);
    await running.drain();
  });
  return {
    results: runs.flatMap(({ lane, trouble, growth, accepted, finished, latencies }) =>
      trouble !== undefined || growth === undefined ? [] : [{ lane: lane.name, accepted, finished, latencies, growth }],
    ),
    missing: runs.flatMap(({ lane, trouble }) => (trouble === undefined ? [] : [{ path: lane.name, ...trouble }])),
  };
}

function newRun({ processes }: Stage, lane: Lane): LaneRun {
  return {
    lane,
    processes: processes.part(),
    running: undefined,
    trouble: undefined,
    growth: undefined,
    accepted: [],
    finished: [],
    latencies: [],
  };
}

/** From the first answer to the last end. */
async function finishedPerS(running: RunningLane, count: number): Promise<number> {
  const { firstAtMs, lastAtMs } = await finishExactly(running, count);
  return (count * 1_000) / (lastAtMs - firstAtMs);
}

/** What a lane cannot do to the end is reported, never half measured. */
async function attempt(run: LaneRun, step: () => Promise<void>): Promise<void> {
  if (run.trouble !== undefined) return;
  try {
    await step();
  } catch (error) {
    if (run.processes.stopping) throw error;
    run.trouble = { kind: error instanceof Absent ? 'absent' : 'failed', reason: error instanceof Error ? error.message : String(error) };
    console.log(`${run.lane.name} ${run.trouble.kind}: ${run.trouble.reason}`);
    // What is left of it must not take time from the others.
    await run.processes.stop();
  }
}
