/** path_open. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { at, everything, oflag, TestGuest } from '../../support/preview1.ts';

test('path_open gives the lowest number, and reads and writes as far as it was asked to', () => {
  const guest = new TestGuest({ files: { f: 'abc' } });
  const reads = guest.open('f', { base: 2n });
  const writes = guest.open('f', { base: 64n });
  assert.deepEqual([reads, writes], [4, 5]);
  assert.deepEqual([guest.read(reads), guest.write(reads, 'x'), guest.write(writes, 'XY')], ['abc', 8, 0]);
  assert.equal(guest.contents('f'), 'XYc');
});

test('path_open makes, empties and insists as its flags say', () => {
  const guest = new TestGuest({ files: { f: 'abc', 'd/': '' } });
  assert.equal(guest.tryOpen('new'), 44);
  assert.equal(guest.tryOpen('new', { oflags: oflag.create | oflag.exclusive }), 0);
  assert.equal(guest.tryOpen('new', { oflags: oflag.create | oflag.exclusive }), 20);
  assert.equal(guest.tryOpen('f', { oflags: oflag.truncate, base: 0n }), 0);
  assert.equal(guest.contents('f'), '');
  assert.equal(guest.tryOpen('f', { oflags: oflag.directory }), 54);
  assert.equal(guest.tryOpen('f/'), 54);
  assert.equal(guest.tryOpen('no/x', { oflags: oflag.create }), 44);
  assert.equal(guest.tryOpen('d', { oflags: oflag.create | oflag.directory, base: 2n }), 28);
});

test('a directory opens to be read; to be written only if nothing but a directory was wanted', () => {
  const guest = new TestGuest({ files: { 'd/f': 'abc' } });
  assert.equal(guest.tryOpen('d', { base: 64n }), 31);
  assert.equal(guest.tryOpen('d', { base: 2n, oflags: oflag.create }), 31);
  assert.equal(guest.tryOpen('d', { base: 2n }), 0);
  const directory = guest.open('d', { oflags: oflag.directory });
  assert.equal(guest.tryOpen('f', { from: directory }), 0);
  assert.equal(guest.tryOpen('../d/f', { from: directory }), 63);
});

test('path_open follows a link at the end only when asked', () => {
  const guest = new TestGuest({ files: { f: 'abc', 'd/': '' } });
  guest.symlink('f', 'l');
  guest.symlink('d', 'm');
  assert.equal(guest.read(guest.open('l')), 'abc');
  assert.equal(guest.tryOpen('l', { lookup: 0 }), 32);
  assert.equal(guest.tryOpen('m', { lookup: 0, oflags: oflag.directory }), 32);
  assert.equal(guest.tryOpen('m', { oflags: oflag.directory }), 0);
});

test('path_open needs rights of the directory: to open, to make, to empty', () => {
  const guest = new TestGuest({ files: { f: 'abc' } });
  const pathOpen = 1n << 13n;
  const opens = guest.open('.', { base: pathOpen });
  assert.equal(guest.tryOpen('f', { from: opens }), 0);
  assert.equal(guest.tryOpen('g', { from: opens, oflags: oflag.create }), 76);
  assert.equal(guest.tryOpen('f', { from: opens, oflags: oflag.truncate }), 76);
  assert.equal(guest.tryOpen('f', { from: guest.open('.', { base: everything & ~pathOpen, oflags: oflag.directory }) }), 76);
  assert.equal(guest.contents('f'), 'abc');
});

test('path_open answers EINVAL for unknown flags, EFAULT before anything is made, EBADF, ENOTDIR', () => {
  const guest = new TestGuest({ files: { f: '' } });
  assert.equal(guest.tryOpen('f', { oflags: 16 }), 28);
  assert.equal(guest.tryOpen('f', { flags: 32 }), 28);
  assert.equal(guest.call('path_open', 3, 0, ...guest.put('new'), oflag.create, everything, 0n, 0, at.end - 3), 21);
  assert.equal(guest.tryOpen('new'), 44);
  assert.equal(guest.tryOpen('f', { from: 99 }), 8);
  assert.equal(guest.tryOpen('f', { from: 1 }), 54);
  assert.equal(guest.tryOpen('f', { from: guest.open('f') }), 54);
});
