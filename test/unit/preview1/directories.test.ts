/** fd_readdir, and what makes, moves and removes entries. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { at, everything, oflag, TestGuest } from '../../support/preview1.ts';

interface Dirent {
  readonly next: bigint;
  readonly inode: bigint;
  readonly type: number;
  readonly name: string;
}

/** Reads as wasi-libc does: what was cut is asked for again. */
function readdir(guest: TestGuest, fd: number, room: number): Dirent[] {
  const entries: Dirent[] = [];
  let cookie = 0n;
  for (;;) {
    assert.equal(guest.call('fd_readdir', fd, at.buffer, room, cookie, at.out), 0);
    const used = guest.u32(at.out);
    assert.ok(used <= room);
    let from = 0;
    while (from + 24 <= used) {
      const start = at.buffer + from;
      const length = guest.u32(start + 16);
      if (from + 24 + length > used) break;
      const name = guest.text(start + 24, length);
      entries.push({ next: guest.u64(start), inode: guest.u64(start + 8), type: guest.view.getUint8(start + 20), name });
      cookie = guest.u64(start);
      from += 24 + length;
    }
    if (used < room) return entries;
    assert.ok(from > 0, 'no entry fits');
  }
}

test('fd_readdir gives every entry, however small the room', () => {
  const guest = new TestGuest({ files: { 'd/füü': '', 'd/sub/': '', 'd/link': '-> sub' } });
  const fd = guest.open('d', { oflags: oflag.directory });
  const whole = readdir(guest, fd, 4_096);
  assert.deepEqual(
    whole.map(({ name, type }) => [name, type]),
    [
      ['.', 3],
      ['..', 3],
      ['füü', 4],
      ['sub', 3],
      ['link', 7],
    ],
  );
  for (let room = 29; room < 200; room++) assert.deepEqual(readdir(guest, fd, room), whole, `room ${room}`);
});

test('fd_readdir cuts the last entry where the room ends, and takes any cookie', () => {
  const guest = new TestGuest({ files: { a: '' } });
  for (const room of [0, 1, 23, 24, 25]) {
    assert.equal(guest.call('fd_readdir', 3, at.buffer, room, 0n, at.out), 0);
    assert.equal(guest.u32(at.out), room);
  }
  for (const cookie of [3n, 100n, -1n, 2n ** 62n]) {
    assert.equal(guest.call('fd_readdir', 3, at.buffer, 100, cookie, at.out), 0);
    assert.equal(guest.u32(at.out), 0, `cookie ${cookie}`);
  }
});

test('fd_readdir answers EBADF, ENOTDIR, EFAULT, ENOTCAPABLE', () => {
  const guest = new TestGuest({ files: { f: '' } });
  assert.equal(guest.call('fd_readdir', 99, at.buffer, 10, 0n, at.out), 8);
  assert.equal(guest.call('fd_readdir', guest.open('f'), at.buffer, 10, 0n, at.out), 54);
  assert.equal(guest.call('fd_readdir', 3, at.end - 9, 10, 0n, at.out), 21);
  assert.equal(guest.call('fd_readdir', 3, at.buffer, 10, 0n, at.end - 3), 21);
  assert.equal(guest.call('fd_readdir', guest.open('.', { base: 1n << 13n }), at.buffer, 10, 0n, at.out), 76);
});

test('path_create_directory and path_remove_directory', () => {
  const guest = new TestGuest({ files: { f: '' } });
  const call = (name: string, path: string): number => guest.call(`path_${name}_directory`, 3, ...guest.put(path));
  assert.deepEqual([call('create', 'd'), call('create', 'd'), call('create', 'd/e'), call('create', 'no/e')], [0, 20, 0, 44]);
  assert.deepEqual([call('remove', 'd'), call('remove', 'd/e'), call('remove', 'd'), call('remove', 'd')], [55, 0, 0, 44]);
  assert.deepEqual([call('remove', 'f'), call('remove', '.'), call('create', '..'), call('create', 'f/x')], [54, 28, 63, 54]);
});

test('path_unlink_file', () => {
  const guest = new TestGuest({ files: { f: '', 'd/': '' } });
  const unlink = (path: string): number => guest.call('path_unlink_file', 3, ...guest.put(path));
  assert.deepEqual([unlink('f/'), unlink('f'), unlink('f'), unlink('d'), unlink('d/')], [54, 0, 44, 31, 31]);
});

