/** What the queue on Redis does when workers, connections and Redis itself fail. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { Redis } from 'ioredis';
import type { Reply } from '../../contracts/invocation.ts';
import type { InvocationConsumer, InvocationProducer } from '../../queue/port.ts';
import { createRedisConsumer } from '../../queue/redis/consumer.ts';
import { group, laneKeys } from '../../queue/redis/keys.ts';
import { createRedisProducer } from '../../queue/redis/producer.ts';
import { eventually } from '../support/eventually.ts';
import { anInvocation, echoHandler, failed, TestHandler } from '../support/invocations.ts';
import { startWorker, type WorkerProcess } from '../support/queue-worker.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

const { stream } = laneKeys('s0');
let redis: TestRedis;
/** The test's own look into Redis. */
let look: Redis;
let gateway: InvocationProducer;
let consumers: InvocationConsumer[] = [];
let handlers: TestHandler[] = [];
let workers: WorkerProcess[] = [];

before(async () => {
  redis = await startRedis();
  look = new Redis(redis.url, { retryStrategy: () => 50, maxRetriesPerRequest: null });
  look.on('error', () => {});
});
after(async () => {
  look.disconnect();
  await redis.stop();
});
beforeEach(async () => {
  await look.flushall();
  gateway = createRedisProducer({ url: redis.url, onError: () => {} });
});
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.end()));
  for (const { held } of handlers.splice(0)) while (held.length > 0) held[0]?.answer();
  await Promise.all(consumers.splice(0).map((consumer) => consumer.close()));
  await gateway.close();
});

async function consume(handler: TestHandler): Promise<InvocationConsumer> {
  const consumer = createRedisConsumer({ url: redis.url, onError: () => {} });
  consumers.push(consumer);
  handlers.push(handler);
  await consumer.start(handler);
  await eventually(() => consumer.ready());
  return consumer;
}

function startProcess(mode: 'echo' | 'hold', room: number): WorkerProcess {
  const worker = startWorker(redis.url, mode, room);
  workers.push(worker);
  return worker;
}

async function gatewaySees(workerCount: number, timeoutMs = 5_000): Promise<void> {
  await eventually(() => gateway.ready() && gateway.load().workers === workerCount, { timeoutMs });
}

async function nothingIsLeft(): Promise<void> {
  await eventually(async () => (await look.xlen(stream)) === 0);
  const [pending] = (await look.xpending(stream, group)) as [number];
  assert.equal(pending, 0);
}

/** Milliseconds until a call succeeds; others answer their failure at once meanwhile. */
async function msUntilItWorks(): Promise<number> {
  const startMs = performance.now();
  await eventually(async () => (await gateway.call(anInvocation())).ok);
  return performance.now() - startMs;
}

/** From now on the handler answers at once what it holds and what it gets. */
function answerByItself(handler: TestHandler): void {
  const run = handler.run.bind(handler);
  handler.run = (invocation, done) => {
    run(invocation, done);
    setImmediate(() => handler.held[0]?.answer());
  };
  handler.held[0]?.answer();
}

async function disconnect(connectionName: string): Promise<void> {
  const list = (await look.client('LIST')) as string;
  for (const line of list.split('\n')) {
    if (line.includes(`name=${connectionName} `)) await look.client('KILL', 'ID', Number(/id=(\d+)/.exec(line)?.[1]));
  }
}

test('two gateways get their own replies from two workers', async () => {
  await consume(echoHandler(5));
  await consume(echoHandler(5));
  const other = createRedisProducer({ url: redis.url, onError: () => {} });
  await gatewaySees(2);
  await eventually(() => other.ready() && other.load().workers === 2);
  const payloads = Array.from({ length: 300 }, (_, i) => Buffer.from(`payload ${i}`));
  const replies = await Promise.all(payloads.map((payload, i) => (i % 2 === 0 ? gateway : other).call(anInvocation({ payload }))));
  assert.deepEqual(replies.map((reply) => reply.ok && Buffer.from(reply.body)), payloads);
  await nothingIsLeft();
  await other.close();
});

test('answers WORKER_LOST within 3.5 s for what a killed worker had claimed; what was waiting runs elsewhere', async () => {
  const doomed = startProcess('hold', 2);
  await gatewaySees(1);
  const invocations = Array.from({ length: 5 }, () => anInvocation());
  const replies = invocations.map((invocation) => gateway.call(invocation));
  await eventually(() => doomed.seen.length === 2);
  const handler = echoHandler(5);
  const startMs = performance.now();
  doomed.signal('SIGKILL');
  await consume(handler);
  const [first, second, ...others] = await Promise.all(replies);
  const tookMs = performance.now() - startMs;
  assert.partialDeepStrictEqual([first, second], [failed('WORKER_LOST'), failed('WORKER_LOST')]);
  assert.ok(tookMs < 3_500, `took ${tookMs} ms`);
  assert.ok(others.every(({ ok }) => ok));
  assert.deepEqual(handler.seen, invocations.slice(2).map(({ id }) => id));
  await nothingIsLeft();
});

test('a worker that was given up while it was stopped comes back, and its late replies reach nobody', async () => {
  const worker = startProcess('echo', 1);
  await gatewaySees(1);
  assert.equal((await gateway.call(anInvocation())).ok, true);
  worker.signal('SIGSTOP');
  const lost = anInvocation();
  // The stopped worker's blocking read still claims it.
  assert.partialDeepStrictEqual(await gateway.call(lost), failed('WORKER_LOST'));
  await gatewaySees(0);
  worker.signal('SIGCONT');
  await gatewaySees(1);
  const next = anInvocation();
  assert.equal((await gateway.call(next)).ok, true);
  assert.ok(!worker.seen.includes(lost.id), 'it was started after its caller was told that the worker is lost');
  await nothingIsLeft();
});

