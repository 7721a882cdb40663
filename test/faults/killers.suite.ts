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
import { residentBytes } from '../../worker/pool/memory-watch.ts';
import { mebibyte } from '../fixtures/killers/killer.ts';
import { SteadyLoad } from '../support/steady-load.ts';

/** How late an answer may be, by the product's promise, and how much later this client may see it. */
const promisedMs = 250;
const clientMs = 1_000;
const burst = 50;
/** A call that found no executor before its deadline; it may be repeated. */
const notStarted = 'QUEUE_DEADLINE_EXCEEDED';
/** Killers that run at the same time. */
const neighbours = 3;
/** Most memory that a process may hold when all is over. */
const leftBytes = 384 * mebibyte;

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
    else if (fate.publish === 'published') published.push({ killer, fate, path: `killer-${i}${fate.path}` });
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
      const left = [...published];
      // Side by side, as strangers' functions are: none may make another's answer late or different.
      const callThem = async (): Promise<void> => {
        for (let one = left.shift(); one !== undefined; one = left.shift()) {
          wrong.push(...(await callUntilStarted(deployment.url, one.killer, one.fate, one.path)));
        }
      };
      await Promise.all(Array.from({ length: neighbours }, callThem));
      assert.deepEqual(wrong, []);
    });

    test(`${burst} of them at once are all answered in time`, async () => {
      const calls = Array.from({ length: burst }, (_, i) => published[i % published.length]).flatMap((one) => one ?? []);
      // More than there are executors for: what is not started by its deadline never will be.
      const answers = await Promise.all(
        calls.map(({ killer, fate, path }) => callKiller(deployment.url, killer, [...fate.answers, notStarted], path)),
      );
      assert.deepEqual(
        answers.flatMap(({ wrong }) => wrong),
        [],
      );
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

    test('no process of ours ended or holds what killers were given, and none is left after stopping', async () => {
      const living = new Set(listProcesses().map(({ pid }) => pid));
      assert.deepEqual(
        pids.filter((pid) => !living.has(pid)),
        [],
      );
      const executors = pids.flatMap(executorsOf).map(({ pid }) => pid);
      assert.ok(executors.length > 0);
      // They have been given gigabytes.
      const large = [...pids, ...executors].filter((pid) => (residentBytes(pid) ?? 0) > leftBytes);
      assert.deepEqual(large, [], `more than ${leftBytes} bytes are resident`);
      await stop();
      const left = listProcesses().filter(({ pid }) => executors.includes(pid) || pids.includes(pid));
      assert.deepEqual([...left, ...orphanedExecutors()], []);
    });
  });
}

/** As `callKiller`; a call that was not started is repeated, as its answer says: a killer beside it may have all processors for a while. */
async function callUntilStarted(url: string, killer: Killer, fate: Published, path: string): Promise<string[]> {
  for (let left = 5; left > 0; left--) {
    const { code, wrong } = await callKiller(url, killer, [...fate.answers, notStarted], path);
    if (code !== notStarted || wrong.length > 0) return wrong;
  }
  return [`${killer.name}: was never started`];
}

interface Outcome {
  readonly code: string;
  /** What is wrong with the answer. */
  readonly wrong: string[];
}

/** As `callOnce`; a late answer is asked for again. All processors may have been busy with other killers: late every time is the product's doing. */
async function callKiller(url: string, killer: Killer, allowed: readonly string[], path: string): Promise<Outcome> {
  for (let left = 3; ; left--) {
    const { code, wrong, late } = await callOnce(url, killer, allowed, path);
    if (wrong.length > 0 || late.length === 0) return { code, wrong };
    if (left === 1) return { code, wrong: late };
  }
}

/** One call, and when its answer came. */
async function callOnce(
  url: string,
  { name, config }: Killer,
  allowed: readonly string[],
  path: string,
): Promise<Outcome & { readonly late: string[] }> {
  const limitMs = (config.timeoutMs ?? 0) + promisedMs;
  const startMs = performance.now();
  const { code, text, detail } = await call(url, path);
  const tookMs = performance.now() - startMs;
  const wrong = allowed.includes(code) ? [] : [`${name}: ${text}`];
  const late: string[] = [];
  const ranMs = Number(/running for ([\d.]+) s/.exec(detail)?.[1] ?? 0) * 1_000;
  if (ranMs > limitMs) late.push(`${name}: ran for ${ranMs} ms, ${limitMs} is the limit`);
  if (tookMs > limitMs + clientMs) late.push(`${name}: answered after ${tookMs} ms, ${limitMs} is the limit`);
  return { code, wrong, late };
}
