/** GET /api/events over real connections and a real PostgreSQL: resuming, filters, gaps, slow clients, and the end of streams. */
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import Fastify from 'fastify';
import type pg from 'pg';
import type { EventType } from '../../contracts/event.ts';
import { Feed } from '../../gateway/events/feed.ts';
import problems from '../../gateway/plugins/problems.ts';
import { eventRoutes } from '../../gateway/routes/events.ts';
import { FunctionChanges } from '../../registry/changes.ts';
import { appendEvent, openEvents } from '../../registry/events.ts';
import { createPool, inTransaction } from '../../shared/postgres.ts';
import { followEvents } from '../support/event-stream.ts';
import { eventually } from '../support/eventually.ts';
import { assertProblem } from '../support/functions.ts';
import { send } from '../support/http.ts';
import { registerOpenAuth } from '../support/open-auth.ts';
import { usePostgres } from '../support/postgres.ts';

const postgres = usePostgres();
let pool: pg.Pool;
let databaseUrl: string;
let gateway: Awaited<ReturnType<typeof openGateway>>;

before(async () => {
  databaseUrl = await postgres.createRegistry();
  pool = createPool(databaseUrl, { max: 4, applicationName: 'test', onError: () => {} });
  gateway = await openGateway();
});
after(async () => {
  await gateway.close();
  await pool.end();
});

async function openGateway(): Promise<{ readonly url: string; readonly feed: Feed; close(): Promise<void> }> {
  const feed = new Feed({ store: openEvents(pool), onFault: () => {} });
  const changes = new FunctionChanges(databaseUrl, {
    onChange: () => {},
    onReset: () => {},
    onEvents: () => feed.wake(),
    onKey: () => {},
    onQuota: () => {},
  });
  const app = Fastify({ ajv: { customOptions: { removeAdditional: false } } });
  await app.register(problems);
  await registerOpenAuth(app);
  await app.register(async (scope) => eventRoutes(scope, { feed }));
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  await eventually(() => changes.connected);
  return {
    url,
    feed,
    async close() {
      await app.close();
      await changes.close();
    },
  };
}

function tell(type: EventType, ...list: object[]): Promise<void> {
  return inTransaction(pool, async (client) => {
    for (const data of list) await appendEvent(client, type, { ...data });
  });
}

test('answers at once with a stream that begins with how to come back, and tells what happens from then on', async () => {
  await tell('worker.joined', { n: 'before' });
  const client = await followEvents(gateway.url);
  assert.equal(client.status, 200);
  assert.equal(client.headers['content-type'], 'text/event-stream');
  assert.equal(client.headers['cache-control'], 'no-store');
  await eventually(() => client.retryMs === 1_000 && client.lastEventId !== '');
  await tell('worker.joined', { n: 1 });
  await tell('worker.left', { n: 2 });
  await eventually(() => client.events.length === 2);
  const [first, second] = client.events;
  assert.deepEqual(client.types, ['worker.joined', 'worker.left']);
  assert.deepEqual(first?.data.data, { n: 1 });
  assert.equal(first.id, first.data.id);
  assert.ok(BigInt(second?.id ?? 0) > BigInt(first.id));
  client.close();
});

test('a client that comes back gets exactly what it missed, be it by header or by query, and the header counts more', async () => {
  const client = await followEvents(gateway.url);
  await eventually(() => client.lastEventId !== '');
  const start = client.lastEventId;
  client.close();
  await tell('worker.joined', ...Array.from({ length: 250 }, (_, n) => ({ n })));
  const numbers = (of: Awaited<ReturnType<typeof followEvents>>): unknown[] => of.events.map(({ data }) => data.data['n']);
  const all = Array.from({ length: 250 }, (_, n) => n);
  const byHeader = await followEvents(gateway.url, '?after=0', start);
  const byQuery = await followEvents(gateway.url, `?after=${start}`);
  await eventually(() => byHeader.events.length >= 250 && byQuery.events.length >= 250);
  assert.deepEqual(numbers(byHeader), all);
  assert.deepEqual(numbers(byQuery), all);
  const middle = byHeader.events[99]?.id ?? '';
  const again = await followEvents(gateway.url, '', middle);
  await eventually(() => again.events.length >= 150);
  assert.deepEqual(numbers(again), all.slice(100));
  for (const one of [byHeader, byQuery, again]) one.close();
});

test('only what was asked for is told', async () => {
  const [types, about, both] = await Promise.all([
    followEvents(gateway.url, '?types=worker.lost,function.deleted'),
    followEvents(gateway.url, '?function=fib'),
    followEvents(gateway.url, '?function=fib&types=function.deleted'),
  ]);
  await tell('worker.lost', { worker: 'w' });
  await tell('function.published', { function: 'fib' }, { function: 'other' });
  await tell('function.deleted', { function: 'other' }, { function: 'fib' });
  await eventually(() => [types, about, both].every(({ events }) => events.at(-1)?.data.data['function'] === 'fib'));
  assert.deepEqual(types.types, ['worker.lost', 'function.deleted', 'function.deleted']);
  assert.deepEqual(about.types, ['function.published', 'function.deleted']);
  assert.deepEqual(both.types, ['function.deleted']);
  for (const one of [types, about, both]) one.close();
});

