/** The record of invocations read, changed by the API and watched over, on a real PostgreSQL. */
import assert from 'node:assert/strict';
import { before, beforeEach, after, test } from 'node:test';
import type pg from 'pg';
import type { InvocationRecord } from '../../contracts/async.ts';
import { openEvents } from '../../registry/events.ts';
import type { DueRow, InvocationFilter, InvocationStore } from '../../registry/invocations/port.ts';
import { openInvocations, openWorkers } from '../../registry/invocations/store.ts';
import { publish } from '../../registry/publish.ts';
import { createPool } from '../../shared/postgres.ts';
import { uuidv7 } from '../../shared/uuid.ts';
import { acceptSome, deadAtLast, endOf, finishSome, prepareWork, trapped } from '../support/invocation-records.ts';
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
const firsts = (ids: readonly string[]) => ids.map((id) => ({ id, attempt: 0 }));
const statusOf = async (id: string): Promise<InvocationRecord['status'] | undefined> => (await store.find(id))?.status;

async function idsBy(filter: Partial<InvocationFilter>): Promise<string[]> {
  const all = { function: undefined, status: undefined, schedule: undefined };
  return (await store.list({ ...all, ...filter }, 100, undefined)).items.map(({ id }) => id);
}

test('what is not there is not found', async () => {
  for (const id of [uuidv7(), 'no-id', '']) {
    assert.equal(await store.find(id), undefined);
    assert.equal(await store.result(id), undefined);
    assert.equal(await store.cancel(id), undefined);
    assert.deepEqual(await store.redrive([id]), []);
    assert.equal(await store.purge([id]), 0);
  }
});

test('lists are newest first, in pages, and by function, status, reason and schedule', async () => {
  const work = [...(await acceptSome(pool, 3)), ...(await finishSome(pool, worker, 2)), ...(await finishSome(pool, worker, 1, dead))];
  const others = await acceptSome(pool, 2, { function: 'other', schedule: 'nightly' });
  const newest = (ids: readonly string[]) => ids.toSorted().toReversed();
  assert.deepEqual(await idsBy({}), newest([...work, ...others]));
  assert.deepEqual(await idsBy({ function: 'work' }), newest(work));
  assert.deepEqual(await idsBy({ function: 'other' }), newest(others));
  assert.deepEqual(await idsBy({ status: 'succeeded' }), newest(work.slice(3, 5)));
  assert.deepEqual(await idsBy({ status: 'queued', function: 'work' }), newest(work.slice(0, 3)));
  assert.deepEqual(await idsBy({ schedule: 'nightly' }), newest(others));
  assert.deepEqual(await idsBy({ status: 'dead', reason: 'attempts' }), [work[5]]);
  assert.deepEqual(await idsBy({ status: 'dead', reason: 'age' }), []);

  const all = { function: undefined, status: undefined, schedule: undefined };
  const pages: string[][] = [];
  for (let last: string | undefined, more = true; more;) {
    const { items, next } = await store.list(all, 3, last);
    pages.push(items.map(({ id }) => id));
    last = next;
    more = next !== undefined;
  }
  assert.deepEqual(
    pages.map((page) => page.length),
    [3, 3, 2],
  );
  assert.deepEqual(pages.flat(), newest([...work, ...others]));
  await assert.rejects(store.list(all, 3, 'x'), { code: 'INVALID_REQUEST' });
});

test('a cancelled invocation is final, says so once, and its attempt has an end', async () => {
  const [waiting = '', running = ''] = await acceptSome(pool, 2);
  await store.claim(worker, firsts([running]));
  const events = openEvents(pool);
  const { latest } = await events.range();
  for (const id of [waiting, running, waiting, running]) assert.equal(await store.cancel(id), 'cancelled');
  assert.deepEqual(
    (await events.read(latest, 10)).map(({ type, data }) => [type, data]),
    [waiting, running].map((id) => ['invocation.finished', { id, function: 'work', version: 1, status: 'cancelled' }]),
  );
  assert.deepEqual((await store.find(waiting))?.attempts, []);
  const [attempt] = (await store.find(running))?.attempts ?? [];
  assert.partialDeepStrictEqual(attempt, { attempt: 1, worker, code: 'INVOCATION_CANCELLED' });
  assert.ok(attempt?.endedAt);
  assert.ok((await store.find(waiting))?.finishedAt);
  assert.deepEqual(await store.claim(worker, firsts([waiting])), []);
  const { rows } = await pool.query('select payload from invocations where payload is not null');
  assert.deepEqual(rows, []);
});

