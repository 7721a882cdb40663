/** How asynchronous guests get their turn in a pool that is decided by the test. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Reply } from '../../contracts/invocation.ts';
import { type Guest, PoolShare } from '../../worker/async/share.ts';
import { anAnswer, anInvocation, failed, TestHandler } from '../support/invocations.ts';

interface Parts {
  readonly slots: number;
  /** Of the handler. */
  readonly room: number;
}

function start(t: TestContext, { slots, room }: Parts): { share: PoolShare; handler: TestHandler; told: number[] } {
  const handler = new TestHandler(room);
  const told: number[] = [];
  const share: PoolShare = new PoolShare({ handler, slots, onConcurrency: () => told.push(share.concurrency) });
  t.after(() => share.close());
  return { share, handler, told };
}

function aGuest(timeoutMs = 30_000): Guest {
  const { id, target, payload } = anInvocation();
  return { id, target, payload, timeoutMs };
}

const idsOf = (handler: TestHandler): readonly string[] => handler.held.map(({ invocation }) => invocation.id);
const guests = (count: number): readonly Guest[] => Array.from({ length: count }, () => aGuest());

/** The clock of timers and of performance.now() goes by the test's word. */
function useClock(t: TestContext): (ms: number) => void {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let nowMs = performance.now();
  t.mock.method(performance, 'now', () => nowMs);
  return (ms) => {
    nowMs += ms;
    t.mock.timers.tick(ms);
  };
}

test('no more guests than slots are in the pool, and the next one follows when one is done', async (t) => {
  const { share, handler } = start(t, { slots: 2, room: 10 });
  const all = guests(4);
  const replies = all.map((guest) => share.run(guest));
  assert.deepEqual(idsOf(handler), [all[0]?.id, all[1]?.id]);
  handler.held[0]?.answer(anAnswer(Uint8Array.of(7)));
  assert.deepEqual(idsOf(handler), [all[1]?.id, all[2]?.id]);
  assert.deepEqual(await replies[0], anAnswer(Uint8Array.of(7)));
  while (handler.held.length > 0) handler.held[0]?.answer();
  assert.equal((await Promise.all(replies)).length, 4);
  assert.equal(handler.mostHeld, 2);
});

test('a pool without room gets one guest and no second, until it says that there is room', (t) => {
  const { share, handler } = start(t, { slots: 4, room: 2 });
  // What synchronous callers have in the pool.
  const others = [anInvocation(), anInvocation()];
  for (const invocation of others) handler.run(invocation, () => {});
  for (const guest of guests(3)) void share.run(guest);
  assert.equal(handler.held.length, 3, 'the first, though there is no room');
  handler.held[0]?.answer();
  assert.equal(handler.held.length, 2, 'the room that is missing comes first');
  handler.held[0]?.answer();
  assert.equal(handler.held.length, 2, 'one guest more');
});

test('the time of a guest begins when it starts', async (t) => {
  const { share, handler } = start(t, { slots: 1, room: 1 });
  void share.run(aGuest());
  const second = share.run(aGuest(5_000));
  const earliestMs = Date.now() + 5_000;
  handler.held[0]?.answer();
  const deadlineAtMs = handler.held[0]?.invocation.deadlineAtMs ?? 0;
  assert.ok(deadlineAtMs >= earliestMs && deadlineAtMs <= Date.now() + 5_000, `${deadlineAtMs - earliestMs}`);
  handler.held[0]?.answer();
  await second;
});

test('a waiting guest is stopped without having been started, a running one by the pool', async (t) => {
  const { share, handler } = start(t, { slots: 1, room: 1 });
  const [running, waiting, last] = guests(3);
  assert.ok(running !== undefined && waiting !== undefined && last !== undefined);
  const replies = [running, waiting, last].map((guest) => share.run(guest));
  assert.equal(share.stop(waiting.id), true);
  assert.partialDeepStrictEqual(await replies[1], failed('INVOCATION_CANCELLED'));
  assert.equal(share.stop(running.id), true);
  assert.partialDeepStrictEqual(await replies[0], failed('INVOCATION_CANCELLED'));
  assert.equal(share.stop(running.id), false);
  assert.deepEqual(handler.seen, [running.id, last.id]);
});

test('closing refuses what waits and what comes, and leaves alone what runs', async (t) => {
  const { share, handler } = start(t, { slots: 1, room: 1 });
  const running = share.run(aGuest());
  const waiting = share.run(aGuest());
  share.close();
  assert.partialDeepStrictEqual(await waiting, failed('DRAINING'));
  assert.partialDeepStrictEqual(await share.run(aGuest()), failed('DRAINING'));
  handler.held[0]?.answer();
  assert.equal((await running).ok, true);
});

test('what waits for two seconds without a slot is given back; what waits for the pool only stays', async (t) => {
  const pass = useClock(t);
  const { share, handler, told } = start(t, { slots: 2, room: 1 });
  const replies = new Map<number, Reply>();
  for (const [i, guest] of guests(4).entries()) void share.run(guest).then((reply) => replies.set(i, reply));
  assert.equal(handler.held.length, 1);
  pass(1_000);
  pass(999);
  await Promise.resolve();
  assert.equal(replies.size, 0);
  pass(1_001);
  await Promise.resolve();
  assert.deepEqual([...replies.keys()], [2, 3]);
  assert.partialDeepStrictEqual(replies.get(2), failed('QUEUE_DEADLINE_EXCEEDED'));
  assert.deepEqual(told, [], 'as few as slots were in hand before');
  handler.held[0]?.answer();
  assert.equal(handler.held.length, 1, 'the one that stayed');
});

test('it says so whenever more or fewer attempts are worth having in hand', (t) => {
  const pass = useClock(t);
  const { share, handler, told } = start(t, { slots: 2, room: 1 });
  const runFor = (ms: number): void => {
    void share.run(aGuest());
    pass(ms);
    handler.held[0]?.answer();
  };
  assert.equal(share.concurrency, 2);
  runFor(1);
  runFor(1);
  assert.deepEqual(told, [128]);
  runFor(1_000);
  assert.deepEqual(told, [128, 2]);
});
