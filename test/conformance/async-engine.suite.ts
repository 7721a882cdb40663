/** What every adapter of queue/async/port.ts must do. Run by test/integration/async-engine-*.test.ts. */
import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import type { AsyncConsumer, AsyncProducer } from '../../queue/async/port.ts';
import { anAttempt, nameOf, TestAttempts } from '../support/attempts.ts';
import { eventually } from '../support/eventually.ts';

export interface EngineEnds {
  readonly producer: AsyncProducer;
  /** A consumer that is not started; asked again when the one before is closed. */
  consumer(): AsyncConsumer;
}

/** @param create makes both ends of an empty engine */
export function describeEngine(name: string, create: () => EngineEnds | Promise<EngineEnds>): void {
  describe(`the ${name} engine`, () => {
    let ends: EngineEnds | undefined;
    const consumers: AsyncConsumer[] = [];
    const handlers: TestAttempts[] = [];

    afterEach(async () => {
      for (const handler of handlers.splice(0)) handler.release();
      await Promise.all(consumers.splice(0).map((consumer) => consumer.close()));
      await ends?.producer.close();
      ends = undefined;
    });

    async function open(): Promise<AsyncProducer> {
      ends = await create();
      const { producer } = ends;
      await eventually(() => producer.ready());
      return producer;
    }

    async function consume(
      concurrency: number,
      { holds }: { holds: boolean },
    ): Promise<{ handler: TestAttempts; consumer: AsyncConsumer }> {
      const handler = new TestAttempts(concurrency, holds);
      const consumer = ends?.consumer();
      assert.ok(consumer !== undefined);
      await consumer.start(handler);
      handlers.push(handler);
      consumers.push(consumer);
      await eventually(() => consumer.ready());
      return { handler, consumer };
    }

    test('delivers an attempt once however often it is enqueued, before it is delivered and while it is being made', async () => {
      const producer = await open();
      const attempt = anAttempt();
      const last = anAttempt();
      await producer.enqueue([attempt, attempt]);
      await producer.enqueue([attempt]);
      const { handler } = await consume(5, { holds: true });
      await eventually(() => handler.held.length === 1);
      await producer.enqueue([attempt]);
      await producer.enqueue([last]);
      await eventually(() => handler.seen.includes(nameOf(last)));
      assert.deepEqual(handler.seen, [nameOf(attempt), nameOf(last)]);
    });

    test('delivers an attempt again that is enqueued again after it was made', async () => {
      const producer = await open();
      const { handler } = await consume(1, { holds: false });
      const attempt = anAttempt();
      await producer.enqueue([attempt]);
      await eventually(async () => (await producer.missing([attempt])).length === 1);
      await producer.enqueue([attempt]);
      await eventually(() => handler.seen.length === 2);
      assert.deepEqual(handler.seen, [nameOf(attempt), nameOf(attempt)]);
    });

    test('takes the next attempt of an invocation for another one, also while the one before is being made', async () => {
      const producer = await open();
      const { handler } = await consume(2, { holds: true });
      const first = anAttempt();
      const second = { ...first, attempt: 1 };
      await producer.enqueue([first]);
      await eventually(() => handler.held.length === 1);
      assert.deepEqual(await producer.missing([first, second]), [second]);
      await producer.enqueue([second]);
      await eventually(() => handler.held.length === 2);
      assert.deepEqual(handler.seen, [nameOf(first), nameOf(second)]);
    });

    test('delivers nothing before it is due, and what is due meanwhile at once', async () => {
      const producer = await open();
      const { handler } = await consume(5, { holds: false });
      const late = anAttempt({ delayMs: 600 });
      const soon = anAttempt({ delayMs: 150.5 });
      const now = anAttempt();
      const sentAtMs = Date.now();
      await producer.enqueue([late, soon]);
      await producer.enqueue([now]);
      await eventually(() => handler.seen.length === 3);
      assert.deepEqual(handler.seen, [now, soon, late].map(nameOf));
      for (const attempt of [late, soon]) {
        const tookMs = (handler.seenAtMs.get(nameOf(attempt)) ?? 0) - sentAtMs;
        assert.ok(tookMs >= Math.floor(attempt.delayMs), `delivered after ${tookMs} ms instead of ${attempt.delayMs}`);
      }
    });

    test('delivers what became due while nobody took any', async () => {
      const producer = await open();
      const first = await consume(1, { holds: false });
      await first.consumer.close();
      const attempts = [anAttempt({ delayMs: 20 }), anAttempt(), anAttempt({ delayMs: 10 })];
      await producer.enqueue(attempts);
      const { handler } = await consume(1, { holds: false });
      await eventually(() => handler.seen.length === 3);
      assert.deepEqual(handler.seen.toSorted(), attempts.map(nameOf).toSorted());
      assert.deepEqual(first.handler.seen, []);
    });

    test('delivers no more at once than the handler says, and more as soon as it says more', async () => {
      const producer = await open();
      const { handler } = await consume(2, { holds: true });
      await producer.enqueue(Array.from({ length: 12 }, () => anAttempt()));
      await eventually(() => handler.held.length === 2);
      handler.change(5);
      await eventually(() => handler.held.length === 5);
      handler.held[0]?.end();
      await eventually(() => handler.seen.length === 6);
      assert.equal(handler.mostHeld, 5);
      handler.change(1);
      while (handler.held.length > 0) handler.held[0]?.end();
      await eventually(() => handler.held.length === 1);
      handler.mostHeld = 0;
      handler.release();
      await eventually(() => handler.seen.length === 12);
      assert.equal(handler.mostHeld, 1);
    });

    test('misses what was never enqueued and what has been made, and neither what waits, nor what is not due, nor what is being made', async () => {
      const producer = await open();
      const { handler } = await consume(1, { holds: true });
      const [made, running, waiting, unknown] = [anAttempt(), anAttempt(), anAttempt(), anAttempt()];
      const delayed = anAttempt({ delayMs: 60_000 });
      await producer.enqueue([made, delayed]);
      await eventually(() => handler.held.length === 1);
      handler.held[0]?.end();
      await producer.enqueue([running]);
      await eventually(() => handler.held[0]?.name === nameOf(running));
      await producer.enqueue([waiting]);
      await eventually(async () => {
        assert.deepEqual(await producer.missing([unknown, delayed, made, running, waiting]), [unknown, made]);
        return true;
      });
      assert.deepEqual(await producer.missing([]), []);
    });

    test('delivers every one of 2,000 attempts, once', async () => {
      const producer = await open();
      const { handler } = await consume(16, { holds: false });
      const attempts = Array.from({ length: 2_000 }, (_, i) => anAttempt({ attempt: i % 3 }));
      await Promise.all([producer.enqueue(attempts.slice(0, 1_000)), producer.enqueue(attempts.slice(1_000))]);
      await eventually(() => handler.seen.length === 2_000, { timeoutMs: 30_000 });
      await eventually(async () => (await producer.missing(attempts)).length === 2_000);
      assert.deepEqual(handler.seen.toSorted(), attempts.map(nameOf).toSorted());
      assert.ok(handler.mostHeld > 1 && handler.mostHeld <= 16, `${handler.mostHeld} at once`);
    });

    test('waits for what was taken when a consumer closes, leaves the rest, and goes on with the next one', async () => {
      const producer = await open();
      const { handler, consumer } = await consume(2, { holds: true });
      const attempts = Array.from({ length: 6 }, () => anAttempt());
      await producer.enqueue(attempts);
      await eventually(() => handler.held.length === 2);
      let closed = false;
      const closing = consumer.close().then(() => {
        closed = true;
      });
      assert.equal(consumer.ready(), false);
      handler.held[0]?.end();
      // What would be delivered now would be there as soon as the engine has answered twice.
      for (let i = 0; i < 2; i++) await producer.missing(attempts);
      assert.equal(closed, false);
      assert.equal(handler.seen.length, 2);
      handler.held[0]?.end();
      await closing;
      const next = await consume(2, { holds: false });
      await eventually(() => next.handler.seen.length === 4);
      assert.deepEqual([...handler.seen, ...next.handler.seen].toSorted(), attempts.map(nameOf).toSorted());
    });

    test('refuses attempts when the producer is closed', async () => {
      const producer = await open();
      await producer.close();
      assert.equal(producer.ready(), false);
      await assert.rejects(producer.enqueue([anAttempt()]), Error);
    });
  });
}