test('what is finished is not cancelled any more', async () => {
  const [id = ''] = await finishSome(pool, worker, 1);
  const record = await store.find(id);
  assert.equal(await store.cancel(id), 'succeeded');
  assert.deepEqual(await store.find(id), record);
});

test('of a cancellation and an end at the same time one is in force, and both know which', async () => {
  for (let round = 0; round < 30; round++) {
    const ids = await acceptSome(pool, 1);
    const [attempt] = await store.claim(worker, firsts(ids));
    assert.ok(attempt);
    const [status, ended] = await Promise.all([store.cancel(attempt.id), store.end([endOf(attempt)])]);
    assert.equal(status, ended.has(attempt.id) ? 'succeeded' : 'cancelled');
    assert.equal(await statusOf(attempt.id), status);
  }
});

test('a cancellation is in force whether an attempt begins before it or after it', async () => {
  for (let round = 0; round < 30; round++) {
    const [id = ''] = await acceptSome(pool, 1);
    const [claimed, status] = await Promise.all([store.claim(worker, firsts([id])), store.cancel(id)]);
    assert.equal(status, 'cancelled');
    const record = await store.find(id);
    assert.equal(record?.status, 'cancelled');
    assert.equal(record.attempts.length, claimed.length);
  }
});

test('finished are those that are final or not there', async () => {
  const [waiting = '', running = ''] = await acceptSome(pool, 2);
  await store.claim(worker, firsts([running]));
  const [won = ''] = await finishSome(pool, worker, 1);
  const [letter = ''] = await finishSome(pool, worker, 1, dead);
  const unknown = uuidv7();
  assert.deepEqual(await store.finished([waiting, running, won, letter, unknown]), new Set([won, letter, unknown]));
});

test('what waits is counted, up to a limit', async () => {
  assert.equal(await store.countQueued(10), 0);
  const [first = ''] = await acceptSome(pool, 5, { delayMs: 1_000 });
  await finishSome(pool, worker, 2);
  assert.equal(await store.countQueued(10), 5);
  assert.equal(await store.countQueued(3), 3);
  await store.claim(worker, firsts([first]));
  assert.equal(await store.countQueued(10), 4);
});

test('due attempts come in the order of their times, past the grace only, page by page', async () => {
  const ids = await acceptSome(pool, 25);
  await acceptSome(pool, 2, { delayMs: 60_000 });
  // Several at the same microsecond.
  await pool.query(
    `update invocations set due_at = now() - interval '1 min' - interval '1 microsecond' * (n.position / 4)
     from unnest($1::uuid[]) with ordinality as n (id, position) where n.id = invocations.id`,
    [ids],
  );
  const seen: DueRow[] = [];
  for (let page = await store.due(30_000, 4, undefined); page.length > 0; page = await store.due(30_000, 4, seen.at(-1))) {
    seen.push(...page);
  }
  assert.deepEqual(seen.map(({ id }) => id).toSorted(), ids.toSorted());
  assert.ok(seen.every(({ attempt }) => attempt === 0));
  const order = seen.map(({ dueAtUs, id }) => `${dueAtUs} ${id}`);
  assert.deepEqual(order, order.toSorted());
  assert.deepEqual(await store.due(90_000, 100, undefined), []);
});

test('orphans are what runs at workers that are struck off, and what grew too old while it waited', async () => {
  const workers = openWorkers(pool);
  const lost = uuidv7();
  await workers.join(lost, 'host');
  const [fine = '', orphan = '', waiting = ''] = await acceptSome(pool, 3);
  const [old = ''] = await acceptSome(pool, 1, { maxAgeMs: 0, callbackUrl: 'https://example.com' });
  await store.claim(worker, firsts([fine]));
  await store.claim(lost, firsts([orphan]));
  assert.deepEqual(
    (await store.orphans(10)).map(({ id }) => id),
    [old],
  );
  await workers.leave(lost);
  const [first, second, ...more] = await store.orphans(10);
  assert.deepEqual(more, []);
  const counted = { function: 'work', version: 1, tries: 0, losses: 0, crashes: 0 };
  assert.deepEqual(first, {
    ...counted,
    id: orphan,
    attempt: 1,
    status: 'running',
    callbackUrl: undefined,
    remainingMs: first?.remainingMs,
  });
  assert.deepEqual(second, {
    ...counted,
    id: old,
    attempt: 0,
    status: 'queued',
    callbackUrl: 'https://example.com',
    remainingMs: second?.remainingMs,
  });
  assert.ok((first?.remainingMs ?? 0) > 0 && (second?.remainingMs ?? 0) <= 0);
  assert.equal((await store.orphans(1)).length, 1);
  assert.equal(await statusOf(waiting), 'queued');
});
