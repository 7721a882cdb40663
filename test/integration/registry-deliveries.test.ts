/** The list of deliveries on a real PostgreSQL: who gets which, for how long, and who is too late. */
import assert from 'node:assert/strict';
import { beforeEach, after, before, test } from 'node:test';
import type pg from 'pg';
import { type DeliveryStore, openDeliveries } from '../../registry/deliveries.ts';
import { createPool } from '../../shared/postgres.ts';
import { deliveryState, insertDelivery } from '../support/deliveries.ts';
import { usePostgres } from '../support/postgres.ts';

const postgres = usePostgres();
const leaseMs = 60_000;
let pool: pg.Pool;
let deliveries: DeliveryStore;

before(async () => {
  pool = createPool(await postgres.createRegistry(), { max: 10, applicationName: 'test', onError: () => {} });
  deliveries = openDeliveries(pool);
});
beforeEach(() => pool.query('truncate invocations cascade'));
after(() => pool.end());

test('a delivery comes with all that it tells', async () => {
  const answered = await insertDelivery(pool, { depth: 2, ageMs: 5_000 });
  const failure = { code: 'GUEST_TRAPPED', detail: 'unreachable' };
  const dead = await insertDelivery(pool, { destination: 'function', target: 'clean-up:live', failure });
  await pool.query(`update invocations set extra = '{"trap": "unreachable"}' where id = $1`, [dead.invocation]);
  await pool.query(`update invocations set traceparent = 'a trace' where id = $1`, [answered.invocation]);
  const taken = await deliveries.take(10, leaseMs);
  assert.equal(taken.length, 2);
  const { ageMs, ...first } = taken.find(({ id }) => id === answered.delivery) ?? assert.fail();
  assert.deepEqual(first, {
    id: answered.delivery,
    attempt: 1,
    destination: { url: 'https://hooks.example.com/end' },
    success: true,
    invocation: answered.invocation,
    function: 'fib',
    version: 3,
    depth: 2,
    traceparent: 'a trace',
    outcome: { answer: { status: 200, headers: ['content-type', 'application/json'], body: Buffer.from('42') } },
  });
  assert.ok(ageMs >= 5_000 && ageMs < 60_000, `${ageMs}`);
  assert.partialDeepStrictEqual(
    taken.find(({ id }) => id === dead.delivery),
    {
      destination: { function: 'clean-up:live' },
      success: false,
      traceparent: undefined,
      outcome: { failure: { ...failure, extra: { trap: 'unreachable' } } },
    },
  );
});

test('of many who take at once each delivery goes to one, the longest due first', async () => {
  const all: string[] = [];
  for (let i = 0; i < 30; i++) all.push((await insertDelivery(pool)).delivery);
  const [first] = await deliveries.take(1, leaseMs);
  assert.equal(first?.id, all[0]);
  const taken = (await Promise.all(Array.from({ length: 8 }, () => deliveries.take(5, leaseMs)))).flat();
  assert.equal(new Set(taken.map(({ id }) => id)).size, taken.length);
  const rest = await deliveries.take(30, leaseMs);
  const ids = [first, ...taken, ...rest].map((delivery) => delivery?.id ?? '');
  assert.deepEqual(ids.toSorted(), all.toSorted());
  assert.deepEqual(await deliveries.take(30, leaseMs), []);
});

test('what was heard of nothing is taken again after the lease, as another attempt', async () => {
  const { delivery } = await insertDelivery(pool);
  assert.equal((await deliveries.take(1, 0)).length, 1);
  const [again] = await deliveries.take(1, leaseMs);
  assert.equal(again?.attempt, 2);
  assert.ok(((await deliveryState(pool, delivery))?.dueInMs ?? 0) > leaseMs / 2);
});

test('a failed attempt says why and waits; one that was taken over meanwhile changes nothing', async () => {
  const { delivery } = await insertDelivery(pool);
  const [first] = await deliveries.take(1, 0);
  const [second] = await deliveries.take(1, leaseMs);
  assert.ok(first !== undefined && second !== undefined);
  await deliveries.failed(first, 'late', undefined);
  assert.partialDeepStrictEqual(await deliveryState(pool, delivery), { status: 'pending', detail: null });
  await deliveries.failed(second, 'it answered with\0 status 500', 120_000);
  const state = await deliveryState(pool, delivery);
  assert.partialDeepStrictEqual(state, { status: 'pending', attempt: 2, detail: 'it answered with\ufffd status 500', finished: false });
  assert.ok(state !== undefined && state.dueInMs > 90_000 && state.dueInMs <= 120_000, `${state?.dueInMs}`);
  assert.deepEqual(await deliveries.take(1, leaseMs), []);
});

test('a dead or delivered one is taken no more; success counts even when it was taken over meanwhile', async () => {
  const { delivery: dead } = await insertDelivery(pool);
  const [last] = await deliveries.take(1, 0);
  assert.ok(last !== undefined);
  await deliveries.failed(last, 'it answered with status 410', undefined);
  assert.partialDeepStrictEqual(await deliveryState(pool, dead), { status: 'dead', detail: 'it answered with status 410', finished: true });

  const { delivery } = await insertDelivery(pool);
  const [first] = await deliveries.take(1, 0);
  const [second] = await deliveries.take(1, 0);
  assert.ok(first !== undefined && second !== undefined);
  await deliveries.delivered(first.id);
  await deliveries.failed(second, 'late', undefined);
  assert.partialDeepStrictEqual(await deliveryState(pool, delivery), { status: 'delivered', detail: null, finished: true });
  assert.deepEqual(await deliveries.take(1, leaseMs), []);
});

test('of an invocation that runs again nothing is told', async () => {
  const { invocation } = await insertDelivery(pool);
  await pool.query("update invocations set status = 'queued', finished_at = null where id = $1", [invocation]);
  assert.deepEqual(await deliveries.take(1, leaseMs), []);
});
