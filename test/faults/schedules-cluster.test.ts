/** Schedules while gateways are killed: no tick is lost, none is run twice. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { constant } from '../fixtures/guests.ts';
import { type ClusterDeployment, startCluster } from '../support/deployment.ts';
import { eventually } from '../support/eventually.ts';
import { deploy } from '../support/functions.ts';
import { jsonType, send } from '../support/http.ts';
import { runSql, usePostgres } from '../support/postgres.ts';

let cluster: ClusterDeployment;
after(() => cluster.stop());
const postgres = usePostgres();
before(async () => {
  cluster = await startCluster(postgres);
});

test('leaders that are killed one after the other cost no tick, and none is run twice', async () => {
  await cluster.addGateway();
  await deploy(cluster.url, 'ticking', constant(1));
  const { status, text } = await send(cluster.url, '/api/schedules/ticking', {
    method: 'PUT',
    headers: jsonType,
    body: JSON.stringify({ function: 'ticking', everyMs: 1_000, overlap: 'queue' }),
  });
  assert.equal(status, 201, text);

  const ticks = async (): Promise<number[]> => {
    const rows = await runSql<{ tick: string }>(
      cluster.databaseUrl,
      `select data ->> 'tick' as tick from events where type = 'schedule.run' order by id`,
    );
    return rows.map(({ tick }) => Date.parse(tick));
  };
  const tickedOn = async (count: number): Promise<void> => {
    const had = (await ticks()).length;
    await eventually(async () => (await ticks()).length >= had + count, { timeoutMs: 30_000, intervalMs: 100 });
  };

  await tickedOn(2);
  for (let i = 0; i < 3; i++) {
    // The oldest one leads: at first, and because no other was left when the one before it was killed.
    await cluster.gateways[i]?.program.stop('SIGKILL');
    await tickedOn(3);
    await cluster.addGateway();
  }
  const told = await ticks();
  assert.deepEqual(
    told,
    told.map((_, i) => (told[0] ?? 0) + i * 1_000),
  );
  const runs = await runSql<{ count: string }>(cluster.databaseUrl, `select count(*) from invocations where schedule = 'ticking'`);
  assert.ok(Number(runs[0]?.count) - told.length <= 1, `${runs[0]?.count} runs of ${told.length} ticks`);
  const skipped = await runSql(cluster.databaseUrl, `select data from events where type = 'schedule.skipped'`);
  assert.deepEqual(skipped, []);
});
