/** fib(42) end to end by platform, cold and warm, and what each platform adds to a function that does nothing. */
import type { Benchmark } from './benchmark.ts';
import { entries, worksOf } from './platforms/plan.ts';
import { measurePlatforms } from './platforms/rounds.ts';
import { comparisonsOf, tablesOf } from './platforms/tables.ts';

export const platforms: Benchmark = {
  names: entries.map(({ platform }) => platform.name),
  async run(stage, { only, quick }) {
    const wanted = entries.filter(({ platform }) => only === undefined || only.includes(platform.name));
    const { missing, samplesOf } = await measurePlatforms(stage, wanted, worksOf(quick), quick ? 3 : 5);
    return { tables: tablesOf(samplesOf), comparisons: comparisonsOf(samplesOf), missing };
  },
};
