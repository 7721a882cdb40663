/** wasi:filesystem: the file tree in the interface's own terms. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { assetsModifiedAtMs } from '../../support/asset-packs.ts';
import { contentsOf } from '../../support/file-trees.ts';
import { callHost } from '../../support/wasi.ts';
import { call, errOf, follow, noFollow, ok, open, rootOf, worldWith } from '../../support/wasi-files.ts';

const modified = { seconds: BigInt(assetsModifiedAtMs / 1_000), nanoseconds: 0 };

test('opens, reads and writes at offsets, and says where the end is', () => {
  const world = worldWith({ f: 'abcdef' });
  const file = ok(open(world, rootOf(world), 'f'));
  const [middle, more] = ok(call(world, file, 'read', 3n, 1n)) as [Uint8Array, boolean];
  assert.deepEqual([Buffer.from(middle).toString(), more], ['bcd', false]);
  const [tail, ended] = ok(call(world, file, 'read', 2n ** 63n, 4n)) as [Uint8Array, boolean];
  assert.deepEqual([Buffer.from(tail).toString(), ended], ['ef', true]);
  assert.equal(ok(call(world, file, 'write', Buffer.from('XY'), 8n)), 2n);
  assert.equal(contentsOf(world.files, 'f'), 'abcdef\0\0XY');
  assert.equal(ok(call(world, file, 'set-size', 2n)), undefined);
  assert.equal(contentsOf(world.files, 'f'), 'ab');
  assert.equal(errOf(call(world, file, 'set-size', 2n ** 60n)), 'insufficient-space');
  assert.equal(errOf(call(world, file, 'write', Buffer.from('x'), 2n ** 60n)), 'insufficient-space');
});

test('what a descriptor was not opened for is a bad descriptor; a directory is a directory', () => {
  const world = worldWith({ f: 'abc', 'd/': '' });
  const root = rootOf(world);
  const reads = ok(open(world, root, 'f', {}, { read: true }));
  const writes = ok(open(world, root, 'f', {}, { write: true }));
  for (const [method, ...args] of [
    ['write', Buffer.from('x'), 0n],
    ['write-via-stream', 0n],
    ['append-via-stream'],
    ['set-size', 0n],
  ] as const) {
    assert.equal(errOf(call(world, reads, method, ...args)), 'bad-descriptor', method);
    assert.equal(errOf(call(world, root, method, ...args)), 'is-directory', method);
  }
  for (const [method, ...args] of [
    ['read', 1n, 0n],
    ['read-via-stream', 0n],
  ] as const) {
    assert.equal(errOf(call(world, writes, method, ...args)), 'bad-descriptor', method);
    assert.equal(errOf(call(world, root, method, ...args)), 'is-directory', method);
  }
  assert.equal(errOf(open(world, root, 'd')), 'is-directory');
  assert.equal(errOf(call(world, reads, 'read-directory')), 'not-directory');
  assert.equal(errOf(open(world, reads, 'x')), 'not-directory');
});

test('flags, types and identity of what is open', () => {
  const world = worldWith({ f: 'abc', 'd/': '' });
  const root = rootOf(world);
  const file = ok(open(world, root, 'f', {}, { write: true }));
  const all = {
    read: false,
    write: false,
    fileIntegritySync: false,
    dataIntegritySync: false,
    requestedWriteSync: false,
    mutateDirectory: false,
  };
  assert.deepEqual(ok(call(world, file, 'get-flags')), { ...all, write: true });
  assert.deepEqual(ok(call(world, root, 'get-flags')), { ...all, read: true, mutateDirectory: true });
  assert.deepEqual([ok(call(world, file, 'get-type')), ok(call(world, root, 'get-type'))], ['regular-file', 'directory']);
  const again = ok(open(world, root, 'f'));
  assert.equal(call(world, file, 'is-same-object', again), true);
  assert.equal(call(world, file, 'is-same-object', root), false);
  const hash = ok(call(world, file, 'metadata-hash'));
  assert.deepEqual(ok(call(world, root, 'metadata-hash-at', follow, 'f')), hash);
  assert.notDeepEqual(ok(call(world, root, 'metadata-hash')), hash);
  ok(call(world, file, 'write', Buffer.from('longer'), 0n));
  assert.notDeepEqual(ok(call(world, file, 'metadata-hash')), hash);
  for (const [method, ...args] of [['sync'], ['sync-data'], ['advise', 0n, 0n, 'normal']] as const)
    assert.equal(ok(call(world, file, method, ...args)), undefined);
});

test('attributes: type, links, size, times', () => {
  const world = worldWith({ f: 'abc', l: '-> f' });
  const root = rootOf(world);
  assert.deepEqual(ok(call(world, root, 'stat-at', follow, 'l')), {
    type: 'regular-file',
    linkCount: 1n,
    size: 3n,
    dataAccessTimestamp: modified,
    dataModificationTimestamp: modified,
    statusChangeTimestamp: modified,
  });
  assert.equal((ok(call(world, root, 'stat-at', noFollow, 'l')) as { type: string }).type, 'symbolic-link');
  assert.equal((ok(call(world, root, 'stat')) as { type: string }).type, 'directory');
  assert.equal(errOf(call(world, root, 'stat-at', follow, 'no')), 'no-entry');
});

test('times are set to what is given, to now or not at all; what no clock shows is refused', (t) => {
  const world = worldWith({ f: 'abc' });
  t.mock.timers.enable({ apis: ['Date'], now: 5_250 });
  const root = rootOf(world);
  const file = ok(open(world, root, 'f'));
  const given = { tag: 'timestamp', val: { seconds: 7n, nanoseconds: 9 } };
  ok(call(world, file, 'set-times', given, { tag: 'no-change' }));
  ok(call(world, root, 'set-times-at', follow, 'f', { tag: 'no-change' }, { tag: 'now' }));
  const stat = ok(call(world, file, 'stat')) as Record<string, unknown>;
  assert.deepEqual(
    [stat['dataAccessTimestamp'], stat['dataModificationTimestamp']],
    [
      { seconds: 7n, nanoseconds: 9 },
      { seconds: 5n, nanoseconds: 250_000_000 },
    ],
  );
  const wrong = (seconds: bigint, nanoseconds: number): unknown =>
    errOf(call(world, file, 'set-times', { tag: 'timestamp', val: { seconds, nanoseconds } }, { tag: 'now' }));
  assert.deepEqual([wrong(0n, 1_000_000_000), wrong(2n ** 64n - 1n, 0)], ['invalid', 'overflow']);
  assert.deepEqual(ok(call(world, file, 'stat')), stat);
});

test('directories list their entries without dots, each stream for itself', () => {
  const world = worldWith({ f: '', 'd/': '', l: '-> f' });
  const root = rootOf(world);
  const entriesOf = (): unknown[] => {
    const stream = ok(call(world, root, 'read-directory'));
    const entries: unknown[] = [];
    for (;;) {
      const entry = ok(callHost(world, 'wasi:filesystem/types#[method]directory-entry-stream.read-directory-entry', stream));
      if (entry === undefined) return entries;
      entries.push(entry);
    }
  };
  const expected = [
    { type: 'regular-file', name: 'f' },
    { type: 'directory', name: 'd' },
    { type: 'symbolic-link', name: 'l' },
  ];
  assert.deepEqual([entriesOf(), entriesOf()], [expected, expected]);
});

test('entries are made, linked, renamed and removed below any directory', () => {
  const world = worldWith({ f: 'text', 'd/': '' });
  const root = rootOf(world);
  const directory = ok(open(world, root, 'd', { directory: true }, { read: true }));
  ok(call(world, directory, 'create-directory-at', 'e'));
  ok(call(world, root, 'link-at', noFollow, 'f', directory, 'e/g'));
  ok(call(world, directory, 'rename-at', 'e/g', root, 'h'));
  ok(call(world, directory, 'symlink-at', '../h', 'l'));
  assert.equal(ok(call(world, root, 'readlink-at', 'd/l')), '../h');
  assert.equal(contentsOf(world.files, 'd/l'), 'text');
  ok(call(world, directory, 'remove-directory-at', 'e'));
  ok(call(world, directory, 'unlink-file-at', 'l'));
  assert.deepEqual(
    [
      call(world, directory, 'stat-at', follow, '../f'),
      call(world, root, 'symlink-at', '/etc', 'x'),
      call(world, root, 'create-directory-at', 'd'),
      call(world, root, 'remove-directory-at', 'f'),
      call(world, root, 'unlink-file-at', 'd'),
      call(world, root, 'rename-at', 'd', root, 'd/x'),
      call(world, root, 'readlink-at', 'f'),
      open(world, root, 'x/y', { create: true }),
      open(world, root, 'f', { create: true, exclusive: true }),
    ].map(errOf),
    ['not-permitted', 'not-permitted', 'exist', 'not-directory', 'is-directory', 'invalid', 'invalid', 'no-entry', 'exist'],
  );
});
