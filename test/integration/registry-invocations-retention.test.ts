/** Dead letters and sweeps of the record of invocations, on a real PostgreSQL. */
import assert from 'node:assert/strict';
import { before, beforeEach, after, test } from 'node:test';
import type pg from 'pg';
import type { InvocationRecord } from '../../contracts/async.ts';
import type { InvocationFilter, InvocationStore, RetentionBounds } from '../../registry/invocations/port.ts';
import { openInvocations } from '../../registry/invocations/store.ts';
import { publish } from '../../registry/publish.ts';
import { createPool } from '../../shared/postgres.ts';
import { uuidv7 } from '../../shared/uuid.ts';
import { acceptSome, deadAtLast, finishSome, keyed, newInvocation, prepareWork, trapped } from '../support/invocation-records.ts';
import { usePostgres } from '../support/postgres.ts';
import { publicationOf } from '../support/publications.ts';

const postgres = usePostgres();
let pool: pg.Pool;
let store: InvocationStore;
let worker: string;

before(async () => {
  pool = createPool(await postgres.createRegistry(), { max: 10, applicationName: 'test', onError: () => {} });
  store = openInvocations(pool);
  worker = await prepareWork(pool);
  await publish(pool, publicationOf('other', 'other'));
});
beforeEach(() => pool.query('delete from invocations'));
after(() => pool.end());

const dead = { verdict: deadAtLast, outcome: trapped };
const statusOf = async (id: string): Promise<InvocationRecord['status'] | undefined> => (await store.find(id))?.status;

/** @param hours since it was finished */
async function age(ids: readonly string[], hours: number): Promise<void> {
  await pool.query(`update invocations set finished_at = now() - $2 * interval '1 h' where id = any($1)`, [ids, hours]);
}

async function idsBy(filter: Partial<InvocationFilter>): Promise<string[]> {
  const all = { function: undefined, status: undefined, schedule: undefined };
  return (await store.list({ ...all, ...filter }, 100, undefined)).items.map(({ id }) => id);
}

const bounds: RetentionBounds = {
  resultAgeMs: 3_600_000,
  resultBytes: 1_000_000_000,
  deadLetterAgeMs: 36_000_000,
  idempotencyAgeMs: 86_400_000,
  eventAgeMs: 86_400_000,
  logAgeMs: 86_400_000,
};

test('a dead letter that is redriven starts afresh: attempts, age, and nothing to tell of the end it had', async () => {
  const [id = '', other = ''] = await finishSome(pool, worker, 2, { ...dead, destinations: [{ function: 'next' }] });
  await pool.query(`update invocations set expires_at = now() - interval '1 h'`);
  assert.deepEqual(await store.redrive([id, id, uuidv7()]), [{ id, attempt: 1 }]);
  const record = await store.find(id);
  assert.ok(record && Date.parse(record.expiresAt) > Date.parse(record.acceptedAt) + 59_000);
  assert.partialDeepStrictEqual(record, { status: 'queued', attempts: [{ attempt: 1, code: 'GUEST_TRAPPED' }] });
  for (const member of ['reason', 'code', 'detail', 'finishedAt', 'deliveries']) assert.ok(!(member in record), member);
  assert.equal((await store.find(other))?.deliveries?.length, 1);
  assert.deepEqual(await store.redrive([id]), []);
  const [attempt] = await store.claim(worker, [{ id, attempt: 1 }]);
  assert.partialDeepStrictEqual(attempt, { attempt: 2, tries: 0, losses: 0, crashes: 0, payload: Buffer.from('payload') });
});

