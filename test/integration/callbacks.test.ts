/** The courier on a real PostgreSQL and a real https server: delivered, tried again, given up, taken over. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test, type TestContext } from 'node:test';
import type pg from 'pg';
import { deliveryPolicy } from '../../gateway/callbacks/carried.ts';
import { Courier, type CourierOptions } from '../../gateway/callbacks/courier.ts';
import { urlCarrier } from '../../gateway/callbacks/to-url.ts';
import { openDeliveries } from '../../registry/deliveries.ts';
import { createPool } from '../../shared/postgres.ts';
import { type CallbackServer, certificate, startCallbackServer } from '../support/callback-server.ts';
import { type DeliveryRows, type DeliveryState, deliveryState, insertDelivery, rulesOf } from '../support/deliveries.ts';
import { eventually } from '../support/eventually.ts';
import { usePostgres } from '../support/postgres.ts';

const postgres = usePostgres();
let pool: pg.Pool;

before(async () => {
  pool = createPool(await postgres.createRegistry(), { max: 10, applicationName: 'test', onError: () => {} });
});
beforeEach(() => pool.query('truncate invocations cascade'));
after(() => pool.end());

/** A gateway's courier, to this machine, with waits of 20 ms; closed at the end of the test. */
function start(t: TestContext, { port }: Pick<CallbackServer, 'port'>, options: Partial<CourierOptions> = {}): Courier {
  const courier = new Courier({
    deliveries: openDeliveries(pool),
    toUrl: urlCarrier({ rules: rulesOf(`localhost:${port},127.0.0.1:${port}`, true), ca: certificate }),
    toFunction: () => assert.fail('no function is a destination here'),
    onFault: (error) => assert.fail(String(error)),
    policy: { ...deliveryPolicy, backoffMs: 20 },
    ...options,
  });
  courier.start();
  t.after(() => courier.close());
  return courier;
}

async function serve(t: TestContext, answer?: Parameters<typeof startCallbackServer>[0]): Promise<CallbackServer> {
  const server = await startCallbackServer(answer);
  t.after(() => server.close());
  return server;
}

function until(delivery: string, is: (state: DeliveryState) => boolean): Promise<DeliveryState> {
  return eventually(
    async () => {
      const state = await deliveryState(pool, delivery);
      return state !== undefined && is(state) && state;
    },
    { timeoutMs: 10_000 },
  );
}

const insert = (server: CallbackServer, rows: DeliveryRows = {}): Promise<{ delivery: string; invocation: string }> =>
  insertDelivery(pool, { target: `https://localhost:${server.port}/end`, ...rows });

test('a delivery that is there is made, and one that comes later is made when the courier is woken', async (t) => {
  const server = await serve(t);
  const { delivery, invocation } = await insert(server);
  const courier = start(t, server);
  assert.partialDeepStrictEqual(await until(delivery, ({ status }) => status === 'delivered'), { attempt: 1, detail: null });
  assert.equal(server.received[0]?.headers['x-bantam-invocation-id'], invocation);
  const later = await insert(server, {
    target: `https://127.0.0.1:${server.port}/`,
    failure: { code: 'GUEST_TRAPPED', detail: 'unreachable' },
  });
  courier.wake();
  await until(later.delivery, ({ status }) => status === 'delivered');
  assert.equal(server.received.length, 2);
  assert.equal(server.received[1]?.headers['content-type'], 'application/problem+json');
});

test('one that fails is tried again with the same id, until it is delivered', async (t) => {
  const server = await serve(t, (response, n) => response.writeHead(n < 2 ? 500 : 200).end());
  const { delivery } = await insert(server);
  const courier = start(t, server);
  const waking = setInterval(() => courier.wake(), 10);
  t.after(() => clearInterval(waking));
  assert.partialDeepStrictEqual(await until(delivery, ({ status }) => status === 'delivered'), { attempt: 3, detail: null });
  assert.deepEqual(
    server.received.map(({ headers }) => headers['webhook-id']),
    [delivery, delivery, delivery],
  );
});

test('after the last attempt it is dead, and says why', async (t) => {
  const server = await serve(t, (response) => response.writeHead(500).end());
  const { delivery } = await insert(server);
  const courier = start(t, server);
  const waking = setInterval(() => courier.wake(), 10);
  t.after(() => clearInterval(waking));
  const state = await until(delivery, ({ status }) => status === 'dead');
  assert.partialDeepStrictEqual(state, { attempt: 5, detail: 'it answered with status 500', finished: true });
  assert.equal(server.received.length, 5);
});

