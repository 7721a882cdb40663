/** Clocks and sleep of both WASI hosts. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { monotonicMs, monotonicNs, realtimeNs, sleepUntilMs } from '../../executor/host/clock.ts';

test('both clocks tell the time in whole milliseconds', () => {
  const before = [performance.now() - 1, Date.now()] as const;
  const told = [Number(monotonicNs()) / 1e6, Number(realtimeNs() / 1_000_000n), monotonicMs()] as const;
  const after = [performance.now(), Date.now()] as const;
  assert.ok(told[0] >= before[0] && told[0] <= after[0]);
  assert.ok(told[1] >= before[1] && told[1] <= after[1]);
  assert.ok(told[2] >= told[0] && told[2] <= after[0]);
  assert.ok(told.every(Number.isInteger));
});

test('a sleep lasts until its time has come on the clock that the guest reads, and costs no processor time', () => {
  const untilMs = monotonicMs() + 200;
  const before = process.cpuUsage();
  sleepUntilMs(untilMs);
  const { user, system } = process.cpuUsage(before);
  assert.ok(monotonicMs() >= untilMs);
  assert.ok(user + system < 100_000, `${user + system} us of processor time`);
});

test('times that have passed are not slept for', () => {
  for (const atMs of [0, monotonicMs(), -Infinity]) sleepUntilMs(atMs);
});
