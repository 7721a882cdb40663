/** Executors of `npm start`: lost, slow, and replaced after their number of calls. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkIncrement, increment } from '../fixtures/fault-guests.ts';
import { publish } from '../support/client.ts';
import { type EmbeddedDeployment, startEmbedded } from '../support/deployment.ts';
import { eventually } from '../support/eventually.ts';
import { executorsOf } from '../support/processes.ts';
import { SteadyLoad } from '../support/steady-load.ts';
import { executorsSuite, twoExecutors } from './executors.suite.ts';

executorsSuite('embedded', {
  start: () => startEmbedded(twoExecutors),
  worker: (deployment) => (deployment as EmbeddedDeployment).server.pid,
});

test('executors are replaced after their number of calls, and every call is answered', async (t) => {
  const deployment = await startEmbedded({ ...twoExecutors, BANTAM_EXECUTOR_MAX_CALLS: '50' });
  const { url, server } = deployment;
  try {
    await publish(url, 'fast', await increment());
    const first = executorsOf(server.pid).map(({ pid }) => pid);
    const faults = await Promise.all(Array.from({ length: 500 }, () => checkIncrement(url, 'fast')));
    assert.deepEqual(
      faults.filter((fault) => fault !== undefined),
      [],
    );
    const load = SteadyLoad.during(t, () => checkIncrement(url, 'fast'), 4);
    const replaced = (): number => first.length - executorsOf(server.pid).filter(({ pid }) => first.includes(pid)).length;
    await eventually(() => replaced() >= 2, { timeoutMs: 30_000, intervalMs: 50 });
    await load.stop();
    assert.deepEqual(load.failures, []);
    assert.ok((await counted(url, 'recycles')) >= 2);
    assert.equal(await counted(url, 'crashes'), 0);
  } finally {
    await deployment.stop();
  }
});

/** How often something happened to executors, by the metrics. */
async function counted(url: string, event: 'crashes' | 'recycles'): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^bantam_executor_${event}_total (\\d+)$`, 'm').exec(metrics)?.[1] ?? 0);
}
