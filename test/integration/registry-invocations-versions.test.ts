/** Versions and the invocations that need them, on a real PostgreSQL. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import { BantamError } from '../../contracts/errors.ts';
import type { InvocationStore } from '../../registry/invocations/port.ts';
import { openInvocations } from '../../registry/invocations/store.ts';
import { removeFunction } from '../../registry/functions.ts';
import { publish } from '../../registry/publish.ts';
import { deleteVersion, sweepVersions } from '../../registry/retention.ts';
import { listVersions } from '../../registry/versions.ts';
import { createPool } from '../../shared/postgres.ts';
import { eventually } from '../support/eventually.ts';
import { acceptSome, endOf, newInvocation, prepareWork } from '../support/invocation-records.ts';
import { usePostgres } from '../support/postgres.ts';
import { publicationOf } from '../support/publications.ts';

const postgres = usePostgres();
let pool: pg.Pool;
let store: InvocationStore;
let worker: string;

before(async () => {
  pool = createPool(await postgres.createRegistry(), { max: 30, applicationName: 'test', onError: () => {} });
  store = openInvocations(pool);
  worker = await prepareWork(pool);
});
after(() => pool.end());

async function publishThree(name: string): Promise<void> {
  for (let i = 1; i <= 3; i++) await publish(pool, publicationOf(name, `${name} ${i}`));
}

/** Whether some statement waits for a lock. */
async function isWaiting(): Promise<boolean> {
  const { rowCount } = await pool.query(
    "select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database() and pid <> pg_backend_pid()",
  );
  return (rowCount ?? 0) > 0;
}

test('a version with queued or running invocations is not deleted, and they are counted; then it is', async () => {
  await publishThree('busy');
  const ids = await acceptSome(pool, 3, { function: 'busy', version: 1 });
  const [attempt] = await store.claim(worker, [{ id: ids[0] ?? '', attempt: 0 }]);
  await assert.rejects(deleteVersion(pool, 'busy', 1), { code: 'VERSION_IN_USE', extra: { aliases: [], invocations: 3 } });
  assert.ok(attempt);
  await store.end([endOf(attempt)]);
  await assert.rejects(deleteVersion(pool, 'busy', 1), { code: 'VERSION_IN_USE', extra: { aliases: [], invocations: 2 } });
  await store.cancel(ids[1] ?? '');
  await store.cancel(ids[2] ?? '');
  await deleteVersion(pool, 'busy', 1);
  assert.deepEqual(await store.accept([newInvocation({ function: 'busy', version: 1 })]), [{ kind: 'gone' }]);
});

test('a sweep of versions leaves those with unfinished invocations', async () => {
  for (let i = 1; i <= 5; i++) await publish(pool, publicationOf('kept', `kept ${i}`));
  const [id = ''] = await acceptSome(pool, 1, { function: 'kept', version: 1 });
  const numbers = async () => (await listVersions(pool, 'kept', 10)).items.map(({ version }) => version);
  // 5 is the latest, 4 what a rollback brings back.
  assert.equal(await sweepVersions(pool, 'kept', 1), 1);
  assert.deepEqual(await numbers(), [5, 4, 3, 1]);
  await store.cancel(id);
  assert.equal(await sweepVersions(pool, 'kept', 1), 1);
  assert.deepEqual(await numbers(), [5, 4, 3]);
});

test('a deletion waits for an acceptance that was first, and then finds it', async () => {
  await publishThree('first');
  const client = await pool.connect();
  try {
    await client.query('begin');
    // A pool of this one connection: its transaction is ours to commit.
    await openInvocations(client as unknown as pg.Pool).accept([newInvocation({ function: 'first', version: 1 })]);
    const deletion = deleteVersion(pool, 'first', 1).catch((error: unknown) => error);
    await eventually(isWaiting);
    await client.query('commit');
    const refusal = await deletion;
    assert.ok(refusal instanceof BantamError);
    assert.deepEqual(refusal.extra, { aliases: [], invocations: 1 });
  } finally {
    client.release();
  }
});

test('an acceptance waits for a deletion that was first, and finds the version gone', async () => {
  await publishThree('second');
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query(
      `select from versions v join functions f on f.id = v.function_id where f.name = 'second' and v.version = 1 for update of v`,
    );
    const acceptance = store.accept([newInvocation({ function: 'second', version: 1 })]);
    await eventually(isWaiting);
    await client.query(`delete from versions using functions f where function_id = f.id and f.name = 'second' and version = 1`);
    await client.query('commit');
    assert.deepEqual(await acceptance, [{ kind: 'gone' }]);
  } finally {
    client.release();
  }
});

test('deletions and acceptances at the same time never leave an accepted invocation without its version', async () => {
  for (let round = 0; round < 20; round++) {
    const name = `contended-${round}`;
    await publishThree(name);
    const deletion = deleteVersion(pool, name, 1).then(
      () => true,
      (error: unknown) => {
        assert.ok(error instanceof BantamError && error.code === 'VERSION_IN_USE');
        return false;
      },
    );
    const [deleted, [acceptance]] = await Promise.all([deletion, store.accept([newInvocation({ function: name, version: 1 })])]);
    assert.equal(acceptance?.kind, deleted ? 'gone' : 'accepted');
  }
});

test('a function is deleted whatever is queued of it', async () => {
  await publishThree('removed');
  const [id = ''] = await acceptSome(pool, 1, { function: 'removed', version: 2 });
  assert.equal(await removeFunction(pool, 'removed'), true);
  assert.equal((await store.find(id))?.status, 'queued');
});
