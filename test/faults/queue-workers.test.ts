/** What the queue on Redis does when workers and their connections fail. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Reply } from '../../contracts/invocation.ts';
import { laneKeys } from '../../queue/redis/keys.ts';
import { createRedisProducer } from '../../queue/redis/producer.ts';
import { eventually } from '../support/eventually.ts';
import { anInvocation, echoHandler, failed, TestHandler } from '../support/invocations.ts';
import { useRedisLane } from '../support/redis-lane.ts';

const lane = useRedisLane();

test('two gateways get their own replies from two workers', async () => {
  await lane.consume(echoHandler(5));
  await lane.consume(echoHandler(5));
  const other = createRedisProducer({ url: lane.redis.url, onError: () => {} });
  await lane.gatewaySees(2);
  await eventually(() => other.ready() && other.load().workers === 2);
  const payloads = Array.from({ length: 300 }, (_, i) => Buffer.from(`payload ${i}`));
  const replies = await Promise.all(payloads.map((payload, i) => (i % 2 === 0 ? lane.gateway : other).call(anInvocation({ payload }))));
  assert.deepEqual(
    replies.map((reply) => reply.ok && Buffer.from(reply.body)),
    payloads,
  );
  await lane.nothingIsLeft();
  await other.close();
});

test('answers WORKER_LOST within 3.5 s for what a killed worker had claimed; what was waiting runs elsewhere', async () => {
  const doomed = lane.startProcess('hold', 2);
  await lane.gatewaySees(1);
  const invocations = Array.from({ length: 5 }, () => anInvocation());
  const replies = invocations.map((invocation) => lane.gateway.call(invocation));
  await eventually(() => doomed.seen.length === 2);
  const handler = echoHandler(5);
  const startMs = performance.now();
  doomed.signal('SIGKILL');
  await lane.consume(handler);
  const [first, second, ...others] = await Promise.all(replies);
  const tookMs = performance.now() - startMs;
  assert.partialDeepStrictEqual([first, second], [failed('WORKER_LOST'), failed('WORKER_LOST')]);
  assert.ok(tookMs < 3_500, `took ${tookMs} ms`);
  assert.ok(others.every(({ ok }) => ok));
  assert.deepEqual(
    handler.seen,
    invocations.slice(2).map(({ id }) => id),
  );
  await lane.nothingIsLeft();
});

test('a worker that was given up while it was stopped comes back, and its late replies reach nobody', async () => {
  const worker = lane.startProcess('echo', 1);
  await lane.gatewaySees(1);
  assert.equal((await lane.gateway.call(anInvocation())).ok, true);
  worker.signal('SIGSTOP');
  const lost = anInvocation();
  // The stopped worker's blocking read still claims it.
  assert.partialDeepStrictEqual(await lane.gateway.call(lost), failed('WORKER_LOST'));
  await lane.gatewaySees(0);
  worker.signal('SIGCONT');
  await lane.gatewaySees(1);
  const next = anInvocation();
  assert.equal((await lane.gateway.call(next)).ok, true);
  assert.ok(!worker.seen.includes(lost.id), 'it was started after its caller was told that the worker is lost');
  await lane.nothingIsLeft();
});

test('runs every call exactly once when the connections of workers break again and again', async () => {
  const handler = echoHandler(20);
  await lane.consume(handler);
  await lane.gatewaySees(1);
  const replies: Promise<Reply>[] = [];
  const invocations = Array.from({ length: 3_000 }, () => anInvocation());
  for (const [i, invocation] of invocations.entries()) {
    replies.push(lane.gateway.call(invocation));
    if (i % 300 === 299) await lane.disconnect('bantam-blocking');
  }
  const answered = await Promise.all(replies);
  assert.ok(answered.every(({ ok }) => ok));
  assert.equal(handler.seen.length, 3_000);
  assert.equal(new Set(handler.seen).size, 3_000);
  await lane.nothingIsLeft();
});

test('loses no call when workers come and go', async () => {
  await lane.consume(echoHandler(3));
  await lane.gatewaySees(1);
  const enough = new AbortController();
  const load = Promise.all(
    Array.from({ length: 20 }, async () => {
      while (!enough.signal.aborted) assert.partialDeepStrictEqual(await lane.gateway.call(anInvocation()), { ok: true });
    }),
  );
  for (let i = 0; i < 5; i++) {
    await lane.consume(echoHandler(3));
    await lane.closeOldest();
  }
  enough.abort();
  await load;
  await lane.nothingIsLeft();
});

test('removes expired calls by itself when no worker reads', async () => {
  await lane.consume(new TestHandler(0));
  await lane.gatewaySees(1);
  assert.partialDeepStrictEqual(await lane.gateway.call(anInvocation({ timeoutMs: 100 })), failed('QUEUE_DEADLINE_EXCEEDED'));
  assert.equal(await lane.look.xlen(laneKeys('s0').stream), 0);
});
