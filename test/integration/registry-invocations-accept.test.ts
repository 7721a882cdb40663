/** Accepting invocations, on a real PostgreSQL. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import type { InvocationStore } from '../../registry/invocations/port.ts';
import { openInvocations } from '../../registry/invocations/store.ts';
import { publish } from '../../registry/publish.ts';
import { createPool } from '../../shared/postgres.ts';
import { uuidv7 } from '../../shared/uuid.ts';
import { keyed, newInvocation, prepareWork } from '../support/invocation-records.ts';
import { usePostgres } from '../support/postgres.ts';
import { publicationOf } from '../support/publications.ts';

const postgres = usePostgres();
let pool: pg.Pool;
let store: InvocationStore;

before(async () => {
  pool = createPool(await postgres.createRegistry(), { max: 30, applicationName: 'test', onError: () => {} });
  store = openInvocations(pool);
  await prepareWork(pool);
});
after(() => pool.end());

async function countOf(ids: readonly string[]): Promise<number> {
  return (await pool.query('select from invocations where id = any($1)', [ids])).rowCount ?? 0;
}

test('what is accepted is kept whole, and each gets its own acceptance, in order', async () => {
  const invocations = [
    newInvocation({ payload: Buffer.from([0, 255, 1]), callbackUrl: 'https://example.com/done', delayMs: 30_000, schedule: 'nightly' }),
    newInvocation({ version: 7 }),
    newInvocation({ payload: Buffer.alloc(0), depth: 3 }),
    newInvocation({ payload: Buffer.alloc(2_000, 'x') }),
  ];
  const ids = invocations.map(({ id }) => id);
  assert.deepEqual(await store.accept(invocations), [
    { kind: 'accepted', id: ids[0], created: true },
    { kind: 'gone' },
    { kind: 'accepted', id: ids[2], created: true },
    { kind: 'accepted', id: ids[3], created: true },
  ]);
  const { rows } = await pool.query<Record<string, unknown>>(
    `select id, payload, callback_url, depth, schedule, status, due_at - accepted_at = interval '30 s' as delayed,
       expires_at - due_at = interval '60 s' as expiring from invocations where id = any($1) order by id`,
    [ids],
  );
  const plain = { callback_url: null, schedule: null, status: 'queued', delayed: false, expiring: true };
  assert.deepEqual(
    rows,
    [
      {
        ...plain,
        id: ids[0],
        payload: Buffer.from([0, 255, 1]),
        callback_url: 'https://example.com/done',
        depth: 0,
        schedule: 'nightly',
        delayed: true,
      },
      { ...plain, id: ids[2], payload: Buffer.alloc(0), depth: 3 },
      { ...plain, id: ids[3], payload: Buffer.alloc(2_000, 'x'), depth: 0 },
    ].toSorted((a, b) => String(a.id).localeCompare(String(b.id))),
  );
});

test('payloads of 40 MiB in one call are accepted, in several transactions', async () => {
  const invocations = Array.from({ length: 8 }, (_, i) => newInvocation({ payload: Buffer.alloc(5_242_880, i) }));
  const acceptances = await store.accept(invocations);
  assert.deepEqual(
    acceptances,
    invocations.map(({ id }) => ({ kind: 'accepted', id, created: true })),
  );
  const { rows } = await pool.query<{ whole: boolean; xmin: string }>(
    `select octet_length(payload) = 5242880 and get_byte(payload, 5242879) = position - 1 as whole, i.xmin::text
     from unnest($1::uuid[]) with ordinality as n (id, position) join invocations i using (id)`,
    [invocations.map(({ id }) => id)],
  );
  assert.ok(rows.every(({ whole }) => whole));
  assert.equal(new Set(rows.map(({ xmin }) => xmin)).size, 3);
});

test('the same key and request is the same invocation, another request a conflict, and another function another key', async () => {
  await publish(pool, publicationOf('other', 'other'));
  const first = newInvocation(keyed('twice'));
  assert.deepEqual(await store.accept([first]), [{ kind: 'accepted', id: first.id, created: true }]);
  const [again, changed, elsewhere] = [
    newInvocation(keyed('twice')),
    newInvocation(keyed('twice', 'another request')),
    newInvocation({ ...keyed('twice'), function: 'other' }),
  ];
  assert.deepEqual(await store.accept([again, changed, elsewhere]), [
    { kind: 'accepted', id: first.id, created: false },
    { kind: 'conflict' },
    { kind: 'accepted', id: elsewhere.id, created: true },
  ]);
  assert.equal(await countOf([again.id, changed.id]), 0);
});

test('a key is free again after 24 hours, and not before', async () => {
  const old = newInvocation(keyed('daily'));
  await store.accept([old]);
  await pool.query(`update idempotency_keys set created_at = now() - interval '23 h 59 min' where key = 'daily'`);
  assert.deepEqual(await store.accept([newInvocation(keyed('daily', 'else'))]), [{ kind: 'conflict' }]);
  await pool.query(`update idempotency_keys set created_at = now() - interval '24 h 1 min' where key = 'daily'`);
  const next = newInvocation(keyed('daily', 'else'));
  assert.deepEqual(await store.accept([next]), [{ kind: 'accepted', id: next.id, created: true }]);
  assert.deepEqual(await store.accept([newInvocation(keyed('daily', 'else'))]), [{ kind: 'accepted', id: next.id, created: false }]);
});

for (const [how, race] of [
  ['in one batch', (batch: ReturnType<typeof newInvocation>[]) => store.accept(batch)],
  [
    'in batches of their own',
    async (batch: ReturnType<typeof newInvocation>[]) => (await Promise.all(batch.map((one) => store.accept([one])))).flat(),
  ],
] as const) {
  test(`of twenty at the same time with the same key ${how}, one is made and all get its id`, async () => {
    const batch = Array.from({ length: 20 }, () => newInvocation(keyed(how)));
    const acceptances = await race(batch);
    const created = acceptances.filter((one) => one.kind === 'accepted' && one.created);
    assert.equal(created.length, 1);
    const ids = new Set(acceptances.map((one) => (one.kind === 'accepted' ? one.id : one.kind)));
    assert.equal(ids.size, 1);
    assert.equal(await countOf(batch.map(({ id }) => id)), 1);
  });
}

test('batches with the same keys in opposite orders never wait for each other', async () => {
  for (let round = 0; round < 20; round++) {
    const batch = Array.from({ length: 10 }, (_, i) => newInvocation(keyed(`crossed-${round}-${i}`)));
    const other = Array.from({ length: 10 }, (_, i) => newInvocation(keyed(`crossed-${round}-${9 - i}`)));
    const all = (await Promise.all([store.accept(batch), store.accept(other)])).flat();
    assert.equal(all.filter((one) => one.kind === 'accepted' && one.created).length, 10);
  }
});

test('keys that Postgres cannot hold do no harm to the batch of others', async () => {
  const batch = ['nul\0', 'half \ud800', '"quoted\\', 'null', '{}', ''].map((key) => newInvocation(keyed(key)));
  assert.deepEqual(
    await store.accept(batch),
    batch.map(({ id }) => ({ kind: 'accepted', id, created: true })),
  );
  assert.deepEqual(
    await store.accept(batch.map((one) => ({ ...one, id: uuidv7() }))),
    batch.map(({ id }) => ({ kind: 'accepted', id, created: false })),
  );
});
