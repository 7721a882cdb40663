/** What the engine on BullMQ does when Redis, its data, connections and workers are lost. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { createBullmqConsumer, createBullmqProducer } from '../../queue/async/bullmq.ts';
import { anAttempt, nameOf, TestAttempts } from '../support/attempts.ts';
import { useBullmqLane } from '../support/bullmq-lane.ts';
import { eventually } from '../support/eventually.ts';

const lane = useBullmqLane();

/** Enqueues until that is accepted. */
async function enqueueAtLast(): Promise<string> {
  const attempt = anAttempt();
  await eventually(async () => {
    await lane.producer.enqueue([attempt]);
    return true;
  });
  return nameOf(attempt);
}

/** Fails when it does not reject in 3 s. */
async function rejectsSoon(promise: Promise<unknown>): Promise<void> {
  const startMs = performance.now();
  await assert.rejects(promise, Error);
  const tookMs = performance.now() - startMs;
  assert.ok(tookMs < 3_000, `took ${tookMs} ms`);
}

test('refuses attempts while Redis is away, and delivers again when it has come back empty', async () => {
  const handler = new TestAttempts(1, true);
  const consumer = await lane.consume(handler);
  const running = anAttempt();
  const lost = [anAttempt(), anAttempt({ delayMs: 60_000 })];
  await lane.producer.enqueue([running, ...lost]);
  await eventually(() => handler.held.length === 1);
  for (let round = 0; round < 3; round++) {
    await lane.redis.kill();
    await eventually(() => !lane.producer.ready() && !consumer.ready());
    await rejectsSoon(lane.producer.enqueue([anAttempt()]));
    await rejectsSoon(lane.producer.missing([running]));
    if (round === 0) handler.held[0]?.end();
    await lane.redis.restart();
    const name = await enqueueAtLast();
    await eventually(() => handler.seen.includes(name));
    assert.deepEqual(await lane.producer.missing(lost), lost);
    while (handler.held.length > 0) handler.held[0]?.end();
  }
});

test('rejects what is on its way when Redis is killed', async () => {
  const batches = Array.from({ length: 20 }, () => lane.producer.enqueue(Array.from({ length: 500 }, () => anAttempt())));
  const killed = lane.redis.kill();
  const outcomes = await Promise.allSettled(batches);
  await killed;
  assert.ok(outcomes.some(({ status }) => status === 'rejected'));
});

test('delivers again after Redis lost its data, whatever was waiting, delayed or being made then', async () => {
  const handler = new TestAttempts(2, true);
  await lane.consume(handler);
  const attempts = [anAttempt(), anAttempt(), anAttempt(), anAttempt({ delayMs: 60_000 })];
  await lane.producer.enqueue(attempts);
  await eventually(() => handler.held.length === 2);
  await lane.look.flushall();
  assert.deepEqual(await lane.producer.missing(attempts), attempts);
  handler.release();
  const lost = attempts.slice(2).map(({ id }) => anAttempt({ id }));
  await lane.producer.enqueue(lost);
  await eventually(() => handler.seen.length === 4);
  assert.deepEqual(handler.seen.slice(2), lost.map(nameOf));
  assert.deepEqual(lane.errors, []);
});

test('delivers again after Redis lost its data while nothing was there to do', async () => {
  const handler = new TestAttempts(2, false);
  await lane.consume(handler);
  await lane.producer.enqueue([anAttempt()]);
  await eventually(() => handler.seen.length === 1);
  await lane.look.flushall();
  await lane.producer.enqueue([anAttempt()]);
  await eventually(() => handler.seen.length === 2);
});

test('refuses attempts within 3 s while Redis hangs, and delivers again when it goes on', async () => {
  const handler = new TestAttempts(2, false);
  await lane.consume(handler);
  process.kill(lane.redis.pid, 'SIGSTOP');
  try {
    await Promise.all([rejectsSoon(lane.producer.enqueue([anAttempt()])), rejectsSoon(lane.producer.missing([anAttempt()]))]);
  } finally {
    process.kill(lane.redis.pid, 'SIGCONT');
  }
  const name = await enqueueAtLast();
  await eventually(() => handler.seen.includes(name));
});

