/** The pool with real executor processes: batches, take-back, deadlines, memory, cancelling, closing, executors that fail. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { test, type TestContext } from 'node:test';
import { counter, increment, maybeEndless } from '../fixtures/fault-guests.ts';
import { eventually } from '../support/eventually.ts';
import { fromWat } from '../support/modules.ts';
import { artifactOf, outcome, TestPool, type TestPoolOptions } from '../support/pool.ts';
import { readProcess } from '../support/processes.ts';

async function start(t: TestContext, options: TestPoolOptions = {}): Promise<TestPool> {
  const pool = await TestPool.start(options);
  t.after(() => pool.pool.close());
  return pool;
}

/** Waits until the pool is warm: all its executors up, the spare included. */
async function warm(pool: TestPool, idle: number): Promise<void> {
  await eventually(() => pool.pool.census().idle === idle);
}

const range = (length: number): number[] => Array.from({ length }, (_, i) => i);

test('keeps one warm executor beyond its size', async (t) => {
  const pool = await start(t, { size: 2 });
  await warm(pool, 3);
  assert.equal(pool.executors.length, 3);
});

test('answers every call of a batch with its own result, in few batches', async (t) => {
  const pool = await start(t);
  const artifact = artifactOf('increment', await increment());
  for (const n of range(20)) assert.equal(outcome(await pool.call(artifact, n)), n + 1);
  const replies = await Promise.all(range(500).map((n) => pool.call(artifact, n)));
  assert.deepEqual(
    replies.map(outcome),
    range(500).map((n) => n + 1),
  );
  assert.ok([...pool.replies.values()].every((count) => count === 1));
  assert.ok(pool.batches < 300, `${pool.batches} batches`);
});

test('what waits behind a slow call runs elsewhere while that goes on', async (t) => {
  const pool = await start(t, { longCallMs: 20 });
  const artifact = artifactOf('maybe', await maybeEndless());
  for (let i = 0; i < 30; i++) assert.equal(outcome(await pool.call(artifact, 0)), 0);
  let endlessRuns = true;
  const replies = range(60).map((i) => pool.call(artifact, i === 3 ? 1 : 0, { timeoutMs: i === 3 ? 3_000 : 30_000 }));
  const endless = replies[3]?.finally(() => (endlessRuns = false));
  const others = await Promise.all(replies.filter((_, i) => i !== 3));
  assert.ok(endlessRuns);
  assert.deepEqual(new Set(others.map(outcome)), new Set([0]));
  assert.equal(outcome((await endless) ?? assert.fail()), 'GUEST_DEADLINE_EXCEEDED');
});

test('a guest is stopped at its deadline, within 250 ms, and its process is gone', async (t) => {
  const pool = await start(t);
  await warm(pool, 2);
  const artifact = artifactOf('maybe', await maybeEndless());
  const startMs = performance.now();
  const reply = await pool.call(artifact, 1, { timeoutMs: 300 });
  const tookMs = performance.now() - startMs;
  assert.equal(outcome(reply), 'GUEST_DEADLINE_EXCEEDED');
  assert.ok(tookMs >= 299 && tookMs < 550, `took ${tookMs} ms`);
  assert.deepEqual(
    pool.events.filter((event) => event !== 'boot'),
    ['deadline'],
  );
  const stopped = pool.executors.find(({ state }) => state === 'dying' || state === 'gone');
  await eventually(() => stopped !== undefined && readProcess(stopped.pid) === undefined);
  await warm(pool, 2);
});

test('a call whose deadline passes before an executor is free is never started', async (t) => {
  const pool = await start(t, { max: 1 });
  await warm(pool, 2);
  const slow = artifactOf('maybe', await maybeEndless());
  const counting = artifactOf('counter', await counter());
  const running = pool.call(slow, 1, { timeoutMs: 500 });
  assert.equal(outcome(await pool.call(counting, 0, { timeoutMs: 100, reuse: true })), 'QUEUE_DEADLINE_EXCEEDED');
  assert.equal(outcome(await running), 'GUEST_DEADLINE_EXCEEDED');
  assert.equal(outcome(await pool.call(counting, 0, { reuse: true })), 1);
});

test('a guest whose process holds more memory than it may is stopped', async (t) => {
  const pool = await start(t);
  // 640 MiB touched, and the pool told that the guest may have 1 page.
  const bytes = await fromWat(
    '(module (memory 10240) (func (export "run") (param i32) (result i32) (memory.fill (i32.const 0) (i32.const 1) (i32.const 0x27ffffff)) (loop (br 0)) (i32.const 0)))',
  );
  const reply = await pool.call(artifactOf('hog', bytes), 0, { memoryPages: 1, timeoutMs: 20_000 });
  assert.equal(outcome(reply), 'GUEST_MEMORY_EXCEEDED');
  assert.ok(pool.events.includes('memory'));
});

test('a waiting call can be cancelled, and a running one not', async (t) => {
  const pool = await start(t, { max: 1 });
  await warm(pool, 2);
  const artifact = artifactOf('maybe', await maybeEndless());
  const runningId = randomUUID();
  const waitingId = randomUUID();
  const running = pool.call(artifact, 1, { id: runningId, timeoutMs: 600 });
  await eventually(() => pool.pool.census().busy === 1);
  void pool.call(artifact, 0, { id: waitingId });
  assert.equal(pool.pool.cancel(waitingId), true);
  assert.equal(pool.pool.cancel(waitingId), false);
  assert.equal(pool.pool.cancel(runningId), false);
  await running;
  assert.equal(outcome(await pool.call(artifact, 0)), 0);
  assert.equal(pool.replies.has(waitingId), false);
});

