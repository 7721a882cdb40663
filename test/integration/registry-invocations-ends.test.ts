/** What ends of invocations hold, and whom they are told, on a real PostgreSQL. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import { openEvents } from '../../registry/events.ts';
import type { AttemptEnd, ClaimedAttempt, InvocationStore } from '../../registry/invocations/port.ts';
import { openInvocations } from '../../registry/invocations/store.ts';
import { createPool } from '../../shared/postgres.ts';
import { eventually } from '../support/eventually.ts';
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

/** @returns how many statements wait for a lock */
async function waiting(): Promise<number> {
  const { rowCount } = await pool.query(
    "select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database() and pid <> pg_backend_pid()",
  );
  return rowCount ?? 0;
}

async function eventsAfter(work: () => Promise<unknown>): Promise<{ type: string; data: Readonly<Record<string, unknown>> }[]> {
  const events = openEvents(pool);
  const { latest } = await events.range();
  await work();
  return (await events.read(latest, 1_000)).map(({ type, data }) => ({ type, data }));
}

test('final ends have their destinations told, and say so in events; others do not', async () => {
  const [won, lost, again] = [await claimOne(), await claimOne({ schedule: 'nightly' }), await claimOne()];
  const destinations = [{ function: 'next:live' }, { url: 'https://example.com/a?b' }];
  const events = await eventsAfter(() =>
    store.end([
      endOf(won, { destinations }),
      endOf(lost, { verdict: deadAtLast, outcome: trapped, destinations: [{ function: 'undertaker' }] }),
      endOf(again, { verdict: retry(), outcome: trapped, destinations }),
    ]),
  );
  const of = { function: 'work', version: 1 };
  const ended = [
    { type: 'invocation.finished', data: { id: won.id, ...of, status: 'succeeded' } },
    { type: 'invocation.finished', data: { id: lost.id, ...of, status: 'dead', code: 'GUEST_TRAPPED', schedule: 'nightly' } },
    { type: 'invocation.dead', data: { id: lost.id, ...of, reason: 'attempts', code: 'GUEST_TRAPPED' } },
  ];
  const byId = (a: { data: object }, b: { data: object }) => (JSON.stringify(a.data) < JSON.stringify(b.data) ? -1 : 1);
  assert.deepEqual(events.toSorted(byId), ended.toSorted(byId));
  assert.deepEqual(
    (await store.find(won.id))?.deliveries,
    destinations.map((destination) => ({ destination, status: 'pending', attempts: 0 })),
  );
  assert.deepEqual((await store.find(lost.id))?.deliveries, [{ destination: { function: 'undertaker' }, status: 'pending', attempts: 0 }]);
  assert.equal((await store.find(again.id))?.deliveries, undefined);
  const { rows } = await pool.query('select distinct invocation, outcome from deliveries where invocation = any($1) order by outcome', [
    [won.id, lost.id],
  ]);
  assert.deepEqual(rows, [
    { invocation: lost.id, outcome: 'failure' },
    { invocation: won.id, outcome: 'success' },
  ]);
});

test('whatever an end holds, the ends beside it are kept', async () => {
  const odd = '\0 \ud800 \u{1f600} "\\\n\x7f {},NULL';
  const outcomes: AttemptEnd['outcome'][] = [
    { failure: { code: odd, detail: odd, extra: { [odd]: [odd, null, 1e300, JSON.parse(`${'['.repeat(3_000)}${']'.repeat(3_000)}`)] } } },
    { failure: { code: '', detail: 'x'.repeat(1_000_000), extra: {} } },
    { answer: { status: 99_999_999_999, headers: [odd, '\xe9\xff', '', 'null'], body: Buffer.of() } },
    { answer: { status: Number.NaN, headers: [], body: Buffer.alloc(300_000, 1) } },
    { answer: { status: 200.5, headers: ['a'], body: Buffer.from(odd) } },
  ];
  const attempts = await store.claim(worker, firsts(await acceptSome(pool, outcomes.length)));
  const destinations = [{ function: odd }, { url: odd }];
  const ends = attempts.map((attempt, i) => {
    const outcome = outcomes[i];
    assert.ok(outcome);
    return endOf(attempt, { outcome, destinations, verdict: 'failure' in outcome ? deadAtLast : { ...retry(), status: 'succeeded' } });
  });
  const events = await eventsAfter(async () => {
    assert.equal((await store.end(ends)).size, outcomes.length);
  });
  assert.equal(events.length, 7);
  const [failed, , answered, , truncated] = await Promise.all(attempts.map(async ({ id }) => (await store.result(id))?.outcome));
  assert.ok(failed && 'failure' in failed && answered && 'answer' in answered && truncated && 'answer' in truncated);
  // Compared as text: as objects they are too deep for a message.
  assert.ok(JSON.stringify(failed.failure.extra) === JSON.stringify((outcomes[0] as typeof failed).failure.extra));
  assert.equal(failed.failure.detail, odd.replace('\0', '\u{fffd}').replace('\ud800', '\u{fffd}'));
  assert.deepEqual(answered.answer.headers, [odd, '\xe9\xff', '', 'null']);
  assert.equal(truncated.answer.status, 200);
});

test('answers of 40 MiB in one call are kept', async () => {
  const attempts = await store.claim(worker, firsts(await acceptSome(pool, 4)));
  const body = Buffer.alloc(10_485_760, 9);
  const ended = await store.end(attempts.map((attempt) => endOf(attempt, { outcome: { answer: { status: 200, headers: [], body } } })));
  assert.equal(ended.size, 4);
  const outcome = (await store.result(attempts[3]?.id ?? ''))?.outcome;
  assert.ok(outcome && 'answer' in outcome && body.equals(outcome.answer.body));
});

test('a reader that goes on after the last event it saw misses none, while many ends are told at the same time', async () => {
  const attempts = await store.claim(worker, firsts(await acceptSome(pool, 200)));
  const events = openEvents(pool);
  const { latest } = await events.range();
  const seen: string[] = [];
  let ended = false;
  const reading = (async () => {
    let last = latest;
    for (let final = false; !final;) {
      final = ended;
      const page = await events.read(last, 1_000);
      for (const { id, data } of page) {
        assert.ok(BigInt(id) > last);
        last = BigInt(id);
        seen.push(String(data['id']));
      }
    }
  })();
  await Promise.all(Array.from({ length: 40 }, (_, i) => store.end(attempts.slice(i * 5, i * 5 + 5).map((attempt) => endOf(attempt)))));
  ended = true;
  await reading;
  assert.deepEqual(seen.toSorted(), attempts.map(({ id }) => id).toSorted());
});

test('two that end the same attempts in opposite orders never wait for each other', async () => {
  // In a table that Postgres reads by its index, in the order in which ids are named.
  await acceptSome(pool, 2_000);
  const ids = (await acceptSome(pool, 9)).toSorted();
  const ends = (await store.claim(worker, firsts(ids))).map((attempt) => endOf(attempt)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const client = await pool.connect();
  try {
    // Holds up both half-way.
    await client.query('begin');
    await client.query('select from invocations where id = $1 for update', [ids[4]]);
    const both = Promise.all([store.end(ends), store.end(ends.toReversed())]);
    await eventually(async () => (await waiting()) === 2);
    await client.query('commit');
    const [one, two] = await both;
    assert.equal(one.size + two.size, 9);
  } finally {
    client.release();
  }
});
