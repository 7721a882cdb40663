/** fd_read, fd_write, fd_pread, fd_pwrite. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { at, everything, oflag, TestGuest } from '../../support/preview1.ts';

test('fd_read takes standard input as it comes, across buffers, to its end', () => {
  const guest = new TestGuest({ stdin: 'hello, world' });
  assert.equal(guest.call('fd_read', 0, ...guest.vectors(3, 0, 4), at.out), 0);
  assert.deepEqual([guest.u32(at.out), guest.text(at.buffer, 7)], [7, 'hello, ']);
  assert.deepEqual([guest.read(0), guest.read(0)], ['world', '']);
});

test('fd_write sends to standard output and standard error in the order of the buffers', () => {
  const guest = new TestGuest();
  guest.put('onetwo', at.buffer);
  assert.equal(guest.call('fd_write', 1, ...guest.vectors(3, 0, 3), at.out), 0);
  assert.equal(guest.u32(at.out), 6);
  assert.equal(guest.write(2, 'err'), 0);
  assert.equal(guest.write(1, '!'), 0);
  assert.equal(Buffer.from(guest.world.stdout.take()).toString(), 'onetwo!');
  assert.equal(Buffer.from(guest.world.stderr.take()).toString(), 'err');
});

test('fd_write past the limit of an output ends the guest, and says which', () => {
  const guest = new TestGuest({ maxAnswerBytes: 10, maxLogBytes: 5 });
  assert.equal(guest.write(1, '0123456789'), 0);
  assert.throws(() => guest.write(1, 'x'), WebAssembly.RuntimeError);
  assert.equal(guest.world.stopped?.kind === 'fault' && guest.world.stopped.code, 'GUEST_OUTPUT_EXCEEDED');
  const other = new TestGuest({ maxLogBytes: 5 });
  assert.throws(() => other.write(2, '012345'), WebAssembly.RuntimeError);
  assert.match((other.world.stopped as { detail: string }).detail, /the log is limited to 5 bytes/);
});

test('fd_read and fd_write move a position in a file', () => {
  const guest = new TestGuest();
  const fd = guest.open('f', { oflags: oflag.create });
  assert.equal(guest.write(fd, 'abcdef'), 0);
  assert.equal(guest.read(fd), '');
  guest.call('fd_seek', fd, 2n, 0, at.out);
  assert.equal(guest.read(fd, 2), 'cd');
  assert.equal(guest.write(fd, 'XYZ'), 0);
  assert.equal(guest.contents('f'), 'abcdXYZ');
});

test('fd_write appends where the descriptor says so, wherever its position is', () => {
  const guest = new TestGuest({ files: { f: 'start' } });
  const fd = guest.open('f', { flags: 1 });
  assert.equal(guest.write(fd, '-one'), 0);
  guest.call('fd_seek', fd, 0n, 0, at.out);
  assert.equal(guest.write(fd, '-two'), 0);
  guest.call('fd_tell', fd, at.out);
  assert.equal(guest.u64(at.out), 13n);
  assert.equal(guest.contents('f'), 'start-one-two');
});

test('fd_pread and fd_pwrite leave the position alone', () => {
  const guest = new TestGuest({ files: { f: 'abcdef' } });
  const fd = guest.open('f');
  assert.equal(guest.call('fd_pread', fd, ...guest.vectors(2, 2), 1n, at.out), 0);
  assert.deepEqual([guest.u32(at.out), guest.text(at.buffer, 4)], [4, 'bcde']);
  guest.put('XY', at.buffer);
  assert.equal(guest.call('fd_pwrite', fd, ...guest.vectors(2), 5n, at.out), 0);
  assert.equal(guest.u32(at.out), 2);
  assert.equal(guest.read(fd), 'abcdeXY');
  assert.equal(guest.call('fd_pread', fd, ...guest.vectors(2), 100n, at.out), 0);
  assert.equal(guest.u32(at.out), 0);
});

test('fd_pread and fd_pwrite answer EINVAL for offsets below zero, ESPIPE for streams', () => {
  const guest = new TestGuest({ files: { f: 'abc' } });
  const fd = guest.open('f');
  for (const name of ['fd_pread', 'fd_pwrite']) {
    assert.equal(guest.call(name, fd, ...guest.vectors(2), -1n, at.out), 28);
    for (const stream of [0, 1, 2]) assert.equal(guest.call(name, stream, ...guest.vectors(2), 0n, at.out), 70);
  }
});

test('all four answer EBADF for what is not open or not opened for it, EISDIR for directories', () => {
  const guest = new TestGuest({ files: { f: 'abc' } });
  const readOnly = guest.open('f', { base: everything & ~64n });
  const writeOnly = guest.open('f', { base: everything & ~2n });
  for (const [name, offset, wrong] of [
    ['fd_read', [], [1, 2, writeOnly]],
    ['fd_write', [], [0, readOnly]],
    ['fd_pread', [0n], [writeOnly]],
    ['fd_pwrite', [0n], [readOnly]],
  ] as const) {
    for (const fd of [...wrong, 99, -1]) assert.equal(guest.call(name, fd, ...guest.vectors(2), ...offset, at.out), 8, `${name} of ${fd}`);
    assert.equal(guest.call(name, 3, ...guest.vectors(2), ...offset, at.out), 31);
  }
});

test('fd_pread and fd_pwrite need the right to seek', () => {
  const guest = new TestGuest({ files: { f: 'abc' } });
  const fd = guest.open('f', { base: everything & ~4n });
  assert.equal(guest.call('fd_pread', fd, ...guest.vectors(2), 0n, at.out), 76);
  assert.equal(guest.call('fd_pwrite', fd, ...guest.vectors(2), 0n, at.out), 76);
  assert.equal(guest.read(fd), 'abc');
});

test('all four answer EFAULT for what is outside memory, EINVAL for more than 1024 buffers, and move nothing', () => {
  const guest = new TestGuest({ stdin: 'input', files: { f: 'abc' } });
  const fd = guest.open('f');
  const ways = [
    ['fd_read', fd],
    ['fd_write', fd],
    ['fd_read', 0],
    ['fd_write', 1],
    ['fd_pread', fd, 0n],
    ['fd_pwrite', fd, 0n],
  ] as const;
  for (const [name, number, ...offset] of ways) {
    assert.equal(guest.call(name, number, at.end - 4, 1, ...offset, at.out), 21);
    assert.equal(guest.call(name, number, ...guest.vectors(2), ...offset, at.end - 3), 21);
    assert.equal(guest.call(name, number, at.vectors, 1_025, ...offset, at.out), 28);
    assert.equal(guest.call(name, number, at.vectors, -1, ...offset, at.out), 28);
    guest.view.setUint32(at.vectors, at.end - 1, true);
    guest.view.setUint32(at.vectors + 4, 2, true);
    assert.equal(guest.call(name, number, at.vectors, 1, ...offset, at.out), 21, `${name} of ${number}`);
  }
  assert.deepEqual([guest.world.stdinAt, guest.world.stdout.length, guest.contents('f')], [0, 0, 'abc']);
});

test('a bad buffer behind good ones gives what the good ones took', () => {
  const guest = new TestGuest({ stdin: 'input' });
  const [vectors] = guest.vectors(2, 2);
  guest.view.setUint32(at.vectors + 8, at.end, true);
  assert.equal(guest.call('fd_read', 0, vectors, 2, at.out), 0);
  assert.deepEqual([guest.u32(at.out), guest.world.stdinAt], [2, 2]);
});

test('buffers that lie over the list of buffers are checked as they are then', () => {
  const list = Buffer.alloc(16);
  list.writeUInt32LE(at.end - 1, 8);
  list.writeUInt32LE(100, 12);
  const guest = new TestGuest({ stdin: `${list.toString('latin1')}more` });
  guest.world.stdin = Buffer.concat([list, Buffer.from('more')]);
  guest.view.setUint32(at.vectors, at.vectors, true);
  guest.view.setUint32(at.vectors + 4, 16, true);
  guest.view.setUint32(at.vectors + 8, at.buffer, true);
  guest.view.setUint32(at.vectors + 12, 4, true);
  assert.equal(guest.call('fd_read', 0, at.vectors, 2, at.out), 0);
  assert.equal(guest.u32(at.out), 16);
});

test('fd_write answers ENOSPC when the files are full, and what fitted before it counts', () => {
  const guest = new TestGuest({ maxFileBytes: 20_000 });
  const fd = guest.open('f', { oflags: oflag.create });
  assert.equal(guest.call('fd_write', fd, ...guest.vectors(10_000, 30_000), at.out), 0);
  assert.equal(guest.u32(at.out), 10_000);
  assert.equal(guest.call('fd_write', fd, ...guest.vectors(30_000), at.out), 51);
  assert.equal(guest.call('fd_pwrite', fd, ...guest.vectors(1), 2n ** 62n, at.out), 51);
});
