/** Namespaces in the pool, with real executor processes: none is shared, each namespace gets one, and none waits for long. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { namespaceOf } from '../../contracts/names.ts';
import { counter, increment, maybeEndless } from '../fixtures/fault-guests.ts';
import { eventually } from '../support/eventually.ts';
import { artifactOf, outcome, TestPool, type TestPoolOptions } from '../support/pool.ts';

async function start(t: TestContext, options: TestPoolOptions = {}): Promise<TestPool> {
  const pool = await TestPool.start(options);
  t.after(() => pool.pool.close());
  await eventually(() => pool.pool.census().idle === (options.size ?? 1) + 1);
  return pool;
}

/** @returns namespaces by executor that has run any */
function namespacesOf(pool: TestPool): string[][] {
  return [...pool.ran.values()].map((names) => Array.from(new Set(Array.from(names, namespaceOf))));
}

const range = (length: number): number[] => Array.from({ length }, (_, i) => i);

test('no executor ever runs guests of two namespaces, whatever comes, and every call is answered with its own result', async (t) => {
  const pool = await start(t, { size: 2, max: 3 });
  const artifact = artifactOf('increment', await increment());
  const names = ['f', 'g', 'f.a', 'f.b', 'g.b', 'f.c', 'f.d', 'f.e'];
  for (let round = 0; round < 5; round++) {
    const replies = range(160).map((n) => pool.call(artifact, n, { name: names[(n * 7 + round) % names.length] ?? 'f' }));
    assert.deepEqual(
      (await Promise.all(replies)).map(outcome),
      range(160).map((n) => n + 1),
    );
  }
  const namespaces = namespacesOf(pool);
  assert.ok(
    namespaces.every((one) => one.length === 1),
    JSON.stringify(namespaces),
  );
  assert.deepEqual(new Set(namespaces.flat()), new Set(['default', 'a', 'b', 'c', 'd', 'e']));
  assert.ok(pool.executors.length > 4, 'more namespaces than executors made others end');
  assert.deepEqual(new Set(pool.events), new Set(['boot', 'recycle']));
});

test('functions of one namespace share executors', async (t) => {
  const pool = await start(t);
  const artifact = artifactOf('increment', await increment());
  for (const name of ['f.a', 'g.a', 'h.a']) assert.equal(outcome(await pool.call(artifact, 1, { name })), 2);
  assert.deepEqual([...pool.ran.values()], [new Set(['f.a', 'g.a', 'h.a'])]);
});

test('where executors are shared, one runs guests of all namespaces', async (t) => {
  const pool = await start(t, { shareExecutors: true });
  const artifact = artifactOf('increment', await increment());
  for (const name of ['f', 'f.a', 'f.b']) assert.equal(outcome(await pool.call(artifact, 1, { name })), 2);
  assert.deepEqual(namespacesOf(pool), [['default', 'a', 'b']]);
  assert.equal(pool.executors.length, 2);
});

test('the kept instance of one namespace is never seen by another, even with the same key', async (t) => {
  const pool = await start(t, { size: 1, max: 1 });
  const artifact = artifactOf('counter', await counter());
  for (let n = 1; n <= 3; n++) assert.equal(outcome(await pool.call(artifact, 0, { name: 'f.a', reuse: true })), n);
  for (let n = 1; n <= 3; n++) assert.equal(outcome(await pool.call(artifact, 0, { name: 'f.b', reuse: true })), n);
  assert.equal(outcome(await pool.call(artifact, 0, { name: 'f.a', reuse: true })), 4);
});

test('a namespace gets an executor while another keeps all slots busy', async (t) => {
  const pool = await start(t, { size: 1, max: 1 });
  const artifact = artifactOf('counter', await counter());
  const flooding = new AbortController();
  const flood = async (): Promise<void> => {
    while (!flooding.signal.aborted) await pool.call(artifact, 200_000, { name: 'f.loud' });
  };
  const flooders = range(8).map(flood);
  await eventually(() => pool.ran.size > 0);
  // The spare is for the first of them; for the others it takes the place of what is there.
  for (const name of ['f.a', 'f.b', 'f.c', 'f.a']) assert.equal(outcome(await pool.call(artifact, 0, { name, timeoutMs: 10_000 })), 1);
  flooding.abort();
  await Promise.all(flooders);
  assert.ok(namespacesOf(pool).every((one) => one.length === 1));
});

test('an executor that nobody has used is kept ready once there are two namespaces, and the surplus stays bounded', async (t) => {
  const pool = await start(t, { size: 1, max: 4 });
  const artifact = artifactOf('increment', await increment());
  for (const name of ['f.a', 'f.b']) await pool.call(artifact, 1, { name });
  await eventually(() => pool.pool.census().unused === 1);
  assert.deepEqual(pool.pool.census(), { booting: 0, idle: 3, busy: 0, long: 0, unused: 1, divided: true });
  for (const name of ['f.c', 'f.d', 'f.e', 'f.g', 'f.h']) await pool.call(artifact, 1, { name });
  const { idle, booting } = pool.pool.census();
  assert.ok(idle + booting <= 5, `${idle} idle, ${booting} booting`);
});

test('an executor whose guest was stopped is replaced for its namespace, and the others are not touched', async (t) => {
  const pool = await start(t, { size: 2 });
  const quick = artifactOf('increment', await increment());
  const slow = artifactOf('maybe', await maybeEndless());
  await pool.call(quick, 1, { name: 'f.a' });
  const [pid] = pool.ran.keys();
  assert.equal(outcome(await pool.call(slow, 1, { name: 'g.b', timeoutMs: 100 })), 'GUEST_DEADLINE_EXCEEDED');
  assert.equal(outcome(await pool.call(slow, 0, { name: 'g.b' })), 0);
  await pool.call(quick, 1, { name: 'f.a' });
  assert.deepEqual(
    namespacesOf(pool).filter(([namespace]) => namespace === 'a'),
    [['a']],
  );
  assert.ok(pid !== undefined && pool.ran.has(pid));
});