test('answers QUEUE_LOST at once for what is in flight when Redis is killed, QUEUE_UNAVAILABLE meanwhile, and works again within 2 s of its return', async () => {
  const handler = new TestHandler(1);
  await consume(handler);
  await gatewaySees(1);
  const replies = [gateway.call(anInvocation()), gateway.call(anInvocation())];
  await eventually(() => handler.held.length === 1);
  const startMs = performance.now();
  await redis.kill();
  assert.partialDeepStrictEqual(await Promise.all(replies), [failed('QUEUE_LOST'), failed('QUEUE_LOST')]);
  assert.partialDeepStrictEqual(await gateway.call(anInvocation()), failed('QUEUE_UNAVAILABLE'));
  const tookMs = performance.now() - startMs;
  assert.ok(tookMs < 500, `took ${tookMs} ms`);
  answerByItself(handler);
  await redis.restart();
  const backMs = await msUntilItWorks();
  assert.ok(backMs < 2_000, `took ${backMs} ms`);
  await nothingIsLeft();
});

test('answers QUEUE_LOST within 1 s for what is in flight when Redis loses its data, and works again within 2 s', async () => {
  const handler = new TestHandler(1);
  await consume(handler);
  await gatewaySees(1);
  const replies = [gateway.call(anInvocation()), gateway.call(anInvocation())];
  await eventually(() => handler.held.length === 1);
  const startMs = performance.now();
  await look.flushall();
  assert.partialDeepStrictEqual(await Promise.all(replies), [failed('QUEUE_LOST'), failed('QUEUE_LOST')]);
  const tookMs = performance.now() - startMs;
  assert.ok(tookMs < 1_000, `took ${tookMs} ms`);
  answerByItself(handler);
  const backMs = await msUntilItWorks();
  assert.ok(backMs < 2_000, `took ${backMs} ms`);
  await nothingIsLeft();
});

test('answers QUEUE_LOST within 4 s when Redis hangs, and works again when it goes on', async () => {
  const handler = new TestHandler(1);
  await consume(handler);
  await gatewaySees(1);
  const reply = gateway.call(anInvocation());
  await eventually(() => handler.held.length === 1);
  const startMs = performance.now();
  process.kill(redis.pid, 'SIGSTOP');
  try {
    assert.partialDeepStrictEqual(await reply, failed('QUEUE_LOST'));
    const tookMs = performance.now() - startMs;
    assert.ok(tookMs < 4_000, `took ${tookMs} ms`);
  } finally {
    process.kill(redis.pid, 'SIGCONT');
  }
  answerByItself(handler);
  await msUntilItWorks();
  await nothingIsLeft();
});

test('runs every call exactly once when the connections of workers break again and again', async () => {
  const handler = echoHandler(20);
  await consume(handler);
  await gatewaySees(1);
  const replies: Promise<Reply>[] = [];
  const invocations = Array.from({ length: 3_000 }, () => anInvocation());
  for (const [i, invocation] of invocations.entries()) {
    replies.push(gateway.call(invocation));
    if (i % 300 === 299) await disconnect('bantam-blocking');
  }
  const answered = await Promise.all(replies);
  assert.ok(answered.every(({ ok }) => ok));
  assert.equal(handler.seen.length, 3_000);
  assert.equal(new Set(handler.seen).size, 3_000);
  await nothingIsLeft();
});

test('runs no call twice and leaves nothing behind when connections for commands break', async () => {
  const handler = echoHandler(20);
  await consume(handler);
  await gatewaySees(1);
  const replies: Promise<Reply>[] = [];
  for (let i = 0; i < 1_000; i++) {
    replies.push(gateway.call(anInvocation({ timeoutMs: 1_000 })));
    if (i % 250 === 249) {
      await disconnect('bantam-command');
      await gatewaySees(1);
    }
  }
  await Promise.all(replies);
  assert.equal(new Set(handler.seen).size, handler.seen.length);
  await nothingIsLeft();
});

test('loses no call when workers come and go', async () => {
  await consume(echoHandler(3));
  await gatewaySees(1);
  let leaving = true;
  const load = Promise.all(
    Array.from({ length: 20 }, async () => {
      while (leaving) {
        const reply = await gateway.call(anInvocation());
        assert.ok(reply.ok, JSON.stringify(reply));
      }
    }),
  );
  for (let i = 0; i < 5; i++) {
    await consume(echoHandler(3));
    await consumers.shift()?.close();
  }
  leaving = false;
  await load;
  await nothingIsLeft();
});

test('removes expired calls by itself when no worker reads', async () => {
  await consume(new TestHandler(0));
  await gatewaySees(1);
  assert.partialDeepStrictEqual(await gateway.call(anInvocation({ timeoutMs: 100 })), failed('QUEUE_DEADLINE_EXCEEDED'));
  assert.equal(await look.xlen(stream), 0);
});

test('is not ready and answers QUEUE_UNAVAILABLE at once while Redis was never there', async () => {
  const absent = createRedisProducer({ url: 'redis://127.0.0.1:1', onError: () => {} });
  assert.equal(absent.ready(), false);
  assert.partialDeepStrictEqual(await absent.call(anInvocation()), failed('QUEUE_UNAVAILABLE'));
  const consumer = createRedisConsumer({ url: 'redis://127.0.0.1:1', onError: () => {} });
  await consumer.start(echoHandler(1));
  assert.equal(consumer.ready(), false);
  await consumer.close();
  await absent.close();
});
