/** How much a function may write to its log. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Drops } from '../../../worker/logs/drops.ts';
import { burstSeconds, LogLimiter } from '../../../worker/logs/limiter.ts';

const rate = { linesPerSecond: 10, bytesPerSecond: 1_000 };

function room(limiter: LogLimiter, name: string, nowMs: number): readonly number[] {
  const { lines, bytes } = limiter.room(name, nowMs);
  return [lines, bytes];
}

test('a function may write ten seconds of its rate at once, and then as much as comes back, never more', () => {
  const limiter = new LogLimiter(rate);
  assert.deepEqual(room(limiter, 'a', 0), [100, 10_000]);
  limiter.spend('a', 100, 4_000);
  assert.deepEqual(room(limiter, 'a', 0), [0, 6_000]);
  assert.deepEqual(room(limiter, 'a', 500), [5, 6_500]);
  assert.deepEqual(room(limiter, 'a', 1_000), [10, 7_000]);
  assert.deepEqual(room(limiter, 'a', 1e6), [100, 10_000]);
});

test('functions do not share their room', () => {
  const limiter = new LogLimiter(rate);
  room(limiter, 'a', 0);
  limiter.spend('a', 100, 10_000);
  assert.deepEqual(room(limiter, 'b', 0), [100, 10_000]);
  assert.deepEqual(room(limiter, 'a.team', 0), [100, 10_000]);
});

test('of many functions those are forgotten whose room is whole again, and no others', () => {
  const limiter = new LogLimiter(rate);
  room(limiter, 'spent', 0);
  limiter.spend('spent', 100, 10_000);
  for (let i = 0; i < 2_000; i++) room(limiter, `f${i}`, burstSeconds * 1_000 - 1);
  assert.deepEqual(room(limiter, 'spent', burstSeconds * 1_000 - 1).map(Math.round), [100, 9_999]);
});

test('what was dropped is told once for each function, with the first invocation that lost lines', () => {
  const drops = new Drops();
  const invocation = (id: string, name: string) => ({ id, target: { function: name, version: 3 } }) as Parameters<Drops['add']>[0];
  drops.add(invocation('1', 'a'), { lines: 1, bytes: 10 });
  drops.add(invocation('2', 'b'), { lines: 5, bytes: 50 });
  drops.add(invocation('3', 'a'), { lines: 2, bytes: 20 });
  assert.partialDeepStrictEqual(drops.take(7), [
    { function: 'a', version: 3, invocationId: '1', atMs: 7, dropped: { lines: 3, bytes: 30 } },
    { function: 'b', invocationId: '2', dropped: { lines: 5, bytes: 50 } },
  ]);
  assert.deepEqual(drops.take(8), []);
});
