/** How many asynchronous invocations wait, run and are dead, on a real PostgreSQL. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import { takeCensus } from '../../registry/invocations/census.ts';
import type { InvocationStore } from '../../registry/invocations/port.ts';
import { openInvocations } from '../../registry/invocations/store.ts';
import { createPool } from '../../shared/postgres.ts';
import { acceptSome, deadAtLast, endOf, prepareWork, trapped } from '../support/invocation-records.ts';
import { usePostgres } from '../support/postgres.ts';

const postgres = usePostgres();
let pool: pg.Pool;
let store: InvocationStore;
let worker: string;

before(async () => {
  pool = createPool(await postgres.createRegistry(), { max: 4, applicationName: 'test', onError: () => {} });
  store = openInvocations(pool);
  worker = await prepareWork(pool);
});
after(() => pool.end());

test('a census of nothing is of zeros; one counts what waits, runs, is dead, is to be told, and the workers', async () => {
  const nothing = { queued: 0, running: 0, dead: 0, oldestDueSeconds: 0, pendingDeliveries: 0, workers: 1 };
  assert.deepEqual(await takeCensus(pool), nothing);
  const ids = await acceptSome(pool, 6);
  const attempts = await store.claim(
    worker,
    ids.slice(0, 4).map((id) => ({ id, attempt: 0 })),
  );
  const [won, lost] = attempts;
  assert.ok(won !== undefined && lost !== undefined);
  await store.end([
    endOf(won, { destinations: [{ function: 'next' }] }),
    endOf(lost, { verdict: deadAtLast, outcome: trapped, destinations: [] }),
  ]);
  await pool.query("update invocations set due_at = now() - interval '90 s' where id = $1", [ids[4]]);
  await pool.query("update invocations set due_at = now() + interval '1 h' where id = $1", [ids[5]]);
  const { oldestDueSeconds, ...counts } = await takeCensus(pool);
  assert.deepEqual(counts, { queued: 2, running: 2, dead: 1, pendingDeliveries: 1, workers: 1 });
  assert.ok(oldestDueSeconds >= 90 && oldestDueSeconds < 120, `${oldestDueSeconds}`);
});

test('what is not due yet is not late', async () => {
  await pool.query("update invocations set due_at = now() + interval '1 h' where status = 'queued'");
  assert.equal((await takeCensus(pool)).oldestDueSeconds, 0);
});
