/** Guards of weighted releases: what counts, when one trips, and that it does so once. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { ErrorCode } from '../../../contracts/errors.ts';
import { failure } from '../../../contracts/invocation.ts';
import type { Release, ReleaseState } from '../../../contracts/release.ts';
import { GuardWindow } from '../../../gateway/releases/guard-window.ts';
import { Guards } from '../../../gateway/releases/guards.ts';
import { withoutNewest } from '../../../registry/guard-policy.ts';
import { aRoute, aVersion } from '../../support/routes.ts';

const guard = { maxErrorRate: 0.5, windowMs: 10_000, minCalls: 4 };
const ok = { ok: true, status: 200 } as const;
const trapped = failure('GUEST_TRAPPED', 'unreachable');
const release: Release = { id: '2', function: 'fib', alias: 'live', at: '', by: 'guard', reason: 'guard' };

class Watch {
  readonly trips: { readonly release: string; readonly detail: string }[] = [];
  readonly tripped: (Release | undefined)[] = [];
  readonly faults: unknown[] = [];
  nowMs = 0;
  answer: () => Promise<Release | undefined> = async () => release;
  readonly guards = new Guards({
    trip: (trip) => {
      this.trips.push(trip);
      return this.answer();
    },
    onTripped: (_name, made) => this.tripped.push(made),
    onFault: (error) => this.faults.push(error),
    now: () => this.nowMs,
  });

  record(replies: readonly Parameters<Guards['record']>[2][], version = 4, of = '1'): void {
    const route = aRoute(
      [
        [4, 5],
        [3, 95],
      ],
      { guard, release: of },
    );
    for (const reply of replies) this.guards.record(route, aVersion(version), reply);
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a window holds what happened within it, and lets go of the rest', () => {
  const window = new GuardWindow(1_000);
  assert.deepEqual(window.record(0, true), { calls: 1, failed: 1 });
  assert.deepEqual(window.record(500, false), { calls: 2, failed: 1 });
  assert.deepEqual(window.record(999, true), { calls: 3, failed: 2 });
  assert.deepEqual(window.record(1_000, false), { calls: 3, failed: 1 });
  assert.deepEqual(window.record(60_000, true), { calls: 1, failed: 1 });
});

test('trips when more than the allowed share failed of enough calls, once, and says what was counted', async () => {
  const watch = new Watch();
  watch.record([trapped, trapped, trapped]);
  assert.equal(watch.trips.length, 0, 'three calls are too few to judge');
  watch.record([ok, ok, ok]);
  assert.equal(watch.trips.length, 1, '3 of 4 is more than half');
  assert.deepEqual(watch.trips[0], {
    name: 'fib',
    alias: 'live',
    release: '1',
    detail: '3 of 4 calls of version 4 failed within 10000 ms at one gateway; 0.5 of them may',
  });
  watch.record([trapped, trapped, trapped]);
  await settled();
  watch.record([trapped, trapped, trapped]);
  assert.equal(watch.trips.length, 1);
  assert.deepEqual(watch.tripped, [release]);
});

test('exactly the allowed share is allowed', () => {
  const watch = new Watch();
  watch.record([ok, ok, trapped, trapped]);
  assert.equal(watch.trips.length, 0);
  watch.record([trapped]);
  assert.equal(watch.trips.length, 1);
});

test('only what the guest is to blame for counts as failed, and what it had no part in does not count at all', () => {
  const of = (code: ErrorCode): ReturnType<typeof failure> => failure(code, 'x');
  for (const reply of [of('GUEST_DEADLINE_EXCEEDED'), of('EXECUTOR_LOST'), of('GUEST_EXITED'), { ok: true, status: 500 } as const]) {
    const watch = new Watch();
    watch.record(Array.from({ length: 4 }, () => reply));
    assert.equal(watch.trips.length, 1, JSON.stringify(reply));
  }
  for (const reply of [
    of('QUEUE_FULL'),
    of('WORKER_LOST'),
    of('FUNCTION_BUSY'),
    of('GUEST_RETURNED_ERROR'),
    { ok: true, status: 404 } as const,
  ]) {
    const watch = new Watch();
    watch.record(Array.from({ length: 4 }, () => reply));
    assert.equal(watch.trips.length, 0, JSON.stringify(reply));
  }
  const watch = new Watch();
  watch.record([...Array.from({ length: 20 }, () => of('QUEUE_FULL')), trapped, trapped, trapped]);
  assert.equal(watch.trips.length, 0, 'refused calls are not among the calls that are judged');
});

test('only calls of the newest version count, and none of a route without a guard or by version', () => {
  const watch = new Watch();
  const failing = Array.from({ length: 10 }, () => trapped);
  watch.record(failing, 3);
  for (const route of [
    aRoute([
      [4, 5],
      [3, 95],
    ]),
    aRoute([[4, 1]], { alias: undefined, guard }),
  ]) {
    for (const reply of failing) watch.guards.record(route, aVersion(4), reply);
  }
  assert.equal(watch.trips.length, 0);
});

test('failures that are older than the window are forgiven', () => {
  const watch = new Watch();
  watch.record([trapped, trapped, trapped]);
  watch.nowMs = 20_000;
  watch.record([trapped, ok, ok, ok]);
  assert.equal(watch.trips.length, 0);
});

test('every release is judged anew, and not by calls that began before it', () => {
  const watch = new Watch();
  watch.record([trapped, trapped, trapped], 4, '9');
  watch.record([trapped, ok, ok], 4, '10');
  watch.record([trapped, trapped, trapped, trapped], 4, '9');
  assert.equal(watch.trips.length, 0);
  watch.record([trapped, trapped], 4, '10');
  assert.deepEqual(
    watch.trips.map((trip) => trip.release),
    ['10'],
  );
});

test('when the registry cannot be asked the next failing call asks again', async () => {
  const watch = new Watch();
  watch.answer = () => Promise.reject(new Error('no registry'));
  watch.record([trapped, trapped, trapped, trapped, trapped]);
  await settled();
  assert.equal(watch.trips.length, 1);
  assert.equal(watch.faults.length, 1);
  watch.answer = async () => undefined;
  watch.record([trapped]);
  await settled();
  assert.equal(watch.trips.length, 2);
  assert.deepEqual(watch.tripped, [undefined], 'another gateway was first: this one forgets what it knows');
});

test('the newest version is taken out: one that is left gets all calls, several keep their weights', () => {
  const sticky = { by: 'address' } as const;
  const of = (...shares: readonly (readonly [version: number, weight: number])[]): ReleaseState => ({
    shares: shares.map(([version, weight]) => ({ version, weight })),
    weighted: true,
    sticky,
    guard,
  });
  const alone = (weight: number): ReleaseState => ({
    shares: [{ version: 3, weight }],
    weighted: true,
    sticky: undefined,
    guard: undefined,
  });
  assert.deepEqual(withoutNewest(of([4, 5], [3, 95])), alone(95));
  assert.deepEqual(withoutNewest(of([4, 100], [3, 0])), alone(1));
  assert.deepEqual(withoutNewest(of([4, 100], [3, 0], [2, 0])), alone(1));
  assert.deepEqual(withoutNewest(of([4, 5], [3, 5], [2, 90])), of([3, 5], [2, 90]));
  assert.equal(withoutNewest(of([4, 1])), undefined);
});
