/** Releases and rollbacks one after the other while calls come in all the time, at every gateway. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constant } from '../../fixtures/guests.ts';
import { eventually } from '../../support/eventually.ts';
import { deploy, invoke } from '../../support/functions.ts';
import { jsonType, send } from '../../support/http.ts';
import { SteadyLoad } from '../../support/steady-load.ts';

const rounds = 20;
/** Share of the newer version while it is released. */
const share = 0.3;
/** Of those that count for the shares, per round at least. */
const callsPerRound = 40;

interface Call {
  readonly gateway: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly version: unknown;
}

/** @param gateways their addresses; there once the test runs */
export function releasesUnderLoad(gateways: () => readonly string[]): void {
  test(`${rounds} releases and rollbacks in a row under constant load: no error, right shares, each followed everywhere within 1 s`, async (t) => {
    const urls = gateways();
    const [first = ''] = urls;
    const name = 'under-load';
    await deploy(first, name, constant(1));
    await send(first, `/api/functions/${name}/aliases/live`, { method: 'PUT', headers: jsonType, body: '{"weights": {"1": 1}}' });
    await deploy(first, name, constant(2));

    const calls: Call[] = [];
    const call = async (gateway: string): Promise<string | undefined> => {
      const startMs = performance.now();
      const { status, text, json } = await invoke(gateway, name);
      calls.push({ gateway, startMs, endMs: performance.now(), version: json });
      return status === 200 && (json === 1 || json === 2) ? undefined : `${status} ${text}`;
    };
    let turn = 0;
    const load = SteadyLoad.during(t, () => call(urls[turn++ % urls.length] ?? ''), 4);

    const counted: Call[] = [];
    /** Of a first call of the newer version after a release, and a last one after a rollback. */
    let slowestMs = 0;
    for (let round = 0; round < rounds; round++) {
      const gateway = urls[round % urls.length] ?? '';
      const weights = { '1': 100 - share * 100, '2': share * 100 };
      const set = await send(gateway, `/api/functions/${name}/aliases/live`, {
        method: 'PUT',
        headers: jsonType,
        body: JSON.stringify({ weights }),
      });
      assert.equal(set.status, 200, set.text);
      const releasedMs = performance.now();
      // At the gateway that made it a release is in force once it is answered; what began before it is of the round before.
      const ofRelease = (): Call[] => calls.filter((one) => one.gateway === gateway && one.startMs > releasedMs);
      await eventually(() => ofRelease().length >= callsPerRound, { timeoutMs: 10_000 });
      for (const url of urls) {
        const newer = await eventually(() => calls.find((one) => one.gateway === url && one.startMs > releasedMs && one.version === 2));
        slowestMs = Math.max(slowestMs, newer.startMs - releasedMs);
      }
      const beforeMs = performance.now();
      counted.push(...ofRelease().filter(({ endMs }) => endMs <= beforeMs));

      const back = await send(gateway, `/api/functions/${name}/rollback`, { method: 'POST' });
      assert.equal(back.status, 200, back.text);
      const backMs = performance.now();
      const since = (url: string): Call[] => calls.filter((one) => one.gateway === url && one.startMs > backMs);
      // Where the newer version still has its share, twenty calls in a row without it are a chance of 1 in 1,250.
      await eventually(() =>
        urls.every((url) => {
          const last = since(url).slice(-20);
          return last.length === 20 && last.every(({ version }) => version === 1);
        }),
      );
      for (const url of urls) {
        for (const { version, startMs } of since(url)) if (version === 2) slowestMs = Math.max(slowestMs, startMs - backMs);
      }
    }
    await load.stop();

    assert.deepEqual(load.failures, []);
    const newer = counted.filter(({ version }) => version === 2).length;
    const deviation = Math.sqrt(counted.length * share * (1 - share));
    t.diagnostic(
      `${load.answered} calls; ${newer} of ${counted.length} got the newer version; followed after ${slowestMs.toFixed(0)} ms at most`,
    );
    // Wrong once in 1.7 million runs.
    assert.ok(Math.abs(newer - counted.length * share) < 5 * deviation, `${newer} of ${counted.length}`);
    assert.ok(slowestMs < 1_000, `followed after ${slowestMs} ms`);
  });
}
