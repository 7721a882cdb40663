/** Attempts of invocations, begun and ended, on a real PostgreSQL. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import { limits } from '../../contracts/limits.ts';
import { openEvents } from '../../registry/events.ts';
import type { AttemptEnd, ClaimedAttempt, InvocationStore } from '../../registry/invocations/port.ts';
import { openInvocations, openWorkers } from '../../registry/invocations/store.ts';
import { createPool } from '../../shared/postgres.ts';
import { uuidv7 } from '../../shared/uuid.ts';
import { acceptSome, deadAtLast, endOf, prepareWork, trapped } from '../support/invocation-records.ts';
import { usePostgres } from '../support/postgres.ts';

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

const firsts = (ids: readonly string[]) => ids.map((id) => ({ id, attempt: 0 }));
const retry = (delayMs = 0): AttemptEnd['verdict'] => ({ tries: 1, losses: 0, crashes: 1, status: 'queued', delayMs });

async function claimOne(changes: Parameters<typeof acceptSome>[2] = {}): Promise<ClaimedAttempt> {
  const [attempt] = await store.claim(worker, firsts(await acceptSome(pool, 1, changes)));
  assert.ok(attempt);
  return attempt;
}

async function eventsAfter(work: () => Promise<unknown>): Promise<{ type: string; data: Readonly<Record<string, unknown>> }[]> {
  const events = openEvents(pool);
  const { latest } = await events.range();
  await work();
  return (await events.read(latest, 1_000)).map(({ type, data }) => ({ type, data }));
}

test('a claimed attempt comes with all that its worker needs, and is running', async () => {
  const { remainingMs, ...attempt } = await claimOne({
    payload: Buffer.from([1, 0, 2]),
    callbackUrl: 'https://example.com',
    traceparent: 'a trace',
  });
  assert.deepEqual(attempt, {
    id: attempt.id,
    attempt: 1,
    function: 'work',
    version: 1,
    callbackUrl: 'https://example.com',
    tries: 0,
    losses: 0,
    crashes: 0,
    payload: Buffer.from([1, 0, 2]),
    traceparent: 'a trace',
  });
  assert.ok(remainingMs > 50_000 && remainingMs <= 60_000, `${remainingMs}`);
  const record = await store.find(attempt.id);
  assert.equal(record?.status, 'running');
  const [running] = record.attempts;
  assert.deepEqual(record.attempts, [{ attempt: 1, startedAt: running?.startedAt, worker }]);
});

test('an attempt is claimed once, only in its turn, only within its age, only by a worker that is registered', async () => {
  const [id = ''] = await acceptSome(pool, 1);
  assert.deepEqual(await store.claim(worker, [{ id, attempt: 1 }]), []);
  assert.deepEqual(await store.claim(uuidv7(), firsts([id])), []);
  assert.deepEqual(await store.claim(worker, firsts([uuidv7()])), []);
  const both = await Promise.all([store.claim(worker, firsts([id])), store.claim(worker, firsts([id]))]);
  assert.equal(both.flat().length, 1);
  assert.deepEqual(await store.claim(worker, firsts([id])), []);
  assert.deepEqual(await store.claim(worker, [{ id, attempt: 1 }]), [], 'it runs');
  const [old = ''] = await acceptSome(pool, 1, { maxAgeMs: 0 });
  assert.deepEqual(await store.claim(worker, firsts([old])), []);
});

test('fifty claimers of the same two hundred get each of them once', async () => {
  const ids = await acceptSome(pool, 200);
  const claimed = await Promise.all(
    Array.from({ length: 50 }, (_, i) => store.claim(worker, firsts([...ids.slice(i * 4), ...ids.slice(0, i * 4)]))),
  );
  // What one has skipped, because another held it, is that other's.
  assert.deepEqual(
    claimed
      .flat()
      .map(({ id }) => id)
      .toSorted(),
    ids.toSorted(),
  );
});

test('a success is final: its result is kept as it was, its payload is not', async () => {
  const attempt = await claimOne();
  const answer = { status: 201, headers: ['set-cookie', 'a=1', 'set-cookie', 'b="2", {x}'], body: Buffer.from([0, 200, 7]) };
  assert.deepEqual(await store.end([endOf(attempt, { outcome: { answer } })]), new Set([attempt.id]));
  assert.deepEqual(await store.result(attempt.id), { function: 'work', version: 1, status: 'succeeded', outcome: { answer } });
  const record = await store.find(attempt.id);
  assert.ok(record?.finishedAt);
  assert.partialDeepStrictEqual(record, { status: 'succeeded', resultStatus: 201, attempts: [{ attempt: 1, worker, status: 201 }] });
  assert.ok(!('dueAt' in record) && !('code' in record) && !('deliveries' in record));
  const { rows } = await pool.query<{ payload: unknown; bytes: number }>(
    'select payload, stored_bytes - 1024 as bytes from invocations where id = $1',
    [attempt.id],
  );
  assert.deepEqual(rows, [{ payload: null, bytes: 3 }]);
});

test('an attempt that failed is followed by the next one, which has its payload and what was counted', async () => {
  const { id } = await claimOne();
  await store.end([endOf({ id, attempt: 1 }, { verdict: retry(60_000), outcome: trapped })]);
  const record = await store.find(id);
  assert.partialDeepStrictEqual(record, {
    status: 'queued',
    code: 'GUEST_TRAPPED',
    detail: 'unreachable',
    attempts: [{ attempt: 1, code: 'GUEST_TRAPPED' }],
  });
  assert.ok(Date.parse(record?.dueAt ?? '') > Date.parse(record?.acceptedAt ?? '') + 59_000);
  assert.equal((await store.result(id))?.outcome, undefined, 'there is another attempt to come');
  assert.deepEqual(await store.claim(worker, firsts([id])), [], 'the name of the first');
  const [second] = await store.claim(worker, [{ id, attempt: 1 }]);
  assert.partialDeepStrictEqual(second, { attempt: 2, tries: 1, losses: 0, crashes: 1, payload: Buffer.from('payload') });
  await store.end([endOf({ id, attempt: 2 }, { verdict: deadAtLast, outcome: trapped })]);
  assert.partialDeepStrictEqual(await store.find(id), { status: 'dead', reason: 'attempts', code: 'GUEST_TRAPPED' });
  assert.deepEqual((await store.result(id))?.outcome, trapped);
});

test('an answer that is followed by another attempt is no result yet', async () => {
  const { id } = await claimOne();
  const answer = { status: 503, headers: ['retry-after', '1'], body: Buffer.from('later') };
  await store.end([endOf({ id, attempt: 1 }, { verdict: retry(), outcome: { answer } })]);
  const record = await store.find(id);
  assert.equal(record?.resultStatus, undefined);
  assert.equal(record?.attempts[0]?.status, 503);
  assert.equal((await store.result(id))?.outcome, undefined);
});

test('whoever ends an attempt late changes nothing', async () => {
  const { id } = await claimOne();
  assert.deepEqual(await store.end([endOf({ id, attempt: 2 })]), new Set(), 'not begun yet');
  assert.deepEqual(await store.end([endOf({ id, attempt: 1 }, { from: 'queued' })]), new Set(), 'it runs');
  await store.end([endOf({ id, attempt: 1 }, { verdict: retry(), outcome: trapped })]);
  assert.deepEqual(await store.end([endOf({ id, attempt: 1 })]), new Set(), 'ended by another');
  await store.claim(worker, [{ id, attempt: 1 }]);
  assert.deepEqual(await store.end([endOf({ id, attempt: 1 })]), new Set(), 'another runs');
  await store.end([endOf({ id, attempt: 2 })]);
  const record = await store.find(id);
  const events = await eventsAfter(async () => {
    assert.deepEqual(
      await store.end([endOf({ id, attempt: 2 }, { verdict: deadAtLast, destinations: [{ function: 'next' }] })]),
      new Set(),
    );
  });
  assert.deepEqual(events, []);
  assert.deepEqual(await store.find(id), record);
});

test('of twenty ends of one attempt at the same time one is in force', async () => {
  const attempt = await claimOne();
  const events = await eventsAfter(async () => {
    const ended = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        store.end([endOf(attempt, { outcome: { answer: { status: 200 + i, headers: [], body: Buffer.of() } } })]),
      ),
    );
    assert.equal(ended.filter((ids) => ids.has(attempt.id)).length, 1);
  });
  assert.equal(events.length, 1);
  assert.equal((await store.find(attempt.id))?.attempts.length, 1);
});

test('a cancelled invocation stays cancelled, whatever its guest answers', async () => {
  const attempt = await claimOne();
  assert.equal(await store.cancel(attempt.id), 'cancelled');
  assert.deepEqual(await store.end([endOf(attempt)]), new Set());
  assert.equal((await store.find(attempt.id))?.status, 'cancelled');
  assert.equal((await store.result(attempt.id))?.outcome, undefined);
});

test('one that never began is ended from where it waits, without an attempt', async () => {
  const [id = ''] = await acceptSome(pool, 1);
  const verdict: AttemptEnd['verdict'] = { tries: 0, losses: 0, crashes: 0, status: 'dead', reason: 'age' };
  const outcome = { failure: { code: 'INVOCATION_EXPIRED', detail: 'too old', extra: undefined } };
  assert.deepEqual(await store.end([endOf({ id, attempt: 0 }, { from: 'queued', verdict, outcome })]), new Set([id]));
  assert.partialDeepStrictEqual(await store.find(id), { status: 'dead', reason: 'age', code: 'INVOCATION_EXPIRED', attempts: [] });
  assert.deepEqual((await store.result(id))?.outcome, outcome);
});

test('the last attempts are kept', async () => {
  const { id } = await claimOne();
  const count = limits.maxRecordedAttempts + 3;
  for (let attempt = 1; attempt <= count; attempt++) {
    await store.end([endOf({ id, attempt }, { verdict: retry(), outcome: trapped })]);
    if (attempt < count) await store.claim(worker, [{ id, attempt }]);
  }
  const attempts = (await store.find(id))?.attempts ?? [];
  assert.deepEqual(
    attempts.map(({ attempt }) => attempt),
    Array.from({ length: limits.maxRecordedAttempts }, (_, i) => i + 4),
  );
});

test('an attempt of a worker that was struck off is still its own to end, until another does', async () => {
  const other = uuidv7();
  const workers = openWorkers(pool);
  await workers.join(other, 'host');
  const [attempt] = await store.claim(other, firsts(await acceptSome(pool, 1)));
  await workers.leave(other);
  assert.ok(attempt);
  assert.equal((await store.end([endOf(attempt)])).size, 1);
});
