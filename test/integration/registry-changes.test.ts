/** How processes hear of changes: NOTIFY on publish and delete, and a reset whenever something may have been missed. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type pg from 'pg';
import { FunctionChanges } from '../../registry/changes.ts';
import { removeFunction } from '../../registry/functions.ts';
import { publish } from '../../registry/publish.ts';
import { createPool } from '../../shared/postgres.ts';
import { eventually } from '../support/eventually.ts';
import { runSql, usePostgres } from '../support/postgres.ts';
import { publicationOf } from '../support/publications.ts';

const postgres = usePostgres();

interface Heard {
  readonly changes: FunctionChanges;
  readonly names: string[];
  readonly keys: string[];
  resets: number;
  events: number;
}

function listen(t: TestContext, url: string, heartbeatMs?: number): Heard {
  const names: string[] = [];
  const keys: string[] = [];
  const heard: Heard = {
    names,
    keys,
    resets: 0,
    events: 0,
    changes: new FunctionChanges(
      url,
      {
        onChange: (name) => names.push(name),
        onReset: () => (heard.resets += 1),
        onEvents: () => (heard.events += 1),
        onKey: (id) => keys.push(id),
        onQuota: () => {},
      },
      heartbeatMs,
    ),
  };
  t.after(() => heard.changes.close());
  return heard;
}

function openPool(t: TestContext, url: string): pg.Pool {
  const pool = createPool(url, { max: 2, applicationName: 'test', onError: () => {} });
  t.after(() => pool.end());
  return pool;
}

const isListener = "application_name = 'bantam-changes' and datname = current_database()";

test('every listener hears of a new version and of a deletion within 100 ms, and not of a publish that changed nothing', async (t) => {
  const url = await postgres.createRegistry();
  const pool = openPool(t, url);
  const listeners = [listen(t, url), listen(t, url)];
  await eventually(() => listeners.every(({ changes }) => changes.connected));
  await publish(pool, publicationOf('loud', 'one'));
  await eventually(() => listeners.every(({ names }) => names.length === 1), { timeoutMs: 100 });
  await publish(pool, publicationOf('loud', 'one'));
  await removeFunction(pool, 'loud');
  await publish(pool, publicationOf('last', 'one'));
  await eventually(() => listeners.every(({ names }) => names.at(-1) === 'last'));
  for (const { names } of listeners) assert.deepEqual(names, ['loud', 'loud', 'last']);
});

test('a lost connection comes back by itself, with a reset, and hears again', async (t) => {
  const url = await postgres.createRegistry();
  const pool = openPool(t, url);
  const heard = listen(t, url);
  await eventually(() => heard.changes.connected);
  assert.equal(heard.resets, 1);
  for (let loss = 1; loss <= 3; loss++) {
    await runSql(url, `select pg_terminate_backend(pid) from pg_stat_activity where ${isListener}`);
    await eventually(() => heard.resets === loss + 1 && heard.changes.connected);
  }
  await publish(pool, publicationOf('again', 'one'));
  await eventually(() => heard.names.length === 1);
  const listeners = await runSql(url, `select from pg_stat_activity where ${isListener}`);
  assert.equal(listeners.length, 1);
});

test('it is not connected while the database refuses connections, and becomes so when it lets them in', async (t) => {
  const url = await postgres.createRegistry();
  const name = new URL(url).pathname.slice(1);
  const elsewhere = new URL(url);
  elsewhere.pathname = '/postgres';
  const heard = listen(t, url);
  await eventually(() => heard.changes.connected);
  await runSql(elsewhere.href, `alter database ${name} allow_connections false`);
  await runSql(elsewhere.href, 'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
  await eventually(() => !heard.changes.connected);
  assert.equal(heard.resets, 1);
  await runSql(elsewhere.href, `alter database ${name} allow_connections true`);
  await eventually(() => heard.changes.connected && heard.resets === 2);
});

test('a connection that is open but dead is noticed and replaced', async (t) => {
  const url = await postgres.createRegistry();
  const heard = listen(t, url, 50);
  await eventually(() => heard.changes.connected);
  const [backend] = await runSql<{ pid: number }>(url, `select pid from pg_stat_activity where ${isListener}`);
  assert.ok(backend !== undefined);
  process.kill(backend.pid, 'SIGSTOP');
  try {
    await eventually(() => heard.resets === 2 && heard.changes.connected);
  } finally {
    process.kill(backend.pid, 'SIGCONT');
  }
  await eventually(async () => (await runSql(url, `select from pg_stat_activity where ${isListener}`)).length === 1);
});

test('after close nothing is heard and nothing is kept open, also when it was never connected', async (t) => {
  const url = await postgres.createRegistry();
  const pool = openPool(t, url);
  const heard = listen(t, url);
  await eventually(() => heard.changes.connected);
  await heard.changes.close();
  await publish(pool, publicationOf('late', 'one'));
  assert.deepEqual(heard.names, []);

  const nowhere = listen(t, 'postgres://bantam@127.0.0.1:1/bantam');
  await nowhere.changes.close();
  const early = listen(t, url);
  await early.changes.close();
  assert.deepEqual([nowhere.resets, early.resets], [0, 0]);
  await eventually(async () => {
    const rows = await runSql(url, `select from pg_stat_activity where ${isListener}`);
    return rows.length === 0;
  });
});
