/** Deleting functions, and the modules that go with them or stay, on a real PostgreSQL. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import { removeFunction } from '../../registry/functions.ts';
import { findModuleBytes } from '../../registry/modules.ts';
import { publish } from '../../registry/publish.ts';
import { findLatestVersion, findVersion } from '../../registry/versions.ts';
import { createPool, inTransaction } from '../../shared/postgres.ts';
import { eventually } from '../support/eventually.ts';
import { usePostgres } from '../support/postgres.ts';
import { publicationOf } from '../support/publications.ts';

const postgres = usePostgres();
let pool: pg.Pool;

before(async () => {
  pool = createPool(await postgres.createRegistry(), { max: 10, applicationName: 'test', onError: () => {} });
});
after(() => pool.end());

async function moduleCount(): Promise<number> {
  const { rows } = await pool.query<{ count: number }>('select count(*)::integer as count from modules');
  return rows[0]?.count ?? Number.NaN;
}

test('a deleted function is gone with its modules, except those that others use, and its numbers go on when it comes back', async () => {
  const shared = publicationOf('gone', 'shared module');
  const own = publicationOf('gone', 'own module');
  await publish(pool, shared);
  await publish(pool, own);
  await publish(pool, { ...shared, name: 'staying' });
  const modules = await moduleCount();

  assert.equal(await removeFunction(pool, 'gone'), true);
  assert.equal(await removeFunction(pool, 'gone'), false);
  assert.equal(await findLatestVersion(pool, 'gone'), undefined);
  assert.equal(await findVersion(pool, 'gone', 1), undefined);
  assert.equal(await findModuleBytes(pool, own.digest), undefined);
  assert.notEqual(await findModuleBytes(pool, shared.digest), undefined);
  assert.equal(await moduleCount(), modules - 1);

  const back = await publish(pool, own);
  assert.deepEqual([back.created, back.version.version], [true, 3]);
});

test('a publish keeps its module although the function that had it is deleted at the same time', async () => {
  for (let round = 0; round < 30; round++) {
    const publication = publicationOf('leaving', `contended ${round}`);
    const arriving = { ...publication, name: `arriving-${round}` };
    await publish(pool, publication);
    const [, published] = await Promise.all([removeFunction(pool, 'leaving'), publish(pool, arriving)]);
    assert.equal(published.created, true);
    assert.deepEqual(await findModuleBytes(pool, publication.digest), publication.bytes);
  }
});

test('a deletion that waits for a publish of the same module leaves the module to it', async () => {
  const publication = publicationOf('waiting-old', 'handed over');
  await publish(pool, publication);
  let removal: Promise<boolean> | undefined;
  await inTransaction(pool, async (client) => {
    // What publish does, stopped before its commit.
    const { rows } = await client.query<{ id: string }>(
      "insert into functions (name, latest_version) values ('waiting-new', 1) returning id",
    );
    await client.query(
      `insert into versions select $1, 1, digest, kind, entry, analysis, config, limits from versions
       where digest = decode($2, 'hex')`,
      [rows[0]?.id, publication.digest],
    );
    removal = removeFunction(pool, 'waiting-old');
    await waitForLock();
  });
  assert.equal(await removal, true);
  assert.deepEqual(await findModuleBytes(pool, publication.digest), publication.bytes);
});

/** Until a connection of this database waits for a lock. */
async function waitForLock(): Promise<void> {
  await eventually(async () => {
    const { rowCount } = await pool.query("select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'");
    return rowCount !== 0;
  });
}
