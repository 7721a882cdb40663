/**
 * Every hostile module against a running deployment, with a healthy function called throughout.
 * Time is measured by the server's own clock where its answer says how long the guest ran; the client's clock gets a second more, since
 * the test and what it tests share their cores.
 */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { checkIncrement, increment } from '../fixtures/fault-guests.ts';
import type { Killer, Published } from '../fixtures/killers/killer.ts';
import { killers } from '../fixtures/killers.ts';
import { call, publish } from '../support/client.ts';
import { type Deployment, untilReady } from '../support/deployment.ts';
import { executorsOf, listProcesses, orphanedExecutors } from '../support/processes.ts';
import { SteadyLoad } from '../support/steady-load.ts';

/** How late an answer may be, by the product's promise, and how much later this client may see it. */
const promisedMs = 250;
const clientMs = 1_000;
const burst = 50;

export interface KillersOptions {
  readonly start: () => Promise<Deployment>;
  /** Processes of the deployment that must live through it. */
  readonly processes: (deployment: Deployment) => readonly number[];
  /** Which killers to publish; those an inspector must be stopped for take long and are the same everywhere. */
  readonly only?: (killer: Killer) => boolean;
}

export function killersSuite(name: string, { start, processes, only = () => true }: KillersOptions): void {
  const published: { readonly killer: Killer; readonly fate: Published; readonly path: string }[] = [];
  let deployment: Deployment;
  let healthy: SteadyLoad;
  let pids: readonly number[];
  /** Publishes that an inspector must be stopped for: they go on beside everything else. */
  let slow: Promise<unknown> = Promise.resolve();
  const wrongWhenPublished: string[] = [];
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= deployment.stop());

  const publishOne = async (killer: Killer, i: number): Promise<void> => {
    const { status, code, text } = await publish(deployment.url, `killer-${i}`, await killer.build(), killer.config);
    const outcome = status === 201 ? 'published' : code;
    const { fate } = killer;
    if (outcome !== (fate.publish === 'published' ? 'published' : fate.code)) wrongWhenPublished.push(`${killer.name}: ${status} ${text}`);
    else if (fate.publish === 'published') published.push({ killer, fate, path: `killer-${i}/${fate.export}` });
  };

  suite(`hostile modules, ${name}`, { timeout: 100_000 }, () => {
    before(async () => {
      deployment = await start();
      pids = processes(deployment);
      const { status } = await publish(deployment.url, 'healthy', await increment(), { timeoutMs: 5_000 });
      assert.equal(status, 201);
      healthy = new SteadyLoad(() => checkIncrement(deployment.url, 'healthy'));
    });
    after(async () => {
      await healthy.stop();
      await stop();
    });

    test('each is refused or taken when it is published, as it deserves', async () => {
      const chosen = killers.map((killer, i) => ({ killer, i })).filter(({ killer }) => only(killer));
      const isSlow = ({ killer: { fate } }: { killer: Killer }): boolean => fate.publish === 'refused' && fate.stopped;
      slow = Promise.all(chosen.filter(isSlow).map(({ killer, i }) => publishOne(killer, i)));
      await Promise.all(chosen.filter((one) => !isSlow(one)).map(({ killer, i }) => publishOne(killer, i)));
      assert.deepEqual(wrongWhenPublished, []);
      assert.ok(published.length > 0);
    });

    test('each call is answered as it deserves and in time', async () => {
      const wrong: string[] = [];
      for (const { killer, fate, path } of published) wrong.push(...(await callKiller(deployment.url, killer, fate.answers, path)));
      assert.deepEqual(wrong, []);
    });

    test(`${burst} of them at once are all answered in time`, async () => {
      const calls = Array.from({ length: burst }, (_, i) => published[i % published.length]).flatMap((one) => one ?? []);
      // More than there are executors for: what is not started by its deadline never will be.
      const wrong = await Promise.all(
        calls.map(({ killer, fate, path }) => callKiller(deployment.url, killer, [...fate.answers, 'QUEUE_DEADLINE_EXCEEDED'], path)),
      );
      assert.deepEqual(wrong.flat(), []);
    });

    test('publishing one that takes a minute to validate is refused at last', async () => {
      await slow;
      assert.deepEqual(wrongWhenPublished, []);
    });

    test('the healthy function was answered all the time, and still is', async () => {
      const { answered } = healthy;
      assert.ok(answered > 100, `answered only ${answered} times`);
      assert.equal(await checkIncrement(deployment.url, 'healthy'), undefined);
      await untilReady(deployment.url);
      await healthy.stop();
      assert.deepEqual(healthy.failures, []);
    });

    test('no process of ours ended, and none is left after stopping', async () => {
      const living = new Set(listProcesses().map(({ pid }) => pid));
      assert.deepEqual(
        pids.filter((pid) => !living.has(pid)),
        [],
      );
      const executors = pids.flatMap(executorsOf).map(({ pid }) => pid);
      assert.ok(executors.length > 0);
      await stop();
      const left = listProcesses().filter(({ pid }) => executors.includes(pid) || pids.includes(pid));
      assert.deepEqual([...left, ...orphanedExecutors()], []);
    });
  });
}

/** @returns what is wrong with the answer */
async function callKiller(url: string, { name, config }: Killer, allowed: readonly string[], path: string): Promise<string[]> {
  const limitMs = (config.timeoutMs ?? 0) + promisedMs;
  const startMs = performance.now();
  const { code, text, detail } = await call(url, path);
  const tookMs = performance.now() - startMs;
  const wrong: string[] = [];
  if (!allowed.includes(code)) wrong.push(`${name}: ${text}`);
  const ranMs = Number(/running for ([\d.]+) s/.exec(detail)?.[1] ?? 0) * 1_000;
  if (ranMs > limitMs) wrong.push(`${name}: ran for ${ranMs} ms, ${limitMs} is the limit`);
  if (tookMs > limitMs + clientMs) wrong.push(`${name}: answered after ${tookMs} ms, ${limitMs} is the limit`);
  return wrong;
}
