/** What each kind of module costs: a fresh instance and a call, inside an executor and over HTTP, beside what else runs such modules. */
import { type Benchmark, noteCircumstances, writeFigures } from './benchmark.ts';
import { guestNames } from './kinds/guest.ts';
import { type InsidePace, measureInside } from './kinds/inside.ts';
import { servedRatios } from './kinds/plan.ts';
import { printGrowth, printInside } from './kinds/print.ts';
import { servedPaths } from './kinds/served.ts';
import { chooseLoadGenerator } from './load/load.ts';
import { printMissing, printRatios, printRows } from './print.ts';
import { compare, measurePaths, type Pace } from './rounds.ts';

const paces: Readonly<Record<'full' | 'quick', { readonly inside: InsidePace; readonly served: Pace }>> = {
  full: {
    inside: {
      rounds: 5,
      timing: { measure: 'timing', warmUpMs: 1_000, measuredMs: 2_000 },
      memory: { measure: 'memory', warmUpCalls: 5_000, calls: 20_000 },
    },
    served: { rounds: 3, seconds: 4, warmUpSeconds: 2 },
  },
  quick: {
    inside: {
      rounds: 2,
      timing: { measure: 'timing', warmUpMs: 500, measuredMs: 500 },
      memory: { measure: 'memory', warmUpCalls: 500, calls: 2_000 },
    },
    served: { rounds: 1, seconds: 1, warmUpSeconds: 1 },
  },
};

export const kinds: Benchmark = {
  names: guestNames,
  async run(stage, options) {
    const { only, quick } = options;
    const names = guestNames.filter((name) => only === undefined || only.includes(name));
    const pace = paces[quick ? 'quick' : 'full'];
    const generator = await chooseLoadGenerator(stage.processes);
    const circumstances = noteCircumstances(generator);

    const inside = await measureInside(stage, names, pace.inside);
    printInside(inside.rows);
    printMissing(inside.missing);
    printRatios(inside.ratios);
    printGrowth(inside.growth);

    const measured = await measurePaths(stage, servedPaths(stage, names), generator, pace.served);
    const served = { rows: measured.rows, missing: measured.missing, ratios: compare(servedRatios, measured) };
    printRows(served.rows);
    printMissing(served.missing);
    printRatios(served.ratios);
    await writeFigures(options, { ...circumstances, inside, served });
    return [...inside.missing, ...served.missing].every(({ kind }) => kind === 'absent');
  },
};
