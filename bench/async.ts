/** What durable work costs: accepted and finished per second, latency, and what stays behind, beside bare BullMQ. */
import { bantam } from './async/bantam.ts';
import { bullmqAdd, bullmqHttp } from './async/bullmq.ts';
import { compareLanes, toLaneRow, toLatencyRows } from './async/compare.ts';
import { measureLanes } from './async/measure.ts';
import { asyncPaces } from './async/plan.ts';
import { printGrowth, printLanes, printLatencies } from './async/print.ts';
import { type Benchmark, noteCircumstances, writeFigures } from './benchmark.ts';
import { chooseLoadGenerator } from './load/load.ts';
import { printMissing, printRatios } from './print.ts';

const lanes = [bantam, bullmqAdd, bullmqHttp];

export const asynchronous: Benchmark = {
  names: lanes.map(({ name }) => name),
  async run(stage, options) {
    const { only, quick } = options;
    const pace = asyncPaces[quick ? 'quick' : 'full'];
    const generator = await chooseLoadGenerator(stage.processes);
    const circumstances = noteCircumstances(generator);
    const chosen = lanes.filter(({ name }) => only === undefined || only.includes(name));
    const { results, missing } = await measureLanes(stage, chosen, generator, pace);
    const rows = results.map((result) => toLaneRow(result));
    const latencies = results.flatMap((result) => toLatencyRows(result));
    const ratios = compareLanes(results);
    printLanes(rows);
    printLatencies(latencies, pace.latency.perSecond);
    printGrowth(results);
    printMissing(missing);
    printRatios(ratios);
    const growth = results.map(({ lane, growth: { steps, tables } }) => ({ lane, steps, tables }));
    await writeFigures(options, { ...circumstances, rows, latencies, growth, ratios, missing });
    return missing.every(({ kind }) => kind === 'absent');
  },
};
