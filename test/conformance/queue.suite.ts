/** What every adapter of queue/port.ts must do. Run by test/integration/queue-*.test.ts. */
import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { failure, type Reply } from '../../contracts/invocation.ts';
import type { InvocationConsumer, InvocationHandler, InvocationProducer } from '../../queue/port.ts';
import { eventually } from '../support/eventually.ts';
import { anAnswer, anInvocation, echoHandler, failed, plain, TestHandler } from '../support/invocations.ts';

/** Both ends of one fresh queue, not started. */
export interface QueueEnds {
  readonly producer: InvocationProducer;
  readonly consumer: InvocationConsumer;
}

/** @param create makes a new, empty queue */
export function describeQueue(name: string, create: () => QueueEnds): void {
  describe(`the ${name} queue`, () => {
    let open: QueueEnds | undefined;

    afterEach(async () => {
      await open?.consumer.close();
      await open?.producer.close();
      open = undefined;
    });

    /** A queue with a worker that gateways know of. */
    async function queueWith(handler: InvocationHandler): Promise<QueueEnds> {
      const ends = create();
      open = ends;
      await ends.consumer.start(handler);
      await eventually(() => ends.producer.ready() && ends.consumer.ready() && ends.producer.load().workers === 1);
      return ends;
    }

    test('gives the handler the whole invocation, and the caller the whole answer', async () => {
      const handler = new TestHandler(1);
      const { producer } = await queueWith(handler);
      const invocation = anInvocation();
      const reply = producer.call(invocation);
      const [held] = await eventually(() => handler.held.length > 0 && handler.held);
      assert.deepEqual(plain(held?.invocation), invocation);
      held?.answer();
      assert.deepEqual(plain(await reply), anAnswer());
    });

    test('gives the caller the whole failure', async () => {
      const handler = new TestHandler(1, () => ({
        ...failure('GUEST_TRAPPED', 'unreachable', { trap: 'unreachable', stack: ['fib', 'main'] }),
        timing: { loadUs: 1, runUs: 2 },
      }));
      const { producer } = await queueWith(handler);
      assert.deepEqual(await producer.call(anInvocation()), {
        ok: false,
        code: 'GUEST_TRAPPED',
        detail: 'unreachable',
        extra: { trap: 'unreachable', stack: ['fib', 'main'] },
        timing: { loadUs: 1, runUs: 2 },
      });
    });

    test('answers every one of 2,000 concurrent calls with its own reply, and never hands over more than there is room for', async () => {
      const handler = echoHandler(7);
      const { producer } = await queueWith(handler);
      const payloads = Array.from({ length: 2_000 }, (_, i) => new TextEncoder().encode(`payload ${i}`));
      const replies = await Promise.all(payloads.map((payload, i) => producer.call(anInvocation({ payload, functionName: `f${i % 5}` }))));
      assert.deepEqual(
        replies.map(bodyOf),
        payloads.map((payload) => Buffer.from(payload)),
      );
      assert.equal(handler.mostHeld, 7);
      assert.equal(handler.seen.length, 2_000);
    });

    test('hands over the calls of one function in the order they came', async () => {
      const handler = new TestHandler(1, () => anAnswer());
      const { producer } = await queueWith(handler);
      const invocations = Array.from({ length: 50 }, () => anInvocation());
      await Promise.all(invocations.map((invocation) => producer.call(invocation)));
      assert.deepEqual(
        handler.seen,
        invocations.map(({ id }) => id),
      );
    });

    test('keeps bytes as they are: none, every value, 5 MiB', async () => {
      const { producer } = await queueWith(echoHandler(3));
      const bodies = [new Uint8Array(0), Uint8Array.from({ length: 256 }, (_, i) => i), new Uint8Array(5 * 1_048_576).fill(0xfe)];
      const replies = await Promise.all(bodies.map((payload) => producer.call(anInvocation({ payload }))));
      for (const [i, reply] of replies.entries()) assert.ok(bodyOf(reply).equals(bodies[i] ?? new Uint8Array(1)), `body ${i} differs`);
    });

    test('answers ten concurrent calls with 4 MiB each way', async () => {
      const { producer } = await queueWith(echoHandler(10));
      const payloads = Array.from({ length: 10 }, (_, i) => new Uint8Array(4 * 1_048_576).fill(i));
      const replies = await Promise.all(payloads.map((payload) => producer.call(anInvocation({ payload }))));
      for (const [i, reply] of replies.entries()) assert.ok(bodyOf(reply).equals(payloads[i] ?? new Uint8Array(1)), `body ${i} differs`);
    });

    test('counts what is enqueued and not replied to', async () => {
      const handler = new TestHandler(2);
      const { producer } = await queueWith(handler);
      const replies = Array.from({ length: 5 }, () => producer.call(anInvocation()));
      await eventually(() => producer.load().queueDepth === 5);
      while (handler.seen.length < 5) {
        await eventually(() => handler.held.length > 0);
        handler.held[0]?.answer();
      }
      for (const held of handler.held.slice()) held.answer();
      await Promise.all(replies);
      await eventually(() => producer.load().queueDepth === 0);
    });

    test('answers QUEUE_DEADLINE_EXCEEDED at the deadline of a call that is waiting, and never runs it', async () => {
      const handler = new TestHandler(1);
      const { producer } = await queueWith(handler);
      const running = producer.call(anInvocation());
      await eventually(() => handler.held.length === 1);
      const startMs = performance.now();
      const waiting = anInvocation({ timeoutMs: 200 });
      assert.partialDeepStrictEqual(await producer.call(waiting), failed('QUEUE_DEADLINE_EXCEEDED'));
      const tookMs = performance.now() - startMs;
      assert.ok(tookMs >= 195 && tookMs < 600, `took ${tookMs} ms`);
      handler.held[0]?.answer();
      await running;
      await expectIdle(producer, handler);
      assert.ok(!handler.seen.includes(waiting.id));
    });

    test('answers ANSWER_OVERDUE a second after the deadline when the worker stays silent', async () => {
      const handler = new TestHandler(1);
      const { producer } = await queueWith(handler);
      const startMs = performance.now();
      assert.partialDeepStrictEqual(await producer.call(anInvocation({ timeoutMs: 100 })), failed('ANSWER_OVERDUE'));
      const tookMs = performance.now() - startMs;
      assert.ok(tookMs >= 1_095 && tookMs < 1_500, `took ${tookMs} ms`);
      handler.held[0]?.answer();
    });

    test('takes a call whose caller hung up while it was waiting out of the queue', async () => {
      const handler = new TestHandler(1);
      const { producer } = await queueWith(handler);
      const running = producer.call(anInvocation());
      await eventually(() => handler.held.length === 1);
      const caller = new AbortController();
      const waiting = anInvocation();
      const reply = producer.call(waiting, caller.signal);
      await eventually(() => producer.load().queueDepth === 2);
      caller.abort();
      assert.equal((await reply).ok, false);
      handler.held[0]?.answer();
      await running;
      await expectIdle(producer, handler);
      assert.ok(!handler.seen.includes(waiting.id));
    });

    test('does not enqueue a call whose caller hung up before, or in the same tick', async () => {
      const handler = new TestHandler(0);
      const { producer } = await queueWith(handler);
      assert.equal((await producer.call(anInvocation(), AbortSignal.abort())).ok, false);
      const caller = new AbortController();
      const reply = producer.call(anInvocation(), caller.signal);
      caller.abort();
      assert.equal((await reply).ok, false);
      await eventually(() => producer.load().queueDepth === 0);
    });

    test('takes a call whose caller hung up back from the handler when it was not started', async () => {
      const handler = new TestHandler(1);
      handler.starts = false;
      const { producer } = await queueWith(handler);
      const caller = new AbortController();
      const reply = producer.call(anInvocation(), caller.signal);
      await eventually(() => handler.held.length === 1);
      caller.abort();
      assert.equal((await reply).ok, false);
      assert.equal(handler.held.length, 0);
      await eventually(() => producer.load().queueDepth === 0);
    });

    test('lets a started call go on when its caller hangs up, and gives its reply', async () => {
      const handler = new TestHandler(1);
      const { producer } = await queueWith(handler);
      const caller = new AbortController();
      const reply = producer.call(anInvocation(), caller.signal);
      await eventually(() => handler.held.length === 1);
      caller.abort();
      handler.held[0]?.answer();
      assert.equal((await reply).ok, true);
    });

    test('answers NO_WORKER at once when there is no worker', async () => {
      const ends = create();
      open = ends;
      await eventually(() => ends.producer.ready());
      assert.equal(ends.producer.load().workers, 0);
      assert.partialDeepStrictEqual(await ends.producer.call(anInvocation()), failed('NO_WORKER'));
    });

    test('gives the replies in flight when the producer closes, and answers DRAINING to later calls', async () => {
      const handler = new TestHandler(1);
      const { producer } = await queueWith(handler);
      const reply = producer.call(anInvocation());
      await eventually(() => handler.held.length === 1);
      const closed = producer.close();
      assert.equal(producer.ready(), false);
      assert.partialDeepStrictEqual(await producer.call(anInvocation()), failed('DRAINING'));
      handler.held[0]?.answer();
      assert.equal((await reply).ok, true);
      await closed;
    });

    test('delivers the replies of what was taken when the consumer closes, and takes nothing more', async () => {
      const handler = new TestHandler(1);
      const { producer, consumer } = await queueWith(handler);
      const reply = producer.call(anInvocation());
      await eventually(() => handler.held.length === 1);
      const waiting = producer.call(anInvocation({ timeoutMs: 300 }));
      const closed = consumer.close();
      assert.equal(consumer.ready(), false);
      handler.held[0]?.answer();
      await closed;
      assert.equal((await reply).ok, true);
      assert.equal((await waiting).ok, false);
      assert.equal(handler.seen.length, 1);
      await eventually(() => producer.load().workers === 0);
    });

    test('closes an idle consumer within 200 ms', async () => {
      const { consumer } = await queueWith(echoHandler(1));
      const startMs = performance.now();
      await consumer.close();
      assert.ok(performance.now() - startMs < 200, `took ${performance.now() - startMs} ms`);
    });
  });
}

/** One more call goes through, and nothing else is left: what should have gone did go. */
async function expectIdle(producer: InvocationProducer, handler: TestHandler): Promise<void> {
  const reply = producer.call(anInvocation());
  await eventually(() => handler.held.length === 1);
  handler.held[0]?.answer();
  assert.equal((await reply).ok, true);
  await eventually(() => producer.load().queueDepth === 0);
}

function bodyOf(reply: Reply): Buffer {
  if (!reply.ok) assert.fail(`${reply.code}: ${reply.detail}`);
  return Buffer.from(reply.body);
}