test('modules beyond the cache of an executor are dropped there and loaded again when they are called', async (t) => {
  const bytes = await increment();
  const pool = await start(t, { moduleCacheBytes: bytes.length * 2, size: 1, max: 1 });
  await warm(pool, 2);
  const artifacts = range(5).map((i) => artifactOf(`increment-${i}`, bytes));
  const starts = [];
  for (const _ of range(3)) {
    for (const [i, artifact] of artifacts.entries()) {
      const reply = await pool.call(artifact, i);
      assert.equal(outcome(reply), i + 1);
      starts.push(reply.ok && reply.start);
    }
  }
  // Two executors with room for two modules each: of five in turn at least one is cold every time.
  assert.ok(starts.slice(10).includes('cold'), starts.join());
  assert.deepEqual(pool.logged, []);
});

test('executors are replaced after their number of calls, one at a time', async (t) => {
  const pool = await start(t, { maxCalls: 10 });
  const artifact = artifactOf('increment', await increment());
  await Promise.all(range(100).map((n) => pool.call(artifact, n)));
  await eventually(() => pool.events.includes('recycle'));
  assert.equal(outcome(await pool.call(artifact, 1)), 2);
  await warm(pool, 2);
});

test('executors that cannot start are tried again with a pause, and calls wait meanwhile', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'bantam-test-'));
  t.after(() => rm(folder, { recursive: true }));
  // Executors have users of their own.
  await chmod(folder, 0o755);
  const entry = join(folder, 'main.mts');
  await writeFile(entry, 'process.exit(3);\n');
  const pool = await start(t, { entry });
  const call = pool.call(artifactOf('increment', await increment()), 1);
  await eventually(() => pool.logged.filter((line) => line.startsWith('an executor ended before it was ready')).length >= 3);
  // Two executors every 250 ms, not as fast as processes can be started.
  assert.ok(pool.executors.length <= 8, `${pool.executors.length} were started`);
  await writeFile(entry, `await import('${relative(folder, join(import.meta.dirname, '../../executor/main.ts'))}');\n`);
  assert.equal(outcome(await call), 2);
});

test('closing stops running guests, refuses what waits and what comes later, and leaves no process', async () => {
  const pool = await TestPool.start({ max: 1 });
  const artifact = artifactOf('maybe', await maybeEndless());
  const running = pool.call(artifact, 1);
  await eventually(() => pool.pool.census().busy === 1);
  const waiting = pool.call(artifact, 0);
  const closed = pool.pool.close();
  const later = pool.call(artifact, 0);
  await closed;
  assert.deepEqual((await Promise.all([running, waiting, later])).map(outcome), ['WORKER_LOST', 'DRAINING', 'DRAINING']);
  assert.equal(pool.pool.capacity(), 0);
  assert.deepEqual(
    pool.executors.filter(({ pid }) => readProcess(pid) !== undefined),
    [],
  );
  assert.deepEqual(pool.logged, []);
});

test('runs no call twice and loses none while short and slow calls mix on a busy machine', { timeout: 30_000 }, async (t) => {
  const hogs = range(3).map(() => spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
  t.after(() => hogs.forEach((hog) => hog.kill('SIGKILL')));
  const pool = await start(t, { size: 2, max: 4, longCallMs: 20 });
  const artifact = artifactOf('counter', await counter());
  const values: number[] = [];
  const endMs = performance.now() + 5_000;
  let made = 0;
  const client = async (): Promise<void> => {
    while (performance.now() < endMs) {
      // One in 50 takes some milliseconds, so that what was handed over behind it is taken back.
      const rounds = made++ % 50 === 49 ? 10_000_000 : 100;
      values.push(Number(outcome(await pool.call(artifact, rounds, { reuse: true }))));
    }
  };
  await Promise.all(range(40).map(client));
  t.diagnostic(`${made} calls in ${pool.batches} batches, ${pool.takenBack} taken back, ${pool.executors.length} executors`);
  assert.ok(made > 500);
  assert.ok(pool.takenBack > 0);
  assert.equal(pool.replies.size, made);
  assert.ok([...pool.replies.values()].every((count) => count === 1));
  assert.deepEqual(pool.logged, []);
  // Every executor counts 1, 2, 3 ...: a call that ran twice would leave a gap in what one of them answered.
  const seen = new Map<number, number>();
  for (const value of values) seen.set(value, (seen.get(value) ?? 0) + 1);
  const gaps = range(Math.max(...values)).filter((i) => (seen.get(i + 1) ?? 0) < (seen.get(i + 2) ?? 0));
  assert.deepEqual(gaps, []);
  assert.ok((seen.get(1) ?? 0) <= pool.executors.length);
});

for (const { limit, options } of [
  { limit: 'age', options: { maxAgeMs: 200 } },
  { limit: 'resident memory', options: { maxRssBytes: 1 } },
]) {
  test(`an executor past its ${limit} is replaced while it is idle, and no call fails`, async (t) => {
    const pool = await start(t, options);
    await warm(pool, 2);
    const artifact = artifactOf('increment', await increment());
    const [first] = pool.executors;
    let n = 0;
    await eventually(async () => {
      assert.equal(outcome(await pool.call(artifact, n)), ++n);
      return first?.state === 'gone' && pool.events.includes('recycle') && pool.executors.length > 2;
    });
  });
}
