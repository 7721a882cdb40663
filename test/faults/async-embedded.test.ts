/** What the embedded server accepted for later is done, and its schedules go on, although it is killed or stopped in the middle. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { superuser } from '../../registry/embedded/folder.ts';
import { port } from '../../registry/embedded/server.ts';
import { startEmbeddedPostgres } from '../../registry/embedded/start.ts';
import { counter } from '../fixtures/fault-guests.ts';
import { Accepting, allSucceedOnce } from '../support/accepted.ts';
import { publish } from '../support/client.ts';
import { type EmbeddedDeployment, startEmbedded } from '../support/deployment.ts';
import { eventually } from '../support/eventually.ts';
import { jsonType, send } from '../support/http.ts';
import { runSql } from '../support/postgres.ts';

/** A millisecond of work or less, and as much as an i32 can ask for: most of a second, or more. */
const [short, long] = ['counter?rounds=500000', 'counter?rounds=2147483647'];
const hourMs = 3_600_000;

let dataDir: string;
let deployment: EmbeddedDeployment;

const url = (): string => deployment.url;

async function start(): Promise<void> {
  deployment = await startEmbedded({ BANTAM_DATA_DIR: dataDir, BANTAM_EXECUTORS: '2', BANTAM_SHUTDOWN_GRACE_MS: '300' });
}

/** Of the server's own PostgreSQL: it changes with every start. */
async function databaseUrl(): Promise<string> {
  const folder = await readFile(join(dataDir, 'postgres.socket'), 'utf8');
  return `postgres://${superuser}@${encodeURIComponent(folder)}:${port}/postgres?sslmode=disable`;
}

async function count(ids: readonly string[], status: string): Promise<number> {
  const rows = await runSql(await databaseUrl(), 'select from invocations where id = any($1) and status = $2', [ids, status]);
  return rows.length;
}

/** 304 of them: some to start in two seconds, some that take long; half are accepted, some done and some under way. */
async function inTheMiddle(): Promise<readonly Accepting[]> {
  const delayed = new Accepting(url, short, 40, 4, { 'x-bantam-delay': '2s' });
  const slow = new Accepting(url, long, 8, 8);
  await Promise.all([delayed.done(), slow.done()]);
  const quick = new Accepting(url, short, 256, 8);
  await eventually(() => quick.ids.length >= 128, { timeoutMs: 30_000, intervalMs: 1 });
  await eventually(async () => (await count(slow.ids, 'running')) > 0, { timeoutMs: 30_000 });
  assert.ok((await count(delayed.ids, 'queued')) > 0);
  return [delayed, slow, quick];
}

/** Ids that a 202 gave. */
async function accepted(parts: readonly Accepting[]): Promise<readonly string[]> {
  return (await Promise.all(parts.map((part) => part.stop()))).flat();
}

suite('the embedded server keeps what it accepted', { timeout: 120_000 }, () => {
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'bantam-test-'));
    await start();
    await publish(url(), 'counter', await counter(), { timeoutMs: 60_000 });
  });
  afterEach(async () => {
    await deployment.stop();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  test('after kill -9 and a start all that was accepted is done once, and what had run is repeated', async (t) => {
    const parts = await inTheMiddle();
    deployment.server.child.kill('SIGKILL');
    const ids = await accepted(parts);
    t.diagnostic(`${ids.length} accepted`);
    await deployment.server.ended();
    await start();
    assert.deepEqual([...(await allSucceedOnce(await databaseUrl(), ids)).keys()], ['WORKER_LOST']);
  });

  test('after SIGTERM, which ends it with 0, and a start all that was accepted is done once, and what had run is repeated', async () => {
    const parts = await inTheMiddle();
    assert.equal(await deployment.server.stop('SIGTERM'), 0);
    assert.equal(deployment.server.errors, '');
    const ids = await accepted(parts);
    await start();
    assert.deepEqual([...(await allSucceedOnce(await databaseUrl(), ids)).keys()], ['WORKER_LOST']);
  });

  test('after kill -9 and an hour away schedules go on: their missed ticks are left out, or run once, as they say', async () => {
    for (const missed of ['skip', 'one']) {
      const schedule = { function: 'counter', everyMs: 1_000, body: [1], overlap: 'queue', missed };
      const { status, text } = await send(url(), `/api/schedules/${missed}`, {
        method: 'PUT',
        headers: jsonType,
        body: JSON.stringify(schedule),
      });
      assert.equal(status, 201, text);
    }
    await eventually(async () => (await toldOf('skip')).length >= 2 && (await toldOf('one')).length >= 2, { timeoutMs: 30_000 });
    deployment.server.child.kill('SIGKILL');
    await deployment.server.ended();
    await anHourPasses();
    await start();
    for (const [missed, due] of [
      ['skip', 'schedule.skipped missed'],
      ['one', 'schedule.run'],
    ] as const) {
      const told = await eventually(
        async () => {
          const all = await toldOf(missed);
          const first = all.findIndex(({ tick }, i) => i > 0 && tick - (all[i - 1]?.tick ?? 0) > hourMs / 2);
          return first > 0 && all.length >= first + 3 && { before: all.slice(0, first), since: all.slice(first) };
        },
        { timeoutMs: 30_000 },
      );
      assert.equal(told.before.at(-1)?.what, due);
      const ticks = told.since.map(({ tick }) => tick);
      assert.deepEqual(
        ticks,
        ticks.map((_, i) => (ticks[0] ?? 0) + i * 1_000),
      );
      assert.ok([...told.before.slice(0, -1), ...told.since].every(({ what }) => what === 'schedule.run'));
    }
  });
});

/** What events tell of a schedule, in order. */
async function toldOf(schedule: string): Promise<{ what: string; tick: number }[]> {
  const rows = await runSql<{ what: string; tick: string }>(
    await databaseUrl(),
    `select concat_ws(' ', type, data ->> 'reason') as what, data ->> 'tick' as tick from events where type like 'schedule.%' and data ->> 'schedule' = $1 order by id`,
    [schedule],
  );
  return rows.map(({ what, tick }) => ({ what, tick: Date.parse(tick) }));
}

/** As schedules see it: everything of theirs was an hour earlier. */
async function anHourPasses(): Promise<void> {
  const postgres = await startEmbeddedPostgres({ dataDir, log: () => {} });
  await runSql(
    postgres.url,
    `update schedules set created_at = created_at - interval '1 hour', next_at = next_at - interval '1 hour', last_at = last_at - interval '1 hour'`,
  );
  await postgres.stop();
}
