/** fd_filestat_*, path_filestat_*. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { assetsModifiedAtMs } from '../../support/asset-packs.ts';
import { at, TestGuest } from '../../support/preview1.ts';

const modifiedNs = BigInt(assetsModifiedAtMs) * 1_000_000n;

test('path_filestat_get lays out device, inode, type, links, size and times', () => {
  const guest = new TestGuest({ files: { f: 'four' } });
  assert.equal(guest.call('path_link', 3, 0, ...guest.put('f'), 3, ...guest.put('g', at.otherPath)), 0);
  assert.equal(guest.call('path_filestat_get', 3, 0, ...guest.put('g'), at.out), 0);
  const { view } = guest;
  assert.deepEqual([guest.u64(at.out), guest.u64(at.out + 8), view.getUint8(at.out + 16)], [1n, 2n, 4]);
  assert.deepEqual([guest.u64(at.out + 24), guest.u64(at.out + 32)], [2n, 4n]);
  assert.deepEqual([guest.u64(at.out + 40), guest.u64(at.out + 48)], [modifiedNs, modifiedNs]);
  assert.ok(guest.u64(at.out + 56) > modifiedNs);
});

test('the older snapshot has a count of links of 32 bits, and is shorter by 8 bytes', () => {
  const guest = new TestGuest({ files: { f: 'four' } }, 'wasi_unstable');
  const fd = guest.open('f');
  new Uint8Array(guest.memory.buffer).fill(0xff, at.out, at.out + 64);
  assert.equal(guest.call('fd_filestat_get', fd, at.out), 0);
  assert.deepEqual([guest.view.getUint8(at.out + 16), guest.u32(at.out + 20), guest.u64(at.out + 24)], [4, 1, 4n]);
  assert.deepEqual([guest.u64(at.out + 32), guest.u64(at.out + 40), guest.u64(at.out + 48)], [modifiedNs, modifiedNs, modifiedNs]);
  assert.equal(guest.u32(at.out + 56), 0xffff_ffff);
  assert.equal(guest.call('fd_filestat_get', fd, at.end - 56), 0);
  assert.equal(guest.call('fd_filestat_get', fd, at.end - 55), 21);
});

test('fd_filestat_get tells types apart; of a stream there is nothing to tell', () => {
  const guest = new TestGuest({ files: { f: 'abc' } });
  for (const [fd, type, size] of [
    [0, 0, 0n],
    [1, 0, 0n],
    [3, 3, 0n],
    [guest.open('f'), 4, 3n],
  ] as const) {
    assert.equal(guest.call('fd_filestat_get', fd, at.out), 0);
    assert.deepEqual([guest.view.getUint8(at.out + 16), guest.u64(at.out + 32)], [type, size]);
  }
  assert.equal(guest.call('fd_filestat_get', 99, at.out), 8);
  assert.equal(guest.call('fd_filestat_get', 3, at.end - 63), 21);
  assert.equal(guest.call('fd_filestat_get', guest.open('f', { base: 2n }), at.out), 76);
});

test('path_filestat_get follows a link only when asked; a link is as long as its target', () => {
  const guest = new TestGuest({ files: { f: 'four' } });
  guest.symlink('./f', 'l');
  assert.equal(guest.call('path_filestat_get', 3, 0, ...guest.put('l'), at.out), 0);
  assert.deepEqual([guest.view.getUint8(at.out + 16), guest.u64(at.out + 32)], [7, 3n]);
  assert.equal(guest.call('path_filestat_get', 3, 1, ...guest.put('l'), at.out), 0);
  assert.deepEqual([guest.view.getUint8(at.out + 16), guest.u64(at.out + 32)], [4, 4n]);
});

test('paths of the calls: ENOENT, ENOTDIR, EPERM, EILSEQ, EINVAL, ENAMETOOLONG, EFAULT, EBADF, ENOTCAPABLE', () => {
  const guest = new TestGuest({ files: { f: '' } });
  const file = guest.open('f');
  const stat = (fd: number, path: string | Uint8Array): number => guest.call('path_filestat_get', fd, 0, ...guest.put(path), at.out);
  assert.deepEqual([stat(3, 'no'), stat(3, ''), stat(3, 'f/x'), stat(file, 'x')], [44, 44, 54, 54]);
  assert.deepEqual([stat(3, '..'), stat(3, '/f'), stat(3, Uint8Array.of(0x66, 0xff)), stat(3, 'f\0')], [63, 63, 25, 28]);
  assert.deepEqual([stat(3, 'x'.repeat(256)), stat(3, './'.repeat(2_048) + 'f')], [37, 37]);
  assert.equal(guest.call('path_filestat_get', 3, 0, at.end - 1, 2, at.out), 21);
  assert.equal(guest.call('path_filestat_get', 3, 0, at.path, -1, at.out), 21);
  assert.equal(guest.call('path_filestat_get', 3, 0, ...guest.put('f'), at.end - 63), 21);
  assert.deepEqual([stat(99, 'f'), stat(1, 'f')], [8, 54]);
  assert.equal(stat(guest.open('.', { base: 1n << 13n }), 'f'), 76);
});

test('fd_filestat_set_size cuts and grows, and needs a file opened for it', () => {
  const guest = new TestGuest({ files: { f: 'abcdef' } });
  const fd = guest.open('f');
  assert.equal(guest.call('fd_filestat_set_size', fd, 2n), 0);
  assert.equal(guest.call('fd_filestat_set_size', fd, 4n), 0);
  assert.equal(guest.contents('f'), 'ab\0\0');
  assert.equal(guest.call('fd_filestat_set_size', fd, -1n), 28);
  assert.equal(guest.call('fd_filestat_set_size', fd, 2n ** 60n), 51);
  assert.equal(guest.call('fd_filestat_set_size', 3, 0n), 31);
  assert.equal(guest.call('fd_filestat_set_size', 1, 0n), 70);
  assert.equal(guest.call('fd_filestat_set_size', 99, 0n), 8);
  assert.equal(guest.call('fd_filestat_set_size', guest.open('f', { base: 2n }), 0n), 76);
});

test('times are set one by one, to what is given or to now', (t) => {
  const guest = new TestGuest({ files: { f: '' } });
  t.mock.timers.enable({ apis: ['Date'], now: 5_000 });
  const fd = guest.open('f');
  const times = (): bigint[] => {
    assert.equal(guest.call('fd_filestat_get', fd, at.out), 0);
    return [guest.u64(at.out + 40), guest.u64(at.out + 48), guest.u64(at.out + 56)];
  };
  assert.equal(guest.call('fd_filestat_set_times', fd, 7n, 8n, 1), 0);
  assert.deepEqual(times(), [7n, modifiedNs, 5_000_000_000n]);
  assert.equal(guest.call('path_filestat_set_times', 3, 0, ...guest.put('f'), 9n, -1n, 4), 0);
  assert.deepEqual(times(), [7n, 2n ** 64n - 1n, 5_000_000_000n]);
  assert.equal(guest.call('fd_filestat_set_times', fd, 0n, 0n, 2 | 8), 0);
  assert.deepEqual(times(), [5_000_000_000n, 5_000_000_000n, 5_000_000_000n]);
});

test('times that are both given and now, and unknown flags, are EINVAL', () => {
  const guest = new TestGuest({ files: { f: '' } });
  const fd = guest.open('f');
  for (const flags of [3, 12, 15, 16, -1]) {
    assert.equal(guest.call('fd_filestat_set_times', fd, 0n, 0n, flags), 28);
    assert.equal(guest.call('path_filestat_set_times', 3, 0, ...guest.put('f'), 0n, 0n, flags), 28);
  }
});

test('fd_filestat_set_times and path_filestat_set_times need a file and a right', () => {
  const guest = new TestGuest({ files: { f: '' } });
  guest.symlink('no', 'dangling');
  assert.equal(guest.call('fd_filestat_set_times', 1, 0n, 0n, 1), 28);
  assert.equal(guest.call('fd_filestat_set_times', 99, 0n, 0n, 1), 8);
  assert.equal(guest.call('fd_filestat_set_times', guest.open('f', { base: 2n }), 0n, 0n, 1), 76);
  assert.equal(guest.call('path_filestat_set_times', 3, 1, ...guest.put('dangling'), 0n, 0n, 1), 44);
  assert.equal(guest.call('path_filestat_set_times', 3, 0, ...guest.put('dangling'), 0n, 0n, 1), 0);
  assert.equal(guest.call('path_filestat_set_times', 3, 0, ...guest.put('..'), 0n, 0n, 1), 63);
  assert.equal(guest.call('path_filestat_set_times', guest.open('.', { base: 1n << 13n }), 0, ...guest.put('f'), 0n, 0n, 1), 76);
});
