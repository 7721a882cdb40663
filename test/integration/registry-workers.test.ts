/** The workers that there are, on a real PostgreSQL. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import { openEvents } from '../../registry/events.ts';
import type { InvocationStore, WorkerStore } from '../../registry/invocations/port.ts';
import { openInvocations, openWorkers } from '../../registry/invocations/store.ts';
import { createPool } from '../../shared/postgres.ts';
import { uuidv7 } from '../../shared/uuid.ts';
import { acceptSome, endOf, prepareWork } from '../support/invocation-records.ts';
import { usePostgres } from '../support/postgres.ts';

const postgres = usePostgres();
let pool: pg.Pool;
let store: InvocationStore;
let workers: WorkerStore;

before(async () => {
  pool = createPool(await postgres.createRegistry(), { max: 5, applicationName: 'test', onError: () => {} });
  store = openInvocations(pool);
  workers = openWorkers(pool);
  await workers.leave(await prepareWork(pool));
});
after(() => pool.end());

async function join(): Promise<string> {
  const worker = uuidv7();
  await workers.join(worker, 'host-7');
  return worker;
}

async function beatsOf(worker: string): Promise<string | undefined> {
  return (await workers.list()).find(({ id }) => id === worker)?.beats;
}

async function eventsAfter(work: () => Promise<unknown>): Promise<[string, unknown][]> {
  const events = openEvents(pool);
  const { latest } = await events.range();
  await work();
  return (await events.read(latest, 10)).map(({ type, data }) => [type, data]);
}

test('a worker joins and leaves once, however often it says so', async () => {
  const worker = uuidv7();
  const data = { worker, host: 'host-7' };
  const joined = async () => {
    await workers.join(worker, 'host-7');
    await workers.beat(worker, []);
    await workers.join(worker, 'host-7');
  };
  assert.deepEqual(await eventsAfter(joined), [['worker.joined', data]]);
  const [listed, ...others] = await workers.list();
  assert.partialDeepStrictEqual(listed, { id: worker, host: 'host-7', beats: '1' });
  assert.ok(Math.abs(Date.now() - Date.parse(listed?.startedAt ?? '')) < 60_000);
  assert.deepEqual(others, []);
  const left = async () => {
    await workers.leave(worker);
    await workers.leave(worker);
  };
  assert.deepEqual(await eventsAfter(left), [['worker.left', data]]);
  assert.deepEqual(await workers.list(), []);
});

test('a worker that is silent is struck off, one that has shown a sign of life since is not', async () => {
  const worker = await join();
  assert.equal(await beatsOf(worker), '0');
  await workers.beat(worker, []);
  assert.deepEqual(await eventsAfter(async () => assert.equal(await workers.giveUp(worker, '0'), false)), []);
  assert.deepEqual(await eventsAfter(async () => assert.equal(await workers.giveUp(worker, '1'), true)), [
    ['worker.lost', { worker, host: 'host-7' }],
  ]);
  assert.deepEqual(await eventsAfter(async () => assert.equal(await workers.giveUp(worker, '1'), false)), []);
  assert.equal(await workers.beat(worker, []), undefined);
});

test('of a beat and a striking off at the same time one is in force, and both know which', async () => {
  for (let round = 0; round < 30; round++) {
    const worker = await join();
    const [lost, struck] = await Promise.all([workers.beat(worker, []), workers.giveUp(worker, '0')]);
    assert.equal(lost === undefined, struck);
    await workers.leave(worker);
  }
});

test('a beat tells which invocations are not the worker’s own any more', async () => {
  const [worker, other] = [await join(), await join()];
  const [mine = '', cancelled = '', ended = '', others = '', waiting = ''] = await acceptSome(pool, 5);
  const own = [mine, cancelled, ended];
  const claimed = await store.claim(
    worker,
    own.map((id) => ({ id, attempt: 0 })),
  );
  assert.equal(claimed.length, 3);
  await store.claim(other, [{ id: others, attempt: 0 }]);
  assert.deepEqual(await workers.beat(worker, own), []);
  await store.cancel(cancelled);
  await store.end([endOf({ id: ended, attempt: 1 })]);
  const unknown = uuidv7();
  const lost = await workers.beat(worker, [...own, others, waiting, unknown]);
  assert.deepEqual(lost?.toSorted(), [cancelled, ended, others, waiting, unknown].toSorted());
});

test('a worker that is struck off gets no more attempts', async () => {
  const worker = await join();
  const [id = ''] = await acceptSome(pool, 1);
  await workers.giveUp(worker, '0');
  assert.deepEqual(await store.claim(worker, [{ id, attempt: 0 }]), []);
  await workers.join(worker, 'host-7');
  assert.equal((await store.claim(worker, [{ id, attempt: 0 }])).length, 1);
});

test('what a worker began and does not know of is an orphan after a while, what it knows of is not', async () => {
  const worker = await join();
  const ids = await acceptSome(pool, 3);
  const [known = '', , fresh = ''] = ids;
  await store.claim(
    worker,
    ids.map((id) => ({ id, attempt: 0 })),
  );
  const orphans = async (): Promise<string[]> => (await store.orphans(10)).map(({ id }) => id);
  await pool.query("update invocations set started_at = now() - interval '11 s' where id = any($1) and id <> $2", [ids, fresh]);
  assert.deepEqual(await workers.beat(worker, [known]), []);
  assert.deepEqual(await orphans(), [ids[1]]);
  assert.deepEqual(await workers.beat(worker, [known, ids[1] ?? '']), [ids[1]]);
});
