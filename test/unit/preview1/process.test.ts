/** proc_*, sched_yield, sock_*. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { at, TestGuest } from '../../support/preview1.ts';

test('proc_exit ends the instance by a trap and notes the status, all 32 bits of it', () => {
  for (const [given, status] of [
    [0, 0],
    [3, 3],
    [-1, 0xffff_ffff],
  ] as const) {
    const guest = new TestGuest();
    assert.throws(() => guest.call('proc_exit', given), WebAssembly.RuntimeError);
    assert.deepEqual(guest.world.stopped, { kind: 'exit', status });
  }
});

test('proc_raise answers ENOTSUP for signals, EINVAL for what is none', () => {
  const guest = new TestGuest();
  assert.equal(guest.call('proc_raise', 0), 58);
  assert.equal(guest.call('proc_raise', 30), 58);
  assert.equal(guest.call('proc_raise', 31), 28);
});

test('sched_yield succeeds', () => {
  assert.equal(new TestGuest().call('sched_yield'), 0);
});

test('sock_accept, sock_recv, sock_send and sock_shutdown answer ENOTSOCK for what is open, EBADF for what is not', () => {
  const guest = new TestGuest({ files: { a: '' } });
  const file = guest.open('a');
  for (const fd of [0, 1, 2, 3, file]) {
    assert.equal(guest.call('sock_accept', fd, 0, at.out), 57);
    assert.equal(guest.call('sock_recv', fd, ...guest.vectors(1), 0, at.out, at.out), 57);
    assert.equal(guest.call('sock_send', fd, ...guest.vectors(1), 0, at.out), 57);
    assert.equal(guest.call('sock_shutdown', fd, 1), 57);
  }
  for (const fd of [file + 1, -1]) {
    assert.equal(guest.call('sock_accept', fd, 0, at.out), 8);
    assert.equal(guest.call('sock_recv', fd, 0, 0, 0, at.out, at.out), 8);
    assert.equal(guest.call('sock_send', fd, 0, 0, 0, at.out), 8);
    assert.equal(guest.call('sock_shutdown', fd, 1), 8);
  }
});
