/** What each kind of module costs: a fresh instance and a call, inside an executor and over HTTP, beside what else runs such modules. */
import type { Benchmark } from './benchmark.ts';
import { guestNames } from './kinds/guest.ts';
import { type InsidePace, measureInside } from './kinds/inside.ts';
import { servedRatios } from './kinds/plan.ts';
import { servedPaths } from './kinds/served.ts';
import { growthTable, insideTable } from './kinds/tables.ts';
import { chooseLoadGenerator } from './load/load.ts';
import { compare, measurePaths, type Pace, toTables } from './rounds.ts';

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
      rounds: 3,
      timing: { measure: 'timing', warmUpMs: 1_000, measuredMs: 500 },
      memory: { measure: 'memory', warmUpCalls: 500, calls: 2_000 },
    },
    served: { rounds: 3, seconds: 1, warmUpSeconds: 2 },
  },
};

export const kinds: Benchmark = {
  names: guestNames,
  async run(stage, { only, quick }) {
    const names = guestNames.filter((name) => only === undefined || only.includes(name));
    const pace = paces[quick ? 'quick' : 'full'];
    const loadGenerator = await chooseLoadGenerator(stage.processes);
    const inside = await measureInside(stage, names, pace.inside);
    const served = await measurePaths(stage, servedPaths(stage, names), loadGenerator, pace.served);
    return {
      tables: [insideTable(inside.rows), growthTable(inside.growth), ...toTables('over HTTP', served.rows)],
      comparisons: [...inside.comparisons, ...compare(servedRatios, served)],
      missing: [...inside.missing, ...served.missing],
      loadGenerator,
    };
  },
};
