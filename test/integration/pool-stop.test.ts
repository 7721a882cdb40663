/** Calls that are stopped while they run, wait, or wait behind another in a real executor. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { ExecutorHandle } from '../../worker/pool/executor-handle.ts';
import { counter, maybeEndless } from '../fixtures/fault-guests.ts';
import { eventually } from '../support/eventually.ts';
import { artifactOf, outcome, TestPool } from '../support/pool.ts';

/** One executor at a time takes calls, however long they are. */
async function start(t: TestContext): Promise<TestPool> {
  const pool = await TestPool.start({ size: 1, max: 1, longCallMs: 60_000 });
  t.after(() => pool.pool.close());
  return pool;
}

/** At once, before what is behind it is taken back. @returns the executor that runs this invocation */
async function handedOver({ executors }: TestPool, id: string): Promise<ExecutorHandle> {
  for (;;) {
    const found = executors.find((executor) => executor.running?.invocation.id === id);
    if (found !== undefined) return found;
    await turn();
  }
}

test('a guest that is stopped goes with its executor, and what is behind it in the batch runs elsewhere', async (t) => {
  const pool = await start(t);
  const artifact = artifactOf('maybe', await maybeEndless());
  for (let i = 0; i < 30; i++) assert.equal(outcome(await pool.call(artifact, 0)), 0);
  const id = randomUUID();
  const stopped = pool.call(artifact, 1, { id });
  const others = Array.from({ length: 10 }, () => pool.call(artifact, 0));
  assert.ok((await handedOver(pool, id)).behind > 0);
  assert.equal(pool.pool.stop(id), true);
  assert.equal(outcome(await stopped), 'INVOCATION_CANCELLED');
  assert.deepEqual(new Set((await Promise.all(others)).map(outcome)), new Set([0]));
  assert.equal(pool.pool.stop(id), false);
  assert.deepEqual(
    pool.events.filter((event) => event !== 'boot'),
    ['cancel'],
  );
  assert.ok([...pool.replies.values()].every((count) => count === 1));
});

test('a call that is stopped behind a slow one is never started', async (t) => {
  const pool = await start(t);
  const [slow, counting] = [artifactOf('maybe', await maybeEndless()), artifactOf('counter', await counter())];
  for (let i = 0; i < 30; i++) await Promise.all([pool.call(slow, 0), pool.call(counting, 0, { reuse: true })]);
  const [first, behind] = [randomUUID(), randomUUID()];
  const replies = [pool.call(slow, 1, { id: first }), pool.call(counting, 0, { id: behind, reuse: true })];
  const together = await handedOver(pool, first);
  assert.ok(together.holds(behind), 'both are in one batch');
  assert.equal(pool.pool.stop(behind), true);
  assert.equal(outcome((await replies[1]) ?? assert.fail()), 'INVOCATION_CANCELLED');
  assert.equal(together.running?.invocation.id, first, 'the slow one runs on');
  assert.equal(pool.pool.stop(first), true);
  await replies[0];
});

test('a waiting call that is stopped is answered at once and never started', async (t) => {
  const pool = await start(t);
  const artifact = artifactOf('maybe', await maybeEndless());
  const [runningId, waitingId] = [randomUUID(), randomUUID()];
  const running = pool.call(artifact, 1, { id: runningId });
  await eventually(() => pool.pool.census().busy === 1);
  const waiting = pool.call(artifact, 1, { id: waitingId });
  assert.equal(pool.pool.stop(waitingId), true);
  assert.equal(outcome(await waiting), 'INVOCATION_CANCELLED');
  assert.equal(pool.batches, 1);
  pool.pool.stop(runningId);
  assert.equal(outcome(await running), 'INVOCATION_CANCELLED');
});
