/** What durable work costs: accepted and finished per second, latency, and what stays behind, beside bare BullMQ. */
import { bantam } from './async/bantam.ts';
import { bullmqAdd, bullmqHttp } from './async/bullmq.ts';
import { compareLanes } from './async/compare.ts';
import { measureLanes } from './async/measure.ts';
import { asyncPaces } from './async/plan.ts';
import { asyncTables } from './async/tables.ts';
import type { Benchmark } from './benchmark.ts';
import { chooseLoadGenerator } from './load/load.ts';

const lanes = [bantam, bullmqAdd, bullmqHttp];

export const asynchronous: Benchmark = {
  names: lanes.map(({ name }) => name),
  async run(stage, { only, quick }) {
    const pace = asyncPaces[quick ? 'quick' : 'full'];
    const loadGenerator = await chooseLoadGenerator(stage.processes);
    const chosen = lanes.filter(({ name }) => only === undefined || only.includes(name));
    const { results, missing } = await measureLanes(stage, chosen, loadGenerator, pace);
    const tables = asyncTables(results, pace.latency.perSecond);
    return { tables, comparisons: compareLanes(results), missing, loadGenerator };
  },
};
