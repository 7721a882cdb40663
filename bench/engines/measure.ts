/** All programs by all contenders, in rounds: within one, the contenders run a program one after the other, so that what slows the machine slows all. */
import { Absent, type Stage } from '../path.ts';
import type { Missing } from '../report.ts';
import type { Contender, Prepared, Run } from './contender.ts';
import type { Program } from './programs.ts';

export interface Pace {
  readonly rounds: number;
  /** Calls in a process that calls more than once: the first, the second, and those that are steady. */
  readonly calls: number;
}

/** What became of a program with a contender. */
export interface Result {
  readonly program: Program;
  readonly contender: string;
  readonly aheadUs: number | undefined;
  /** In order. */
  readonly rounds: readonly Run[];
}

export interface Measured {
  /** Name and version of those that are there. */
  readonly versions: ReadonlyMap<string, string>;
  /** Of those that answered right to the end. */
  readonly results: readonly Result[];
  readonly missing: readonly Missing[];
}

interface Entry {
  readonly program: Program;
  readonly contender: Contender;
  readonly rounds: Run[];
  prepared: Prepared | undefined;
}

/** @throws Error when the run is stopped from outside; a contender that fails is among the missing */
export async function measureEngines(
  stage: Stage,
  programs: readonly Program[],
  contenders: readonly Contender[],
  { rounds, calls }: Pace,
): Promise<Measured> {
  const missing: Missing[] = [];
  /** @returns whether it succeeded */
  const attempt = async (path: string, step: () => Promise<void>): Promise<boolean> => {
    try {
      await step();
      return true;
    } catch (error) {
      if (stage.processes.stopping) throw error;
      missing.push({
        path,
        kind: error instanceof Absent ? 'absent' : 'failed',
        reason: error instanceof Error ? error.message : String(error),
      });
      return false;
    }
  };
  const versions = new Map<string, string>();
  for (const contender of contenders) {
    await attempt(contender.name, async () => void versions.set(contender.name, await contender.describe(stage)));
  }
  const present = contenders.filter(({ name }) => versions.has(name));
  let entries = programs.flatMap((program) => present.map((contender): Entry => ({ program, contender, rounds: [], prepared: undefined })));
  const forEach = async (step: (entry: Entry) => Promise<void>): Promise<void> => {
    const whole: Entry[] = [];
    for (const entry of entries) {
      if (await attempt(`${entry.program.name}: ${entry.contender.name}`, () => step(entry))) whole.push(entry);
    }
    // One that failed is not run again: it is reported, never half measured.
    entries = whole;
  };
  await forEach(async (entry) => void (entry.prepared = await entry.contender.prepare(stage, entry.program, calls)));
  for (let round = 1; round <= rounds; round++) {
    console.log(`round ${round} of ${rounds}`);
    await forEach(async ({ prepared, rounds: done }) => void (prepared && done.push(await prepared.run())));
  }
  const results = entries.map(({ program, contender, prepared, rounds: done }) => ({
    program,
    contender: contender.name,
    aheadUs: prepared?.aheadUs,
    rounds: done,
  }));
  return { versions, results, missing };
}
