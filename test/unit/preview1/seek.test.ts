/** fd_seek, fd_tell. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { at, everything, TestGuest } from '../../support/preview1.ts';

/** Numbers of whence in each snapshot. */
const whences = {
  wasi_snapshot_preview1: { set: 0, current: 1, end: 2 },
  wasi_unstable: { set: 2, current: 0, end: 1 },
} as const;

for (const [module, { set, current, end }] of Object.entries(whences)) {
  test(`fd_seek of ${module} moves from the start, from where it is and from the end`, () => {
    const guest = new TestGuest({ files: { f: '0123456789' } }, module as keyof typeof whences);
    const fd = guest.open('f');
    const seek = (delta: bigint, whence: number): bigint => {
      assert.equal(guest.call('fd_seek', fd, delta, whence, at.out), 0);
      return guest.u64(at.out);
    };
    assert.equal(seek(4n, set), 4n);
    assert.equal(seek(-1n, current), 3n);
    assert.equal(seek(-2n, end), 8n);
    assert.equal(guest.read(fd), '89');
    assert.equal(seek(0n, current), 10n);
    assert.equal(seek(100n, end), 110n);
    assert.equal(guest.read(fd), '');
    assert.equal(guest.call('fd_tell', fd, at.out), 0);
    assert.equal(guest.u64(at.out), 110n);
    assert.equal(guest.call('fd_seek', fd, 0n, 3, at.out), 28);
  });
}

test('fd_seek answers EINVAL before the start and past all numbers, and stays where it was', () => {
  const guest = new TestGuest({ files: { f: 'abc' } });
  const fd = guest.open('f');
  assert.equal(guest.call('fd_seek', fd, 2n, 0, at.out), 0);
  for (const [delta, whence] of [
    [-3n, 1],
    [-4n, 2],
    [-1n, 0],
    [2n ** 63n - 1n, 1],
  ] as const) {
    assert.equal(guest.call('fd_seek', fd, delta, whence, at.out), 28);
  }
  assert.equal(guest.read(fd), 'c');
});

test('positions beyond 32 bits are exact', () => {
  const guest = new TestGuest({ files: { f: 'abc' } });
  const fd = guest.open('f');
  assert.equal(guest.call('fd_seek', fd, 2n ** 52n + 5n, 0, at.out), 0);
  assert.equal(guest.u64(at.out), 2n ** 52n + 5n);
  assert.equal(guest.call('fd_tell', fd, at.out), 0);
  assert.equal(guest.u64(at.out), 2n ** 52n + 5n);
});

test('fd_seek and fd_tell answer ESPIPE for streams, EISDIR, EBADF, EFAULT', () => {
  const guest = new TestGuest({ files: { f: 'abc' } });
  const fd = guest.open('f');
  for (const stream of [0, 1, 2]) {
    assert.equal(guest.call('fd_seek', stream, 0n, 1, at.out), 70);
    assert.equal(guest.call('fd_tell', stream, at.out), 70);
  }
  assert.deepEqual([guest.call('fd_seek', 3, 0n, 0, at.out), guest.call('fd_tell', 3, at.out)], [31, 31]);
  assert.deepEqual([guest.call('fd_seek', 99, 0n, 0, at.out), guest.call('fd_tell', 99, at.out)], [8, 8]);
  assert.deepEqual([guest.call('fd_seek', fd, 1n, 0, at.end - 7), guest.call('fd_tell', fd, at.end - 7)], [21, 21]);
  assert.equal(guest.read(fd), 'abc');
});

test('telling needs less of a right than seeking', () => {
  const guest = new TestGuest({ files: { f: 'abc' } });
  const tells = guest.open('f', { base: everything & ~4n });
  assert.equal(guest.call('fd_seek', tells, 0n, 1, at.out), 0);
  assert.equal(guest.call('fd_tell', tells, at.out), 0);
  assert.equal(guest.call('fd_seek', tells, 0n, 0, at.out), 76);
  assert.equal(guest.call('fd_tell', guest.open('f', { base: 2n }), at.out), 76);
});
