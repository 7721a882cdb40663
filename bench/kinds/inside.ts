/** Fresh instance and call inside an executor, without a server: contenders in alternating processes, and how memory grows over many calls. */
import { join } from 'node:path';
import { Absent, type Stage } from '../path.ts';
import type { Comparison, Missing } from '../report.ts';
import { median, toRatio } from '../statistics.ts';
import { type Growth, growthOf, type MemoryOrder, type Report, type Timing, type TimingOrder } from './calls/report.ts';
import type { Contender } from './contender.ts';
import { contenders } from './contenders.ts';
import { type Guest, type GuestName, readGuest } from './guest.ts';
import { insideGoals } from './plan.ts';

/** What an executor is started with. */
const flags = ['--max-old-space-size=256'];

export interface InsidePace {
  /** Rounds, each in a process of its own. */
  readonly rounds: number;
  readonly timing: TimingOrder;
  readonly memory: MemoryOrder;
}

export interface InsideRow extends Timing {
  readonly guest: GuestName;
  readonly contender: string;
}

export interface GrowthRow extends Growth {
  readonly guest: GuestName;
}

export interface Inside {
  readonly rows: readonly InsideRow[];
  readonly comparisons: readonly Comparison[];
  readonly growth: readonly GrowthRow[];
  readonly missing: readonly Missing[];
}

interface Run {
  readonly guest: Guest;
  readonly contender: Contender;
  readonly rounds: Timing[];
  trouble: Omit<Missing, 'path'> | undefined;
}

export async function measureInside(stage: Stage, guestNames: readonly GuestName[], pace: InsidePace): Promise<Inside> {
  const guests = guestNames.map((name) => readGuest(stage.repository, name));
  const runs = guests.flatMap((guest): Run[] =>
    contenders.filter((contender) => contender.runs(guest)).map((contender) => ({ guest, contender, rounds: [], trouble: undefined })),
  );
  for (let round = 0; round < pace.rounds; round++) {
    for (const run of runs) {
      await attempt(stage, run, async () => {
        const report = await callInProcess(stage, run, pace.timing);
        if ('timing' in report) run.rounds.push(report.timing);
      });
    }
  }
  const growth: GrowthRow[] = [];
  for (const run of runs.filter(({ contender }) => contender === contenders[0])) {
    await attempt(stage, run, async () => {
      const report = await callInProcess(stage, run, pace.memory);
      if ('memory' in report) growth.push({ guest: run.guest.name, ...growthOf(report.memory) });
    });
  }
  const whole = runs.filter(({ trouble }) => trouble === undefined);
  return {
    rows: whole.map(({ guest, contender, rounds }) => ({ guest: guest.name, contender: contender.name, ...medians(rounds) })),
    comparisons: whole.flatMap((run) => compareWithOurs(run, whole)),
    growth,
    missing: runs.flatMap(({ guest, contender, trouble }) =>
      trouble === undefined ? [] : [{ path: nameOf({ guest, contender }), ...trouble }],
    ),
  };
}

async function callInProcess(
  stage: Stage,
  { guest, contender }: Run,
  order: TimingOrder | MemoryOrder,
): Promise<Exclude<Report, { absent: string }>> {
  const main = join(import.meta.dirname, 'calls/main.ts');
  const args = [...flags, main, stage.repository, contender.name, guest.name, JSON.stringify(order)];
  const output = await stage.processes.run(process.execPath, args, { NODE_NO_WARNINGS: '1' });
  const report = JSON.parse(output) as Report;
  if ('absent' in report) throw new Absent(report.absent);
  return report;
}

/** @returns the times of another contender over ours, round by round: by its usual call, and by processor time */
function compareWithOurs(run: Run, all: readonly Run[]): Comparison[] {
  const { guest, contender, rounds } = run;
  const ours = all.find((other) => other.contender === contenders[0] && other.guest === guest);
  if (ours === undefined || ours === run) return [];
  const goal = insideGoals.find((wanted) => wanted.guest === guest.name && wanted.contender === contender.name)?.goal;
  const compared = (of: string, value: (timing: Timing) => number | null): Comparison[] => {
    const ratio = toRatio(present(rounds.map(value)), present(ours.rounds.map(value)));
    return ratio === undefined ? [] : [{ title: `${nameOf(run)} / ${ours.contender.name}`, of, ratio, better: 'higher', goal }];
  };
  return [...compared('median', ({ medianUs }) => medianUs), ...compared('processor time', ({ cpuUs }) => cpuUs)];
}

function nameOf({ guest, contender }: Pick<Run, 'guest' | 'contender'>): string {
  return `${guest.name}: ${contender.name}`;
}

function present(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}

/** Takes what fails out of the run, and says so. */
async function attempt({ processes }: Stage, run: Run, step: () => Promise<void>): Promise<void> {
  if (run.trouble !== undefined) return;
  try {
    await step();
  } catch (error) {
    if (processes.stopping) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    run.trouble = { kind: error instanceof Absent ? 'absent' : 'failed', reason };
  }
}

function medians(rounds: readonly Timing[]): Timing {
  const of = (value: (timing: Timing) => number): number => median(rounds.map(value));
  const cpu = present(rounds.map(({ cpuUs }) => cpuUs));
  return {
    calls: of(({ calls }) => calls),
    medianUs: of(({ medianUs }) => medianUs),
    meanUs: of(({ meanUs }) => meanUs),
    p99Us: of(({ p99Us }) => p99Us),
    cpuUs: cpu.length === 0 ? null : median(cpu),
  };
}
