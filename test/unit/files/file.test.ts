/** Contents of files, and what they cost. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { fileLimits } from '../../../executor/host/files/limits.ts';
import { FileTree } from '../../../executor/host/files/tree.ts';
import { contentsOf, listOf, openFile, put, way } from '../../support/file-trees.ts';
import { seededRandom } from '../../support/random.ts';

test('writing past the end fills what is between with zeroes', () => {
  const files = new FileTree(undefined, 1_000_000);
  const file = openFile(files, 'f', { create: true });
  file.write(0, Buffer.from('abc'));
  file.write(6, Buffer.from('xyz'));
  assert.equal(contentsOf(files, 'f'), 'abc\0\0\0xyz');
});

test('what was cut off does not come back when the file grows again', () => {
  const files = new FileTree(undefined, 1_000_000);
  put(files, 'f', 'secret'.repeat(20));
  const file = openFile(files, 'f');
  for (const kept of [100, 2]) {
    const start = contentsOf(files, 'f').slice(0, kept);
    file.resize(kept);
    file.resize(kept + 10);
    assert.equal(contentsOf(files, 'f'), start + '\0'.repeat(10));
    file.write(kept, Buffer.from('x'.repeat(10)));
    file.resize(kept);
    file.write(kept + 5, Buffer.from('!'));
    assert.equal(contentsOf(files, 'f'), `${start}\0\0\0\0\0!`);
  }
});

test('reads at and past the end give nothing', () => {
  const files = new FileTree(undefined, 1_000_000);
  put(files, 'f', 'abc');
  const file = openFile(files, 'f');
  for (const at of [3, 4, 2 ** 40, 2 ** 63]) assert.equal(file.view(at, 10).length, 0);
  assert.equal(file.view(1, Infinity).length, 2);
});

test('a write of a view of the file itself gives what was there before', () => {
  const files = new FileTree(undefined, 1_000_000);
  put(files, 'f', 'abcdef'.repeat(100));
  const file = openFile(files, 'f');
  assert.equal(file.write(600, file.view(0, 600)), undefined);
  assert.equal(contentsOf(files, 'f'), 'abcdef'.repeat(200));
});

test('equals a plain array under random writes, cuts and growths', () => {
  const random = seededRandom(11);
  const files = new FileTree(undefined, 1_000_000);
  const file = openFile(files, 'f', { create: true });
  let expected = Buffer.alloc(0);
  for (let step = 0; step < 3_000; step++) {
    if (random.int(4) > 0) {
      const at = random.int(3_000);
      const bytes = random.bytes(random.int(300));
      assert.equal(file.write(at, bytes), undefined);
      if (bytes.length > 0) {
        const longer = Buffer.alloc(Math.max(expected.length, at + bytes.length));
        longer.set(expected);
        longer.set(bytes, at);
        expected = longer;
      }
    } else {
      const size = random.int(3_000);
      file.resize(size);
      const other = Buffer.alloc(size);
      other.set(expected.subarray(0, size));
      expected = other;
    }
    assert.equal(Buffer.compare(file.view(0, Infinity), expected), 0, `step ${step}`);
  }
});

test('more than the tree may hold is nospc, and changes nothing', () => {
  const files = new FileTree(undefined, 100_000);
  put(files, 'f', 'kept');
  const file = openFile(files, 'f');
  assert.equal(file.write(0, new Uint8Array(100_000)), 'nospc');
  assert.equal(file.write(2 ** 50, Buffer.from('x')), 'nospc');
  assert.equal(file.resize(2 ** 53), 'nospc');
  assert.equal(contentsOf(files, 'f'), 'kept');
  assert.equal(file.write(4, new Uint8Array(90_000)), undefined);
});

test('what the machine cannot give is nospc, too, and costs nothing', () => {
  const files = new FileTree(undefined, 2 ** 60);
  put(files, 'f', 'kept');
  const before = files.usedBytes;
  const file = openFile(files, 'f');
  assert.equal(file.resize(2 ** 53), 'nospc');
  assert.equal(file.write(2 ** 52, Buffer.from('x')), 'nospc');
  assert.equal(files.usedBytes, before);
  assert.equal(contentsOf(files, 'f'), 'kept');
});

test('the last bytes can be used although growing by doubling would not fit', () => {
  const files = new FileTree(undefined, 10_000);
  const file = openFile(files, 'f', { create: true });
  let written = 0;
  while (file.write(written, Uint8Array.of(1)) === undefined) written += 1;
  assert.ok(written > 10_000 - fileLimits.nodeBytes - fileLimits.entryBytes - 10, `${written} bytes`);
});

test('all that is removed is given back', () => {
  const files = new FileTree(undefined, 1_000_000);
  for (let i = 0; i < 50; i++) put(files, `f${i}`, 'x'.repeat(i * 100));
  files.createDirectory(files.root, 'd');
  files.createSymlink('somewhere', files.root, 'd/l');
  files.link(files.root, 'f1', false, files.root, 'd/hard');
  files.rename(files.root, 'f2', files.root, 'd/moved');
  assert.ok(files.usedBytes > 122_500);
  for (const name of ['l', 'hard', 'moved']) assert.equal(files.unlink(files.root, `d/${name}`), undefined);
  files.removeDirectory(files.root, 'd');
  for (const name of listOf(files)) assert.equal(files.unlink(files.root, name), undefined);
  assert.equal(files.usedBytes, 0);
});

test('empty files, folders and links cost, and there are only so many of them', () => {
  const small = new FileTree(undefined, 100_000);
  let made = 0;
  while (small.createDirectory(small.root, `d${made}`) === undefined) made += 1;
  assert.ok(made > 100 && made < 100_000 / fileLimits.nodeBytes);
  const large = new FileTree(undefined, 2 ** 30);
  made = 0;
  while (typeof large.open(large.root, `f${made}`, { ...way, create: true }) === 'object') made += 1;
  assert.equal(made, fileLimits.maxEntries);
  assert.equal(large.link(large.root, 'f0', false, large.root, 'one more'), 'nospc');
  assert.equal(large.createSymlink('x', large.root, 'one more'), 'nospc');
});

test('what could not be made costs nothing', () => {
  const files = new FileTree(undefined, 2_000);
  const { maxNameBytes, nodeBytes, entryBytes } = fileLimits;
  const filler = openFile(files, 'f', { create: true });
  // Room for a node, but not for its entry under a long name.
  const room = nodeBytes + entryBytes;
  filler.resize(2_000 - files.usedBytes - room);
  const before = files.usedBytes;
  const name = 'n'.repeat(maxNameBytes);
  assert.equal(files.open(files.root, name, { ...way, create: true }), 'nospc');
  assert.equal(files.createDirectory(files.root, name), 'nospc');
  assert.equal(files.usedBytes, before);
});

test('changing contents and entries sets the time of change', (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_000 });
  const files = new FileTree(undefined, 1_000_000);
  put(files, 'f', 'x');
  const file = openFile(files, 'f');
  t.mock.timers.setTime(2_000);
  file.write(0, Buffer.from('y'));
  assert.deepEqual([file.accessedAtNs, file.modifiedAtNs, file.changedAtNs], [1_000_000_000n, 2_000_000_000n, 2_000_000_000n]);
  t.mock.timers.setTime(3_000);
  files.rename(files.root, 'f', files.root, 'g');
  assert.deepEqual([file.modifiedAtNs, file.changedAtNs, files.root.modifiedAtNs], [2_000_000_000n, 3_000_000_000n, 3_000_000_000n]);
  t.mock.timers.setTime(4_000);
  file.setTimes(5n, undefined);
  assert.deepEqual([file.accessedAtNs, file.modifiedAtNs, file.changedAtNs], [5n, 2_000_000_000n, 4_000_000_000n]);
});
