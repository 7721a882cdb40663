/** What the engine on BullMQ leaves in Redis, and how consumers share it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anAttempt, nameOf, TestAttempts } from '../support/attempts.ts';
import { useBullmqLane } from '../support/bullmq-lane.ts';
import { eventually } from '../support/eventually.ts';

const lane = useBullmqLane();

test('two consumers share the attempts, and each is delivered to one of them', async () => {
  const handlers = [new TestAttempts(4, true), new TestAttempts(4, true)];
  for (const handler of handlers) await lane.consume(handler);
  const attempts = Array.from({ length: 200 }, () => anAttempt());
  await lane.producer.enqueue(attempts);
  await eventually(() => handlers.every(({ held }) => held.length === 4));
  for (const handler of handlers) handler.release();
  await eventually(() => handlers.flatMap(({ seen }) => seen).length === 200);
  assert.deepEqual(handlers.flatMap(({ seen }) => seen).toSorted(), attempts.map(nameOf).toSorted());
});

test('leaves no key of 2,000 finished attempts in Redis, and few events', async () => {
  const handler = new TestAttempts(32, false);
  await lane.consume(handler);
  await lane.producer.enqueue(Array.from({ length: 2_000 }, (_, i) => anAttempt({ delayMs: i % 50 })));
  await eventually(() => handler.seen.length === 2_000, { timeoutMs: 30_000 });
  await eventually(async () => {
    assert.deepEqual(await lane.attemptKeys(), []);
    return true;
  });
  const keys = await lane.look.keys('*');
  assert.ok(keys.length > 0 && keys.length < 10, `keys: ${keys.join(' ')}`);
  const events = await lane.look.xlen('{bantam}:async:events');
  assert.ok(events < 500, `${events} events`);
});

test('all of its keys are in one slot of Redis Cluster', async () => {
  await lane.consume(new TestAttempts(1, true));
  await lane.producer.enqueue([anAttempt(), anAttempt(), anAttempt({ delayMs: 60_000 })]);
  const keys = await lane.look.keys('*');
  assert.ok(keys.length > 3);
  for (const key of keys) assert.match(key, /^\{bantam\}:/);
});
