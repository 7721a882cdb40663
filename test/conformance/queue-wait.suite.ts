/** What every adapter of queue/port.ts tells of the calls that wait. Run by test/integration/queue-*.test.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { anInvocation, TestHandler } from '../support/invocations.ts';
import type { QueueEnds } from './queue.suite.ts';

/** @param create makes a new, empty queue */
export function describeQueueWait(name: string, create: () => QueueEnds): void {
  test(`the ${name} queue tells for how long the oldest call has waited that no worker has taken`, async (t) => {
    const { producer, consumer } = create();
    t.after(async () => {
      await consumer.close();
      await producer.close();
    });
    const handler = new TestHandler(1);
    await consumer.start(handler);
    await eventually(() => producer.ready() && consumer.ready() && producer.load().workers === 1);
    const answerNext = async (): Promise<void> => {
      await eventually(() => handler.held.length === 1);
      handler.held[0]?.answer();
    };

    const running = producer.call(anInvocation());
    await eventually(() => handler.held.length === 1);
    assert.equal(producer.oldestWaitMs(), 0);
    const waiting = producer.call(anInvocation());
    const firstMs = await eventually(() => producer.oldestWaitMs() > 100 && producer.oldestWaitMs());
    const younger = producer.call(anInvocation());
    await eventually(() => producer.oldestWaitMs() > firstMs);
    await answerNext();
    await running;
    await answerNext();
    await waiting;
    await eventually(() => handler.held.length === 1 && producer.oldestWaitMs() === 0);
    await answerNext();
    await younger;
  });
}
