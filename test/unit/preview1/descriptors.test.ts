/** What is done with a descriptor as such. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { at, everything, oflag, TestGuest } from '../../support/preview1.ts';

function fdstat(guest: TestGuest, fd: number): { type: number; flags: number; base: bigint; inheriting: bigint } {
  assert.equal(guest.call('fd_fdstat_get', fd, at.out), 0);
  const { view } = guest;
  return {
    type: view.getUint8(at.out),
    flags: view.getUint16(at.out + 2, true),
    base: guest.u64(at.out + 8),
    inheriting: guest.u64(at.out + 16),
  };
}

test('fd_fdstat_get shows standard streams as no terminal: no character device, no seeking', () => {
  const guest = new TestGuest();
  for (const [fd, right] of [
    [0, 2n],
    [1, 64n],
    [2, 64n],
  ] as const) {
    const { type, flags, base, inheriting } = fdstat(guest, fd);
    assert.deepEqual([type, flags, inheriting, base & (2n | 64n), base & (4n | 32n)], [0, 0, 0n, right, 0n]);
  }
});

test('fd_fdstat_get shows files and directories with the rights that fit them', () => {
  const guest = new TestGuest({ files: { f: '', 'd/': '' } });
  const root = fdstat(guest, 3);
  assert.deepEqual([root.type, root.base & (2n | 64n | (1n << 22n)), root.inheriting & 64n], [3, 0n, 64n]);
  const file = fdstat(guest, guest.open('f', { flags: 5 }));
  assert.deepEqual([file.type, file.flags, file.base & (1n << 13n), file.base & 64n], [4, 5, 0n, 64n]);
  const directory = fdstat(guest, guest.open('d', { oflags: oflag.directory }));
  assert.deepEqual([directory.type, directory.base & 64n, directory.base & (1n << 13n)], [3, 0n, 1n << 13n]);
});

test('fd_fdstat_get answers EBADF and EFAULT', () => {
  const guest = new TestGuest();
  assert.equal(guest.call('fd_fdstat_get', 4, at.out), 8);
  assert.equal(guest.call('fd_fdstat_get', 1, at.end - 23), 21);
});

test('fd_fdstat_set_flags changes flags, answers EINVAL for unknown ones, and needs its right', () => {
  const guest = new TestGuest({ files: { f: '' } });
  const fd = guest.open('f');
  assert.equal(guest.call('fd_fdstat_set_flags', fd, 1), 0);
  assert.equal(fdstat(guest, fd).flags, 1);
  assert.equal(guest.call('fd_fdstat_set_flags', fd, 32), 28);
  assert.equal(guest.call('fd_fdstat_set_flags', 99, 0), 8);
  assert.equal(guest.call('fd_fdstat_set_flags', guest.open('f', { base: 2n }), 0), 76);
});

test('fd_fdstat_set_rights takes rights away, and gives none', () => {
  const guest = new TestGuest({ files: { f: 'abc' } });
  const fd = guest.open('f');
  const { base } = fdstat(guest, fd);
  assert.equal(guest.call('fd_fdstat_set_rights', fd, base & ~64n, 0n), 0);
  assert.equal(guest.write(fd, 'x'), 8);
  assert.equal(guest.call('fd_fdstat_set_rights', fd, base, 0n), 76);
  assert.equal(guest.call('fd_fdstat_set_rights', fd, 0n, 2n), 76);
  assert.equal(guest.call('fd_fdstat_set_rights', 99, 0n, 0n), 8);
});

test('rights that a directory does not hand on are not to be had through it', () => {
  const guest = new TestGuest({ files: { 'd/f': 'abc' } });
  const directory = guest.open('d', { oflags: oflag.directory, inheriting: everything & ~64n });
  assert.equal(guest.tryOpen('f', { from: directory, base: 64n, inheriting: 0n }), 76);
  assert.equal(guest.tryOpen('f', { from: directory, base: 2n, inheriting: 64n }), 76);
  assert.equal(guest.tryOpen('f', { from: directory, base: 2n, inheriting: 0n }), 0);
});

test('fd_close closes, even what was there from the start; the lowest number is given again', () => {
  const guest = new TestGuest({ files: { f: '' } });
  const [first, second] = [guest.open('f'), guest.open('f')];
  assert.deepEqual([first, second], [4, 5]);
  assert.equal(guest.call('fd_close', first), 0);
  assert.equal(guest.call('fd_close', first), 8);
  assert.equal(guest.open('f'), first);
  assert.equal(guest.call('fd_close', 1), 0);
  assert.equal(guest.write(1, 'x'), 8);
  assert.equal(guest.open('f'), 1);
  assert.equal(guest.call('fd_close', -1), 8);
});

test('a guest has at most 1024 descriptors: EMFILE, and nothing is made', () => {
  const guest = new TestGuest({ files: { f: '' } });
  for (let fd = 4; fd < 1_024; fd++) guest.open('f', { base: 2n });
  assert.equal(guest.tryOpen('new', { oflags: oflag.create }), 33);
  guest.call('fd_close', 500);
  assert.equal(guest.open('f'), 500);
  assert.equal(guest.call('fd_close', 500), 0);
  assert.equal(guest.tryOpen('new'), 44);
});

test('fd_renumber moves a descriptor over another, which is closed', () => {
  const guest = new TestGuest({ files: { a: 'one', b: 'two' } });
  const [a, b] = [guest.open('a'), guest.open('b')];
  assert.equal(guest.call('fd_renumber', a, b), 0);
  assert.equal(guest.read(b), 'one');
  assert.equal(guest.call('fd_close', a), 8);
  assert.equal(guest.call('fd_renumber', b, b), 0);
  assert.equal(guest.call('fd_renumber', b, 99), 8);
  assert.equal(guest.call('fd_renumber', 99, b), 8);
  assert.equal(guest.call('fd_renumber', b, 1), 0);
  assert.equal(guest.write(1, '!'), 0);
  assert.equal(guest.world.stdout.length, 0);
});

test('fd_renumber lets go of what it overwrites', () => {
  const guest = new TestGuest({ files: { a: '' } });
  const [a, b] = [guest.open('a'), guest.open('b', { oflags: oflag.create })];
  assert.equal(guest.write(b, 'text'), 0);
  assert.equal(guest.call('path_unlink_file', 3, ...guest.put('b')), 0);
  assert.ok(guest.world.files.usedBytes > 0);
  assert.equal(guest.call('fd_renumber', a, b), 0);
  assert.equal(guest.world.files.usedBytes, 0);
});

test('fd_prestat_get and fd_prestat_dir_name name the root, and nothing else', () => {
  const guest = new TestGuest({ files: { d: '' } });
  assert.equal(guest.call('fd_prestat_get', 3, at.out), 0);
  assert.deepEqual([guest.u32(at.out), guest.u32(at.out + 4)], [0, 1]);
  assert.equal(guest.call('fd_prestat_dir_name', 3, at.buffer, 1), 0);
  assert.equal(guest.text(at.buffer, 2), '/\0');
  guest.open('.', { oflags: oflag.directory });
  for (const fd of [0, 1, 2, 4, 5, -1]) {
    assert.equal(guest.call('fd_prestat_get', fd, at.out), 8);
    assert.equal(guest.call('fd_prestat_dir_name', fd, at.buffer, 100), 8);
  }
  assert.equal(guest.call('fd_prestat_dir_name', 3, at.buffer, 0), 37);
  assert.equal(guest.call('fd_prestat_dir_name', 3, at.end, 1), 21);
  assert.equal(guest.call('fd_prestat_get', 3, at.end - 7), 21);
});

test('fd_sync and fd_datasync have nothing to do, but need the right', () => {
  const guest = new TestGuest({ files: { f: '' } });
  for (const name of ['fd_sync', 'fd_datasync']) {
    assert.equal(guest.call(name, guest.open('f')), 0);
    assert.equal(guest.call(name, 3), 0);
    assert.equal(guest.call(name, 1), 28);
    assert.equal(guest.call(name, 99), 8);
    assert.equal(guest.call(name, guest.open('f', { base: 2n })), 76);
  }
});

test('fd_advise takes the six kinds of advice for files', () => {
  const guest = new TestGuest({ files: { f: '' } });
  const fd = guest.open('f');
  for (let advice = 0; advice <= 5; advice++) assert.equal(guest.call('fd_advise', fd, 0n, 10n, advice), 0);
  assert.equal(guest.call('fd_advise', fd, 0n, 10n, 6), 28);
  assert.equal(guest.call('fd_advise', fd, -1n, 10n, 0), 28);
  assert.equal(guest.call('fd_advise', fd, 0n, -1n, 0), 28);
  assert.equal(guest.call('fd_advise', 3, 0n, 0n, 0), 31);
  assert.equal(guest.call('fd_advise', 0, 0n, 0n, 0), 70);
  assert.equal(guest.call('fd_advise', 99, 0n, 0n, 0), 8);
  assert.equal(guest.call('fd_advise', guest.open('f', { base: 2n }), 0n, 0n, 0), 76);
});

test('fd_allocate makes a file longer, never shorter', () => {
  const guest = new TestGuest({ files: { f: 'abc' } });
  const fd = guest.open('f');
  assert.equal(guest.call('fd_allocate', fd, 2n, 4n), 0);
  assert.equal(guest.contents('f'), 'abc\0\0\0');
  assert.equal(guest.call('fd_allocate', fd, 0n, 1n), 0);
  assert.equal(guest.contents('f').length, 6);
  assert.equal(guest.call('fd_allocate', fd, 0n, 0n), 28);
  assert.equal(guest.call('fd_allocate', fd, -1n, 5n), 28);
  assert.equal(guest.call('fd_allocate', fd, 0n, 2n ** 40n), 51);
  assert.equal(guest.call('fd_allocate', 3, 0n, 1n), 31);
  assert.equal(guest.call('fd_allocate', 1, 0n, 1n), 70);
  assert.equal(guest.call('fd_allocate', 99, 0n, 1n), 8);
  assert.equal(guest.call('fd_allocate', guest.open('f', { base: 2n }), 0n, 1n), 76);
});
