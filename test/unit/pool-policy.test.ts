/** How many executors and how many calls at once, exactly. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  batchSize,
  chooseTaker,
  ewma,
  executorsToBoot,
  freeSlots,
  intake,
  maxBatch,
  type PoolCensus,
  relief,
  surplusExecutors,
} from '../../worker/pool/policy.ts';
import { seededRandom } from '../support/random.ts';

const pool = { size: 2, max: 8 };

function census(parts: Partial<PoolCensus> = {}): PoolCensus {
  return { booting: 0, idle: 0, busy: 0, long: 0, unused: 0, divided: false, ...parts };
}

test('a short call holds a slot, a long one gives it back, up to the most executors', () => {
  assert.equal(freeSlots(census(), pool), 2);
  assert.equal(freeSlots(census({ busy: 1 }), pool), 1);
  assert.equal(freeSlots(census({ busy: 2 }), pool), 0);
  assert.equal(freeSlots(census({ busy: 2, long: 1 }), pool), 1);
  assert.equal(freeSlots(census({ busy: 5, long: 5 }), pool), 2);
  assert.equal(freeSlots(census({ busy: 7, long: 7 }), pool), 1);
  assert.equal(freeSlots(census({ busy: 8, long: 8 }), pool), 0);
  assert.equal(freeSlots(census({ busy: 3 }), pool), 0);
});

test('starts its size and one warm spare', () => {
  assert.equal(executorsToBoot(census(), pool), 3);
  assert.equal(executorsToBoot(census({ booting: 1, busy: 1 }), pool), 1);
  assert.equal(executorsToBoot(census({ idle: 1, busy: 2 }), pool), 0);
  assert.equal(executorsToBoot(census({ idle: 3 }), pool), 0);
});

test('keeps one executor that nobody has used where namespaces have divided them, up to the most', () => {
  assert.equal(executorsToBoot(census({ idle: 3, divided: true }), pool), 1);
  assert.equal(executorsToBoot(census({ idle: 3, unused: 1, divided: true }), pool), 0);
  assert.equal(executorsToBoot(census({ idle: 3, booting: 1, divided: true }), pool), 0);
  assert.equal(executorsToBoot(census({ idle: 8, divided: true }), pool), 1);
  assert.equal(executorsToBoot(census({ idle: 9, divided: true }), pool), 0);
});

const nothing = { fitting: 0, own: 0, short: 0 };

test('starts one more at a time when calls wait with a slot but without an executor', () => {
  const own = { fitting: 0, own: 3, short: 0 };
  assert.equal(relief(census({ busy: 3, long: 3 }), pool, own), 'boot');
  assert.equal(relief(census({ busy: 3, long: 3, booting: 1 }), pool, own), 'none');
  assert.equal(relief(census({ busy: 3, long: 3, idle: 1 }), pool, { ...own, fitting: 1 }), 'none');
  assert.equal(relief(census({ busy: 3, long: 1 }), pool, { ...own, short: 2 }), 'none');
  assert.equal(relief(census({ busy: 8, long: 8 }), pool, { ...own, own: 8 }), 'none');
});

test('starts one for a namespace that has none, also while others take all slots', () => {
  assert.equal(relief(census({ idle: 3 }), pool, nothing), 'boot');
  assert.equal(relief(census({ idle: 1, busy: 2 }), pool, nothing), 'boot');
  assert.equal(relief(census({ idle: 1, busy: 2, booting: 1 }), pool, nothing), 'none');
  assert.equal(relief(census({ idle: 1, busy: 2 }), pool, { ...nothing, fitting: 1 }), 'none');
});

test('with the most executors, one of another namespace makes room: at once where the calls have none, else when it is idle for long', () => {
  assert.equal(relief(census({ idle: 8 }), pool, nothing), 'boot');
  assert.deepEqual(relief(census({ idle: 9 }), pool, nothing), { idleForMs: 0 });
  assert.deepEqual(relief(census({ idle: 7, busy: 2, long: 1 }), pool, { fitting: 0, own: 2, short: 1 }), { idleForMs: 1_000 });
  assert.deepEqual(relief(census({ idle: 7, busy: 2, long: 2 }), pool, { fitting: 0, own: 2, short: 0 }), { idleForMs: 0 });
});

test('a call goes where its module is, else to its namespace, else to what nobody has used, and to no other namespace', () => {
  const taker = (namespace: string | undefined, ...keys: string[]): { namespace: string | undefined; loaded: Set<string> } => ({
    namespace,
    loaded: new Set(keys),
  });
  const a = taker('a');
  const fresh = taker(undefined);
  assert.equal(chooseTaker([fresh, a, taker('a', 'module')], 'a', 'module'), 2);
  assert.equal(chooseTaker([fresh, a, taker('a', 'other')], 'a', 'module'), 1);
  assert.equal(chooseTaker([taker('b', 'module'), fresh], 'a', 'module'), 1);
  assert.equal(chooseTaker([taker('b', 'module'), taker('c')], 'a', 'module'), -1);
  assert.equal(chooseTaker([], 'a', 'module'), -1);
});

test('calls that wait for their first executor leave the intake of others as it is, up to so many', () => {
  assert.equal(intake(census({ idle: 3 }), pool, 2, 2, undefined), 0);
  assert.equal(intake(census({ idle: 3 }), pool, 2, 2, undefined, 2), 2);
  assert.equal(intake(census({ idle: 3 }), pool, 32, 32, undefined, 32), 2);
  assert.equal(intake(census({ idle: 3 }), pool, 34, 34, undefined, 34), 0);
  assert.equal(intake(census({ idle: 3 }), pool, 0, 0, undefined, 5), 2);
  assert.equal(intake(census({ idle: 3 }), pool, 32, 32, 100, 32), 32);
  assert.equal(intake(census({ idle: 3 }), pool, 32, 32, 100), 0);
});

test('lets go only of idle executors beyond its size and the spare', () => {
  assert.equal(surplusExecutors(census({ idle: 3 }), pool), 0);
  assert.equal(surplusExecutors(census({ idle: 5 }), pool), 2);
  assert.equal(surplusExecutors(census({ idle: 1, busy: 4 }), pool), 1);
  assert.equal(surplusExecutors(census({ busy: 6 }), pool), 0);
});

test('hands over calls of unknown or long duration one by one', () => {
  assert.equal(batchSize(100, 1, undefined), 1);
  assert.equal(batchSize(100, 1, 501), 1);
  assert.equal(batchSize(100, 1, 500), 2);
});

test('hands over short calls in fair shares, of a millisecond of work and 16 calls at most', () => {
  assert.equal(batchSize(100, 2, 10), maxBatch);
  assert.equal(batchSize(10, 2, 200), 5);
  assert.equal(batchSize(100, 2, 200), 5);
  assert.equal(batchSize(6, 2, 240), 3);
  assert.equal(batchSize(100, 1, 0), maxBatch);
});

test('does not split work that is not worth waking a second executor for', () => {
  assert.equal(batchSize(4, 2, 50), 5);
  assert.equal(batchSize(4, 2, 200), 2);
});

test('takes from the queue what can start, or enough short calls to keep all executors in work', () => {
  assert.equal(intake(census({ idle: 3 }), pool, 0, 0, undefined), 2);
  assert.equal(intake(census({ idle: 3 }), pool, 1, 1, undefined), 1);
  assert.equal(intake(census({ idle: 3 }), pool, 5, 5, undefined), 0);
  assert.equal(intake(census({ idle: 3 }), pool, 0, 0, 100), 32);
  assert.equal(intake(census({ busy: 2 }), pool, 0, 20, 100), 12);
  assert.equal(intake(census({ busy: 2 }), pool, 0, 25, 100), 0);
  assert.equal(intake(census({ busy: 2, long: 1 }), pool, 0, 2, 100), 1);
});

test('whatever the numbers, nothing is negative, no batch is empty, and there are never more executors than allowed', () => {
  const random = seededRandom(1);
  for (let i = 0; i < 20_000; i++) {
    const size = 1 + random.int(8);
    const bounds = { size, max: size + random.int(24) };
    const busy = random.int(bounds.max + 1);
    const now = census({ booting: random.int(4), idle: random.int(4), busy, long: random.int(busy + 1) });
    const waiting = random.int(50);
    const meanUs = random.pick([undefined, random.int(2_000)]);
    const slots = freeSlots(now, bounds);
    assert.ok(slots >= 0 && busy + slots <= bounds.max);
    const boot = executorsToBoot(now, bounds);
    const living = now.booting + now.idle + now.busy;
    assert.ok(boot >= 0 && (boot === 0 || living + boot <= bounds.max + 1));
    assert.ok(surplusExecutors(now, bounds) <= now.idle);
    const batch = batchSize(waiting, slots, meanUs);
    assert.ok(batch >= 1 && batch <= maxBatch);
    assert.ok(intake(now, bounds, waiting, waiting, meanUs) >= 0);
  }
});

test('one slow sample does not make a short call look long, many do', () => {
  assert.equal(ewma(undefined, 80), 80);
  assert.equal(ewma(80, 80), 80);
  assert.equal(ewma(80, 88), 81);
  assert.ok(ewma(80, 1e9) < 111);
  let mean: number | undefined = 80;
  for (let i = 0; i < 10; i++) mean = ewma(mean, 5_000);
  assert.ok(mean > 500);
});
