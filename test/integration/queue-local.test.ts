/** The queue within one process. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocalQueue } from '../../queue/local.ts';
import { describeQueue } from '../conformance/queue.suite.ts';
import { describeQueueWait } from '../conformance/queue-wait.suite.ts';
import { eventually } from '../support/eventually.ts';
import { anInvocation, failed, TestHandler } from '../support/invocations.ts';

describeQueue('local', () => createLocalQueue());
describeQueueWait('local', () => createLocalQueue());

test('a function with many waiting calls delays another one by no more than its turn', async () => {
  const { producer, consumer } = createLocalQueue();
  const handler = new TestHandler(1);
  await consumer.start(handler);
  const greedy = Array.from({ length: 100 }, () => producer.call(anInvocation({ functionName: 'greedy' })));
  const modest = anInvocation({ functionName: 'modest' });
  const reply = producer.call(modest);
  handler.held[0]?.answer();
  handler.held[0]?.answer();
  assert.equal(handler.held[0]?.invocation.id, modest.id);
  while (handler.held.length > 0) handler.held[0]?.answer();
  assert.equal((await reply).ok, true);
  await Promise.all(greedy);
  await consumer.close();
  await producer.close();
});

test('answers QUEUE_FULL when as many calls are waiting as may', async () => {
  const { producer, consumer } = createLocalQueue({ maxDepth: 1 });
  const handler = new TestHandler(1);
  await consumer.start(handler);
  const replies = [producer.call(anInvocation()), producer.call(anInvocation())];
  assert.partialDeepStrictEqual(await producer.call(anInvocation()), failed('QUEUE_FULL'));
  while (handler.held.length > 0) handler.held[0]?.answer();
  for (const reply of await Promise.all(replies)) assert.equal(reply.ok, true);
  await consumer.close();
  await producer.close();
});

test('an idle queue keeps no timer', async () => {
  const { producer, consumer } = createLocalQueue();
  const handler = new TestHandler(1);
  await consumer.start(handler);
  const reply = producer.call(anInvocation());
  const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const before = timers();
  assert.ok(before > 0);
  handler.held[0]?.answer();
  await reply;
  // The one that `eventually` waits with is counted, too.
  await eventually(() => timers() < before);
  await consumer.close();
  await producer.close();
});