test('dead letters are found, oldest first, by function and reason, in pages, and purged; others are not', async () => {
  const letters = (await finishSome(pool, worker, 3, dead)).toSorted();
  const [well = ''] = await finishSome(pool, worker, 1);
  const none = { function: undefined, reason: undefined };
  assert.deepEqual(await store.deadLetters(none, 10, undefined), letters);
  assert.deepEqual(await store.deadLetters(none, 2, undefined), letters.slice(0, 2));
  assert.deepEqual(await store.deadLetters(none, 2, letters[1]), letters.slice(2));
  assert.deepEqual(await store.deadLetters({ function: 'work', reason: 'attempts' }, 10, undefined), letters);
  assert.deepEqual(await store.deadLetters({ function: 'other', reason: undefined }, 10, undefined), []);
  assert.deepEqual(await store.deadLetters({ function: undefined, reason: 'gone' }, 10, undefined), []);
  assert.equal(await store.purge([...letters.slice(0, 2), well]), 2);
  assert.deepEqual(await store.deadLetters(none, 10, undefined), letters.slice(2));
  assert.equal(await statusOf(well), 'succeeded');
});

test('a sweep deletes finished invocations by their age, dead letters by another, and nothing that is not finished', async () => {
  const results = await finishSome(pool, worker, 3, { destinations: [{ function: 'next' }] });
  const letters = await finishSome(pool, worker, 3, dead);
  const [waiting = ''] = await acceptSome(pool, 1);
  await pool.query(`update invocations set accepted_at = now() - interval '1 year', due_at = now() - interval '1 year'`);
  assert.equal(await store.sweep(bounds), 0);
  await age(results.slice(0, 2), 1.1);
  await age(letters, 9.9);
  assert.equal(await store.sweep(bounds), 2);
  await age(letters.slice(0, 1), 10.1);
  assert.equal(await store.sweep(bounds), 1);
  assert.equal(await store.sweep(bounds), 0);
  const kept = [...results.slice(2), ...letters.slice(1), waiting];
  assert.deepEqual((await idsBy({})).toSorted(), kept.toSorted());
});

test('a sweep deletes the oldest finished until the rest is not too much; dead letters do not count', async () => {
  const answer = { status: 200, headers: [], body: Buffer.alloc(8_976) };
  const results = await finishSome(pool, worker, 10, { outcome: { answer } });
  await finishSome(pool, worker, 5, { ...dead, outcome: { answer } });
  for (const [i, id] of results.entries()) await age([id], i / 100);
  // 10,000 bytes each with the share for the row.
  assert.equal(await store.sweep({ ...bounds, resultBytes: 100_000 }), 0);
  assert.equal(await store.sweep({ ...bounds, resultBytes: 99_999 }), 1);
  assert.equal(await store.sweep({ ...bounds, resultBytes: 45_000 }), 5);
  assert.deepEqual((await idsBy({ status: 'succeeded' })).toSorted(), results.slice(0, 4).toSorted());
  assert.equal(await store.sweep({ ...bounds, resultBytes: 0 }), 4);
  assert.equal((await idsBy({ status: 'dead' })).length, 5);
});

test('a sweep deletes keys and events by their age, and a thousand of each at most', async () => {
  await pool.query('delete from events');
  await store.sweep({ ...bounds, idempotencyAgeMs: 0 });
  await store.accept([newInvocation(keyed('new')), newInvocation(keyed('old'))]);
  await pool.query(`update idempotency_keys set created_at = now() - interval '25 h' where key = 'old'`);
  const results = await finishSome(pool, worker, 1_100);
  await age(results, 2);
  await pool.query(`update events set at = at - interval '25 h' where id < (select max(id) from events)`);
  assert.equal(await store.sweep(bounds), 1_000 + 1 + 1_000);
  assert.equal(await store.sweep(bounds), 100 + 99);
  assert.equal(await store.sweep(bounds), 0);
  assert.deepEqual((await pool.query('select key from idempotency_keys')).rows, [{ key: 'new' }]);
  assert.equal((await pool.query('select from events')).rowCount, 1);
});

test('two sweeps at the same time share the work', async () => {
  await age(await finishSome(pool, worker, 900), 2);
  const swept = await Promise.all([store.sweep(bounds), store.sweep(bounds)]);
  assert.equal(swept[0] + swept[1] + (await store.sweep(bounds)), 900);
});