test('path_rename across directories that are open', () => {
  const guest = new TestGuest({ files: { 'a/f': 'text', 'b/': '' } });
  const [a, b] = [guest.open('a', { oflags: oflag.directory }), guest.open('b', { oflags: oflag.directory })];
  const rename = (from: number, old: string, to: number, path: string): number =>
    guest.call('path_rename', from, ...guest.put(old), to, ...guest.put(path, at.otherPath));
  assert.equal(rename(a, 'f', b, 'g'), 0);
  assert.equal(guest.contents('b/g'), 'text');
  assert.equal(rename(a, 'f', b, 'g'), 44);
  assert.equal(rename(b, 'g', a, '../out'), 63);
  assert.equal(rename(3, 'b', 3, 'b/c'), 28);
  assert.equal(rename(99, 'g', a, 'g'), 8);
  assert.equal(rename(b, 'g', 99, 'g'), 8);
  assert.equal(rename(1, 'g', a, 'g'), 54);
});

test('path_link', () => {
  const guest = new TestGuest({ files: { f: 'text', 'd/': '' } });
  const link = (old: string, path: string, flags = 0): number =>
    guest.call('path_link', 3, flags, ...guest.put(old), 3, ...guest.put(path, at.otherPath));
  assert.deepEqual([link('f', 'd/g'), link('f', 'd/g'), link('d', 'e'), link('no', 'x'), link('f', 'x/')], [0, 20, 63, 44, 44]);
  guest.file('d/g', 'changed');
  assert.equal(guest.contents('f'), 'changed');
});

test('path_symlink and path_readlink, cut to the room there is', () => {
  const guest = new TestGuest({ files: { f: '' } });
  guest.symlink('ziel/ö', 'l');
  const readlink = (path: string, room: number): number => guest.call('path_readlink', 3, ...guest.put(path), at.buffer, room, at.out);
  assert.equal(readlink('l', 100), 0);
  assert.equal(guest.text(at.buffer, guest.u32(at.out)), 'ziel/ö');
  assert.equal(readlink('l', 4), 0);
  assert.equal(guest.text(at.buffer, guest.u32(at.out)), 'ziel');
  assert.deepEqual([readlink('f', 10), readlink('no', 10)], [28, 44]);
  assert.equal(guest.call('path_readlink', 3, ...guest.put('l'), at.end - 1, 2, at.out), 21);
  assert.equal(guest.call('path_readlink', 3, ...guest.put('l'), at.buffer, 10, at.end), 21);
  const symlink = (target: string, path: string): number =>
    guest.call('path_symlink', ...guest.put(target, at.otherPath), 3, ...guest.put(path));
  assert.deepEqual([symlink('x', 'l'), symlink('/x', 'm'), symlink('', 'm'), symlink('x', 'm/')], [20, 63, 44, 44]);
  assert.equal(guest.call('path_symlink', at.end, 1, 3, ...guest.put('m')), 21);
});

test('each call needs the right of its own', () => {
  const guest = new TestGuest({ files: { f: 'text', 'd/': '', l: '-> f' } });
  const one = guest.put('f');
  const other = guest.put('g', at.otherPath);
  const calls: readonly (readonly [right: bigint, (fd: number) => number])[] = [
    [9n, (fd) => guest.call('path_create_directory', fd, ...one)],
    [25n, (fd) => guest.call('path_remove_directory', fd, ...one)],
    [26n, (fd) => guest.call('path_unlink_file', fd, ...one)],
    [11n, (fd) => guest.call('path_link', fd, 0, ...one, 3, ...other)],
    [12n, (fd) => guest.call('path_link', 3, 0, ...one, fd, ...other)],
    [16n, (fd) => guest.call('path_rename', fd, ...one, 3, ...other)],
    [17n, (fd) => guest.call('path_rename', 3, ...one, fd, ...other)],
    [24n, (fd) => guest.call('path_symlink', ...other, fd, ...one)],
    [15n, (fd) => guest.call('path_readlink', fd, ...one, at.buffer, 10, at.out)],
  ];
  for (const [right, call] of calls) {
    const without = guest.open('.', { oflags: oflag.directory, base: everything & ~(1n << right) });
    guest.put('f');
    assert.equal(call(without), 76, `right ${right}`);
    assert.equal(call(99), 8, `right ${right}`);
    assert.equal(call(0), 54, `right ${right}`);
  }
  assert.equal(guest.contents('f'), 'text');
});