test('a cursor that is older than what is kept starts with a gap, and goes on from the oldest', async () => {
  await tell('worker.joined', { n: 1 }, { n: 2 }, { n: 3 });
  const { latest } = await openEvents(pool).range();
  await pool.query('delete from events where id < $1', [latest - 1n]);
  const client = await followEvents(gateway.url, '', '1');
  await eventually(() => client.events.length === 3);
  assert.deepEqual(client.types, ['gap', 'worker.joined', 'worker.joined']);
  assert.deepEqual(client.events[0]?.data, { id: `${latest - 2n}`, type: 'gap', data: { after: '1' } });
  const back = await followEvents(gateway.url, '', client.events[0]?.id);
  await eventually(() => back.events.length === 2);
  assert.equal(back.types.includes('gap'), false);
  client.close();
  back.close();
});

test('what cannot be a cursor, a type or a function is 400, with what is wrong', async () => {
  const { url } = gateway;
  for (const wrong of ['x', '-1', '1.5', '01', '1'.repeat(19), "1' or 1=1"]) {
    assertProblem(await send(url, '/api/events', { headers: { 'last-event-id': wrong } }), 'INVALID_REQUEST', /is not the id of an event/);
    assertProblem(await send(url, `/api/events?after=${encodeURIComponent(wrong)}`), 'INVALID_REQUEST', /is not the id of an event/);
  }
  assertProblem(await send(url, '/api/events?after=999999999999'), 'INVALID_REQUEST', /there has been no event 999999999999 yet/);
  assertProblem(
    await send(url, '/api/events?types=worker.lost,worker.found'),
    'INVALID_REQUEST',
    /"worker\.found" is not one of function\./,
  );
  assertProblem(await send(url, '/api/events?types='), 'INVALID_REQUEST');
  assertProblem(await send(url, '/api/events?function=Not_A_Name'), 'INVALID_REQUEST');
  assertProblem(await send(url, '/api/events?type=worker.lost'), 'INVALID_REQUEST');
  await eventually(() => gateway.feed.size === 0);
});

test('HEAD says what GET would, and opens no stream', async () => {
  const answer = await send(gateway.url, '/api/events', { method: 'HEAD' });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers['content-type'], 'text/event-stream');
  assert.equal(gateway.feed.size, 0);
});

test('nothing is left of clients that go away, also before they have an answer', async () => {
  const clients = await Promise.all(Array.from({ length: 20 }, () => followEvents(gateway.url)));
  assert.equal(gateway.feed.size, 20);
  for (const client of clients) client.close();
  const hasty = Array.from({ length: 20 }, () => {
    const asked = request(`${gateway.url}/api/events`, { agent: false });
    asked.on('error', () => {});
    asked.end(() => setImmediate(() => asked.destroy()));
    return asked;
  });
  await eventually(() => hasty.every(({ destroyed }) => destroyed));
  await followEvents(gateway.url).then((client) => client.close());
  await eventually(() => gateway.feed.size === 0);
});

test('a client that stops reading is not waited for, and gets everything once it reads again', async () => {
  const text = 'x'.repeat(10_000);
  const [slow, fast] = await Promise.all([followEvents(gateway.url), followEvents(gateway.url)]);
  await eventually(() => slow.lastEventId !== '' && fast.lastEventId !== '');
  slow.pause();
  const count = 2_000;
  for (let n = 0; n < count; n += 100) await tell('worker.joined', ...Array.from({ length: 100 }, (_, i) => ({ n: n + i, text })));
  await eventually(() => fast.events.length === count);
  assert.ok(slow.events.length < count);
  slow.resume();
  await eventually(() => slow.events.length === count, { timeoutMs: 20_000 });
  assert.deepEqual(slow.events, fast.events);
  slow.close();
  fast.close();
});

test('a gateway that closes ends its streams in good order, and cuts those of clients that do not read', async () => {
  const own = await openGateway();
  const [client, stuck] = await Promise.all([followEvents(own.url), followEvents(own.url)]);
  stuck.pause();
  const text = 'x'.repeat(100_000);
  for (let n = 0; n < 100; n++) await tell('worker.joined', { n, text });
  await eventually(() => client.events.length === 100);
  await own.close();
  assert.equal(client.state, 'ended');
  assert.equal(own.feed.size, 0);
  stuck.resume();
  await eventually(() => stuck.state === 'broken');
  await tell('worker.left', { n: 'meanwhile' });
  const back = await followEvents(gateway.url, '', client.lastEventId);
  await eventually(() => back.events.length === 1);
  assert.deepEqual(back.events[0]?.data.data, { n: 'meanwhile' });
  back.close();
});
