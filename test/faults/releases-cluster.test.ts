/** Releases at two gateways when their connections to Postgres break, and when both see that a release fails. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { Release } from '../../contracts/release.ts';
import { type ClusterDeployment, startCluster } from '../support/deployment.ts';
import { eventually } from '../support/eventually.ts';
import { deploy, invoke } from '../support/functions.ts';
import { constant } from '../fixtures/guests.ts';
import { type HttpAnswer, jsonType, send } from '../support/http.ts';
import { runSql, usePostgres } from '../support/postgres.ts';
import { SteadyLoad } from '../support/steady-load.ts';

const trapping = '(module (func (export "run") (result i32) unreachable))';
const postgres = usePostgres();
let cluster: ClusterDeployment;
let urls: readonly string[];

function point(name: string, body: object): Promise<HttpAnswer> {
  const request = { method: 'PUT', headers: jsonType, body: JSON.stringify(body) };
  return send(cluster.url, `/api/functions/${name}/aliases/live`, request);
}

async function historyOf(name: string): Promise<readonly Release[]> {
  const { json } = await send(cluster.url, `/api/functions/${name}/releases`);
  return (json as { releases: Release[] }).releases;
}

suite('releases at two gateways', { timeout: 90_000 }, () => {
  before(async () => {
    cluster = await startCluster(postgres);
    urls = [cluster.url, (await cluster.addGateway()).url];
  });
  after(() => cluster.stop());

  test('a rollback is followed by every gateway within 1 s, although the connections that tell them of it are cut', async (t) => {
    const name = 'cut-off';
    await deploy(cluster.url, name, constant(1));
    await deploy(cluster.url, name, constant(2));
    for (let round = 0; round < 5; round++) {
      for (const url of urls) await eventually(async () => (await invoke(url, name)).json === 2);
      const cut = await runSql(
        cluster.databaseUrl,
        "select pg_terminate_backend(pid) as cut from pg_stat_activity where application_name = 'bantam-changes' and datname = current_database()",
      );
      assert.equal(cut.length, 2);
      const back = await send(cluster.url, `/api/functions/${name}/rollback`, { method: 'POST' });
      assert.equal(back.status, 200, back.text);
      const backMs = performance.now();
      for (const url of urls) await eventually(async () => (await invoke(url, name)).json === 1);
      const tookMs = performance.now() - backMs;
      t.diagnostic(`followed after ${tookMs.toFixed(0)} ms`);
      assert.ok(tookMs < 1_000, `took ${tookMs} ms`);
      // Told again by then, or what follows would be missed.
      for (const url of urls) await eventually(async () => (await send(url, '/readyz')).status === 200);
      assert.equal((await point(name, { version: 2 })).status, 200);
    }
  });

  test('of two gateways that see a release fail one takes it back, and both serve the older version within 1 s', async (t) => {
    const name = 'failing';
    await deploy(cluster.url, name, constant(1));
    await point(name, { weights: { '1': 1 } });
    await deploy(cluster.url, name, trapping);
    let turn = 0;
    const answers: { readonly status: number; readonly startMs: number }[] = [];
    const load = SteadyLoad.during(
      t,
      async () => {
        const startMs = performance.now();
        const { status } = await invoke(urls[turn++ % urls.length] ?? '', name);
        answers.push({ status, startMs });
        return undefined;
      },
      8,
    );
    const guard = { maxErrorRate: 0.1, windowMs: 60_000, minCalls: 10 };
    assert.equal((await point(name, { weights: { '1': 50, '2': 50 }, guard })).status, 200);
    await eventually(async () => (await historyOf(name))[0]?.reason === 'guard', { timeoutMs: 10_000 });
    const trippedMs = performance.now();
    const { length } = answers;
    await eventually(() => answers.length > length + 200, { timeoutMs: 10_000 });
    await load.stop();
    const late = answers.filter(({ status, startMs }) => status !== 200 && startMs > trippedMs).map(({ startMs }) => startMs - trippedMs);
    assert.ok(
      late.every((ms) => ms < 1_000),
      `a failing version was called ${late.at(-1)} ms later`,
    );
    assert.deepEqual(
      answers.slice(-50).filter(({ status }) => status !== 200),
      [],
    );
    assert.equal((await historyOf(name)).filter(({ reason }) => reason === 'guard').length, 1);
    const told = cluster.gateways
      .map(({ program }) => program.output)
      .filter((output) => output.includes('took back a release of failing:live'));
    assert.equal(told.length, 1, 'one gateway says so in its log');
  });
});
