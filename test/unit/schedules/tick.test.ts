/** What is done about a tick: in time, late, while the run before goes on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeTick } from '../../../gateway/schedules/tick.ts';

const tick = 1_000_000;
const following = (afterMs: number): number => (Math.floor(afterMs / 1_000) + 1) * 1_000;

function judge(lateMs: number, given: Partial<Parameters<typeof judgeTick>[0]> = {}): ReturnType<typeof judgeTick> {
  return judgeTick({ nextAt: new Date(tick), overlap: 'skip', missed: 'skip', busy: false, ...given }, tick + lateMs, following);
}

test('a tick is run in time, and the one right after it is the next, however many have come meanwhile', () => {
  for (const lateMs of [0, 1, 999, 5_000, 10_000])
    for (const missed of ['skip', 'one'] as const) assert.deepEqual(judge(lateMs, { missed }), { run: true, nextMs: tick + 1_000 });
});

test('a tick that is too late is missed with all until now, and none is run', () => {
  assert.deepEqual(judge(10_001), { run: false, reason: 'missed', nextMs: tick + 11_000 });
  assert.deepEqual(judge(86_400_000), { run: false, reason: 'missed', nextMs: tick + 86_401_000 });
});

test('of missed ticks one is run for all where that is asked for', () => {
  assert.deepEqual(judge(10_001, { missed: 'one' }), { run: true, nextMs: tick + 11_000 });
});

test('a tick is left out while the run before goes on, unless runs may overlap', () => {
  assert.deepEqual(judge(0, { busy: true }), { run: false, reason: 'overlap', nextMs: tick + 1_000 });
  assert.deepEqual(judge(0, { busy: true, overlap: 'queue' }), { run: true, nextMs: tick + 1_000 });
  assert.deepEqual(judge(10_001, { busy: true, missed: 'one' }), { run: false, reason: 'overlap', nextMs: tick + 11_000 });
});

test('the last tick has none after it', () => {
  const schedule = { nextAt: new Date(tick), overlap: 'skip', missed: 'skip', busy: false } as const;
  assert.deepEqual(
    judgeTick(schedule, tick, () => undefined),
    { run: true, nextMs: undefined },
  );
});
