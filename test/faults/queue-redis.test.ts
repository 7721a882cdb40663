/** What the queue on Redis does when connections and Redis itself fail. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Reply } from '../../contracts/invocation.ts';
import { createRedisConsumer } from '../../queue/redis/consumer.ts';
import { createRedisProducer } from '../../queue/redis/producer.ts';
import { anInvocation, echoHandler, failed, TestHandler } from '../support/invocations.ts';
import { eventually } from '../support/eventually.ts';
import { useRedisLane } from '../support/redis-lane.ts';

const lane = useRedisLane();

/** From now on the handler answers at once what it holds and what it gets. */
function answerByItself(handler: TestHandler): void {
  const run = handler.run.bind(handler);
  handler.run = (invocation, done) => {
    run(invocation, done);
    setImmediate(() => handler.held[0]?.answer());
  };
  handler.held[0]?.answer();
}

test('answers QUEUE_LOST at once for what is in flight when Redis is killed, QUEUE_UNAVAILABLE meanwhile, and works again within 2 s of its return', async () => {
  const handler = new TestHandler(1);
  await lane.consume(handler);
  await lane.gatewaySees(1);
  const replies = [lane.gateway.call(anInvocation()), lane.gateway.call(anInvocation())];
  await eventually(() => handler.held.length === 1);
  const startMs = performance.now();
  await lane.redis.kill();
  assert.partialDeepStrictEqual(await Promise.all(replies), [failed('QUEUE_LOST'), failed('QUEUE_LOST')]);
  assert.partialDeepStrictEqual(await lane.gateway.call(anInvocation()), failed('QUEUE_UNAVAILABLE'));
  const tookMs = performance.now() - startMs;
  assert.ok(tookMs < 500, `took ${tookMs} ms`);
  answerByItself(handler);
  await lane.redis.restart();
  const backMs = await lane.msUntilItWorks();
  assert.ok(backMs < 2_000, `took ${backMs} ms`);
  await lane.nothingIsLeft();
});

test('answers QUEUE_LOST within 1 s for what is in flight when Redis loses its data, and works again within 2 s', async () => {
  const handler = new TestHandler(1);
  await lane.consume(handler);
  await lane.gatewaySees(1);
  const replies = [lane.gateway.call(anInvocation()), lane.gateway.call(anInvocation())];
  await eventually(() => handler.held.length === 1);
  const startMs = performance.now();
  await lane.look.flushall();
  assert.partialDeepStrictEqual(await Promise.all(replies), [failed('QUEUE_LOST'), failed('QUEUE_LOST')]);
  const tookMs = performance.now() - startMs;
  assert.ok(tookMs < 1_000, `took ${tookMs} ms`);
  answerByItself(handler);
  const backMs = await lane.msUntilItWorks();
  assert.ok(backMs < 2_000, `took ${backMs} ms`);
  await lane.nothingIsLeft();
});

test('answers QUEUE_LOST within 4 s when Redis hangs, and works again when it goes on', async () => {
  const handler = new TestHandler(1);
  await lane.consume(handler);
  await lane.gatewaySees(1);
  const reply = lane.gateway.call(anInvocation());
  await eventually(() => handler.held.length === 1);
  const startMs = performance.now();
  process.kill(lane.redis.pid, 'SIGSTOP');
  try {
    assert.partialDeepStrictEqual(await reply, failed('QUEUE_LOST'));
    const tookMs = performance.now() - startMs;
    assert.ok(tookMs < 4_000, `took ${tookMs} ms`);
  } finally {
    process.kill(lane.redis.pid, 'SIGCONT');
  }
  answerByItself(handler);
  await lane.msUntilItWorks();
  await lane.nothingIsLeft();
});

test('runs no call twice and leaves nothing behind when connections for commands break', async () => {
  const handler = echoHandler(20);
  await lane.consume(handler);
  await lane.gatewaySees(1);
  const replies: Promise<Reply>[] = [];
  for (let i = 0; i < 1_000; i++) {
    replies.push(lane.gateway.call(anInvocation({ timeoutMs: 1_000 })));
    if (i % 250 === 249) {
      await lane.disconnect('bantam-command');
      await lane.gatewaySees(1);
    }
  }
  await Promise.all(replies);
  assert.equal(new Set(handler.seen).size, handler.seen.length);
  await lane.nothingIsLeft();
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
