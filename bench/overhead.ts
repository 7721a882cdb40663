/** What a platform adds to a call: the same tiny guest over every path. */
import type { Benchmark } from './benchmark.ts';
import { chooseLoadGenerator } from './load/load.ts';
import { overheadPaths, overheadRatios } from './overhead-plan.ts';
import { compare, measurePaths, toTables } from './rounds.ts';

export const overhead: Benchmark = {
  names: overheadPaths.map(({ name }) => name),
  async run(stage, { only, quick }) {
    const loadGenerator = await chooseLoadGenerator(stage.processes);
    const paths = overheadPaths.filter(({ name }) => only === undefined || only.includes(name));
    const pace = { rounds: 3, seconds: quick ? 1 : 5, warmUpSeconds: 3 };
    const measured = await measurePaths(stage, paths, loadGenerator, pace);
    return {
      tables: toTables('fib(5)', measured.rows),
      comparisons: compare(overheadRatios, measured),
      missing: measured.missing,
      loadGenerator,
    };
  },
};
