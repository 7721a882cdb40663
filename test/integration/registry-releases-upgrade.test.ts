/** Aliases beside what knows nothing of them: a registry from before, and a process of before. On a real PostgreSQL. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import { plainState } from '../../contracts/release.ts';
import { findRoute } from '../../registry/aliases.ts';
import { migrate } from '../../registry/migrate/migrate.ts';
import { publish } from '../../registry/publish.ts';
import { listReleases } from '../../registry/release-rows.ts';
import { rollback, setAlias } from '../../registry/releases.ts';
import { createPool, inTransaction } from '../../shared/postgres.ts';
import { functionFromBefore, migrateFirst } from '../support/old-registry.ts';
import { runSql, usePostgres } from '../support/postgres.ts';
import { publicationOf } from '../support/publications.ts';

const postgres = usePostgres();
let pool: pg.Pool;

before(async () => {
  pool = createPool(await postgres.createRegistry(), { max: 10, applicationName: 'test', onError: () => {} });
});
after(() => pool.end());

async function routeOf(name: string, alias = 'live'): Promise<string | undefined> {
  const route = await findRoute(pool, name, alias);
  return route?.shares.map(({ version, weight }) => `${version.version}:${weight}`).join();
}

test('functions from before aliases get a live that is their latest version', async () => {
  const url = await postgres.createDatabase();
  await migrateFirst(url, 2);
  await runSql(url, functionFromBefore('old', 2) + functionFromBefore('gone', 0));
  await migrate(url, () => {});
  const old = createPool(url, { max: 1, applicationName: 'test', onError: () => {} });
  try {
    const { items } = await listReleases(old, 'old', 10);
    assert.deepEqual(
      items.map(({ alias, reason, from, to }) => [alias, reason, from, to]),
      [['live', 'migration', undefined, { version: 2 }]],
    );
    assert.deepEqual(await listReleases(old, 'gone', 10), { items: [], next: undefined });
    await assert.rejects(rollback(old, 'old', 'test'), { code: 'NOTHING_TO_ROLL_BACK' });
  } finally {
    await old.end();
  }
});

test('a process of before aliases publishes and deletes; what it leaves behind does no harm', async () => {
  await publish(pool, publicationOf('mixed', 'first'));
  await publish(pool, publicationOf('moving', 'of another'));
  await setAlias(pool, { name: 'mixed', alias: 'canary', by: 'test' }, plainState(1));
  const publishAsBefore = (version: number): Promise<void> =>
    inTransaction(pool, async (client) => {
      await client.query(
        `insert into versions (function_id, version, digest, kind, entry, analysis, config, limits)
         select f.id, $1, v.digest, v.kind, v.entry, v.analysis, v.config, v.limits from functions f, versions v
         where f.name = 'mixed' and v.function_id = (select id from functions where name = 'moving') and v.version = 1`,
        [version],
      );
      await client.query("update functions set latest_version = $1 where name = 'mixed'", [version]);
    });
  await publishAsBefore(2);
  assert.equal(await routeOf('mixed'), '1:1');
  assert.equal(await routeOf('mixed', 'latest'), '2:1');
  await pool.query("delete from versions using functions where functions.id = function_id and name = 'mixed'");
  assert.equal(await routeOf('mixed'), undefined);
  assert.equal(await routeOf('mixed', 'canary'), undefined);
  await publishAsBefore(3);
  assert.equal(await routeOf('mixed'), '3:1');
  await publish(pool, publicationOf('mixed', 'newer'));
  assert.equal(await routeOf('mixed'), '4:1');
});