test('delivers on when the connections of producer and consumers break', async () => {
  const handler = new TestAttempts(4, false);
  await lane.consume(handler);
  const attempts = Array.from({ length: 200 }, () => anAttempt());
  for (const [i, attempt] of attempts.entries()) {
    if (i % 50 === 25) await lane.look.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await eventually(async () => {
      await lane.producer.enqueue([attempt]);
      return true;
    });
  }
  // What was taken when the connection broke is delivered again when its lock has run out.
  await eventually(() => attempts.every((attempt) => handler.seenAtMs.has(nameOf(attempt))), { timeoutMs: 20_000 });
  await eventually(async () => (await lane.attemptKeys()).length === 0, { timeoutMs: 20_000 });
});

test('delivers again what a killed worker had taken, and keeps nothing of it', async () => {
  const program = join(import.meta.dirname, '../fixtures/async-engine-worker.ts');
  const worker = spawn(process.execPath, [program, lane.redis.url], { stdio: ['ignore', 'pipe', 'inherit'] });
  const taken: string[] = [];
  worker.stdout.setEncoding('utf8').on('data', (lines: string) => taken.push(...lines.trimEnd().split('\n')));
  const attempts = [anAttempt(), anAttempt()];
  try {
    await lane.producer.enqueue(attempts);
    await eventually(() => taken.length === 2);
  } finally {
    worker.kill('SIGKILL');
  }
  assert.deepEqual(await lane.producer.missing(attempts), []);
  const next = attempts.map(({ id }) => anAttempt({ id, attempt: 1 }));
  assert.deepEqual(await lane.producer.missing(next), next);
  const handler = new TestAttempts(4, false);
  await lane.consume(handler);
  await eventually(() => handler.seen.length === 2, { timeoutMs: 20_000 });
  assert.deepEqual(handler.seen.toSorted(), attempts.map(nameOf).toSorted());
  await eventually(async () => (await lane.attemptKeys()).length === 0);
});

test('asks with a pause while Redis refuses commands, says so, and delivers when it takes them again', async () => {
  const handler = new TestAttempts(1, true);
  await lane.consume(handler);
  await lane.producer.enqueue([anAttempt(), anAttempt()]);
  await eventually(() => handler.held.length === 1);
  await lane.look.config('SET', 'min-replicas-to-write', '1');
  try {
    handler.release();
    await eventually(() => lane.errors.length >= 4, { intervalMs: 100 });
    assert.ok(lane.errors.length < 20, `${lane.errors.length} errors`);
    for (const { message } of lane.errors) assert.match(message, /NOREPLICAS/);
    await rejectsSoon(lane.producer.enqueue([anAttempt()]));
  } finally {
    await lane.look.config('SET', 'min-replicas-to-write', '0');
  }
  const name = await enqueueAtLast();
  await eventually(() => handler.seen.includes(name), { timeoutMs: 10_000 });
});

test('a consumer closes while Redis is away, and waits for what it took', async () => {
  const handler = new TestAttempts(2, true);
  const consumer = await lane.consume(handler);
  await lane.producer.enqueue([anAttempt()]);
  await eventually(() => handler.held.length === 1);
  await lane.redis.kill();
  await eventually(() => !consumer.ready());
  let closed = false;
  const closing = consumer.close().then(() => {
    closed = true;
  });
  await rejectsSoon(lane.producer.enqueue([anAttempt()]));
  assert.equal(closed, false);
  handler.release();
  await closing;
});

test('a consumer that is closing closes although Redis is killed meanwhile', async () => {
  const handler = new TestAttempts(2, true);
  const consumer = await lane.consume(handler);
  await lane.producer.enqueue([anAttempt()]);
  await eventually(() => handler.held.length === 1);
  const closing = consumer.close();
  await lane.redis.kill();
  handler.release();
  await closing;
});

test('is not ready, refuses at once and closes when Redis was never there', async () => {
  const options = { url: 'redis://127.0.0.1:1', onError: () => {} };
  const producer = createBullmqProducer(options);
  assert.equal(producer.ready(), false);
  await rejectsSoon(producer.enqueue([anAttempt()]));
  const consumer = createBullmqConsumer(options);
  await consumer.start(new TestAttempts(1, false));
  assert.equal(consumer.ready(), false);
  await consumer.close();
  await producer.close();
});
