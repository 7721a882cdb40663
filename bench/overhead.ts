/** What a platform adds to a call: the same tiny guest over every path. */
import { type Benchmark, noteCircumstances, writeFigures } from './benchmark.ts';
import { chooseLoadGenerator } from './load/load.ts';
import { overheadPaths, overheadRatios } from './overhead-plan.ts';
import { printMissing, printRatios, printRows } from './print.ts';
import { compare, measurePaths } from './rounds.ts';

export const overhead: Benchmark = {
  names: overheadPaths.map(({ name }) => name),
  async run(stage, options) {
    const { only, quick } = options;
    const generator = await chooseLoadGenerator(stage.processes);
    const circumstances = noteCircumstances(generator);
    const paths = overheadPaths.filter(({ name }) => only === undefined || only.includes(name));
    const pace = quick ? { rounds: 1, seconds: 2, warmUpSeconds: 1 } : { rounds: 3, seconds: 5, warmUpSeconds: 3 };
    const measured = await measurePaths(stage, paths, generator, pace);
    const { rows, missing: absent } = measured;
    printRows(rows);
    printMissing(absent);
    printRatios(compare(overheadRatios, measured));
    await writeFigures(options, { ...circumstances, rows, absent });
    return absent.every(({ kind }) => kind === 'absent');
  },
};
