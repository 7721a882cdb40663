/** clock_*, random_get. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { at, TestGuest } from '../../support/preview1.ts';

test('clock_res_get says one millisecond for both clocks, EINVAL for others, EFAULT outside memory', () => {
  const guest = new TestGuest();
  for (const id of [0, 1]) {
    assert.equal(guest.call('clock_res_get', id, at.out), 0);
    assert.equal(guest.u64(at.out), 1_000_000n);
    assert.equal(guest.call('clock_res_get', id, at.end - 7), 21);
  }
  for (const id of [2, 3, 4, -1]) assert.equal(guest.call('clock_res_get', id, at.out), 28);
});

test('clock_time_get gives epoch time in whole milliseconds', () => {
  const guest = new TestGuest();
  const before = BigInt(Date.now()) * 1_000_000n;
  assert.equal(guest.call('clock_time_get', 0, 1n, at.out), 0);
  const time = guest.u64(at.out);
  assert.ok(time >= before && time <= BigInt(Date.now()) * 1_000_000n);
  assert.equal(time % 1_000_000n, 0n);
});

test('clock_time_get gives a monotonic clock that is no finer', () => {
  const guest = new TestGuest();
  let last = 0n;
  for (let i = 0; i < 1_000; i++) {
    assert.equal(guest.call('clock_time_get', 1, 1n, at.out), 0);
    const time = guest.u64(at.out);
    assert.ok(time >= last);
    assert.equal(time % 1_000_000n, 0n);
    last = time;
  }
});

test('clock_time_get answers EINVAL for the clocks of processes and threads, EFAULT outside memory', () => {
  const guest = new TestGuest();
  for (const id of [2, 3, 99]) assert.equal(guest.call('clock_time_get', id, 0n, at.out), 28);
  assert.equal(guest.call('clock_time_get', 0, 0n, at.end - 7), 21);
});

test('random_get fills all of the buffer and nothing else, with something else each time', () => {
  const guest = new TestGuest();
  assert.equal(guest.call('random_get', at.buffer, 64), 0);
  const first = guest.text(at.buffer, 64);
  assert.equal(guest.u32(at.buffer + 64), 0);
  assert.equal(guest.u32(at.buffer - 4), 0);
  assert.ok(new Set(Buffer.from(guest.memory.buffer, at.buffer, 64)).size > 20);
  assert.equal(guest.call('random_get', at.buffer, 64), 0);
  assert.notEqual(guest.text(at.buffer, 64), first);
});

test('random_get fills large buffers, answers EFAULT past memory and takes nothing at all', () => {
  const guest = new TestGuest();
  guest.memory.grow(40);
  const bytes = new Uint8Array(guest.memory.buffer);
  assert.equal(guest.call('random_get', 0, bytes.length), 0);
  for (let at64k = 0; at64k < bytes.length; at64k += 65_536) assert.ok(bytes.subarray(at64k, at64k + 64).some((byte) => byte !== 0));
  assert.equal(guest.call('random_get', 1, bytes.length), 21);
  assert.equal(guest.call('random_get', bytes.length, 0), 0);
  assert.equal(guest.call('random_get', -1, 1), 21);
});
