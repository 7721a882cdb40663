/** How fast an executor runs what is compiled to wasm: beside native code of the same source, V8 as Node starts it, and other runtimes. */
import type { Benchmark } from './benchmark.ts';
import { compareEngines } from './engines/compare.ts';
import { contenders } from './engines/contenders.ts';
import { measureEngines, type Pace } from './engines/measure.ts';
import { programs } from './engines/programs.ts';
import { toTables } from './engines/tables.ts';

const paces: Readonly<Record<'full' | 'quick', Pace>> = {
  full: { rounds: 3, calls: 5 },
  quick: { rounds: 3, calls: 3 },
};

export const engines: Benchmark = {
  names: programs.map(({ name }) => name),
  async run(stage, { only, quick }) {
    const chosen = programs.filter(({ name }) => only === undefined || only.includes(name));
    const measured = await measureEngines(stage, chosen, contenders, paces[quick ? 'quick' : 'full']);
    return { tables: toTables(chosen, measured), comparisons: compareEngines(chosen, measured), missing: measured.missing };
  },
};