test('Retry-After is waited for', async (t) => {
  const server = await serve(t, (response) => response.writeHead(503, { 'retry-after': '600' }).end());
  const { delivery } = await insert(server);
  start(t, server);
  const { dueInMs } = await until(delivery, ({ detail }) => detail !== null);
  assert.ok(dueInMs > 500_000 && dueInMs <= 600_000, `${dueInMs}`);
});

test('a redirect is a failure and not followed; what is not allowed is dead at once', async (t) => {
  const elsewhere = await serve(t);
  const server = await serve(t, (response) => response.writeHead(307, { location: `https://localhost:${elsewhere.port}/` }).end());
  const [redirected, unlisted] = [await insert(server), await insert(server, { target: 'https://evil.example/' })];
  start(t, server);
  await until(redirected.delivery, ({ detail }) => detail === 'it answered with status 307');
  const dead = await until(unlisted.delivery, ({ status }) => status === 'dead');
  assert.partialDeepStrictEqual(dead, { attempt: 1, detail: 'the operator does not allow callbacks to evil.example:443' });
  assert.equal(elsewhere.connections(), 0);
});

test('a name of this machine is refused unless private addresses are allowed', async (t) => {
  const server = await serve(t);
  const { delivery } = await insert(server);
  start(t, server, { toUrl: urlCarrier({ rules: rulesOf(`localhost:${server.port}`), ca: certificate }) });
  const dead = await until(delivery, ({ status }) => status === 'dead');
  assert.equal(dead.detail, 'localhost has an address that is not public');
  assert.equal(server.connections(), 0);
});

test('what a gateway had under way when it died, another delivers after the lease', async (t) => {
  const server = await serve(t);
  const { delivery } = await insert(server);
  // All that a dead gateway leaves behind.
  assert.equal((await openDeliveries(pool).take(1, 300)).length, 1);
  const courier = start(t, server);
  courier.wake();
  assert.partialDeepStrictEqual(await until(delivery, ({ status }) => status === 'delivered'), { attempt: 2 });
  assert.equal(server.received.length, 1);
});

test('at most 16 are under way, each that ends makes room for the next, and none is delivered twice by two couriers', async (t) => {
  // Nobody looks by the clock here.
  t.mock.timers.enable({ apis: ['setInterval'] });
  let open = 0;
  let most = 0;
  const server = await serve(t, (response) => {
    most = Math.max(most, ++open);
    setTimeout(() => {
      open--;
      response.writeHead(204).end();
    }, 20);
  });
  const all: string[] = [];
  for (let i = 0; i < 60; i++) all.push((await insert(server)).delivery);
  start(t, server);
  for (const delivery of all) await until(delivery, ({ status }) => status === 'delivered');
  assert.ok(most > 1 && most <= 16, `${most}`);
  const more: string[] = [];
  for (let i = 0; i < 60; i++) more.push((await insert(server)).delivery);
  start(t, server);
  for (const delivery of more) await until(delivery, ({ status }) => status === 'delivered');
  const got = server.received.map(({ headers }) => String(headers['webhook-id']));
  assert.deepEqual(got.toSorted(), [...all, ...more].toSorted());
});

test('close takes nothing more and waits for what is under way', async (t) => {
  const arrived = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const server = await serve(t, (response) => {
    arrived.resolve();
    void release.promise.then(() => response.writeHead(204).end());
  });
  const { delivery } = await insert(server);
  const courier = start(t, server);
  await arrived.promise;
  const closing = courier.close();
  const untouched = await insert(server);
  courier.wake();
  release.resolve();
  await closing;
  assert.equal((await deliveryState(pool, delivery))?.status, 'delivered');
  assert.partialDeepStrictEqual(await deliveryState(pool, untouched.delivery), { status: 'pending', attempt: 0 });
});

test('what goes wrong in a gateway is told to its log, and tried again', async (t) => {
  const server = await serve(t);
  const { delivery } = await insert(server);
  const faults: unknown[] = [];
  const defect = new TypeError('a defect');
  start(t, server, { toUrl: () => Promise.reject(defect), onFault: (error) => faults.push(error) });
  const state = await until(delivery, ({ detail }) => detail !== null);
  assert.partialDeepStrictEqual(state, { status: 'pending', detail: 'the gateway failed; its log says why' });
  assert.equal(faults[0], defect);
});
