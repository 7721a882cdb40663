/** Making, finding, linking and removing entries. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { fileLimits } from '../../../executor/host/files/limits.ts';
import { FileTree } from '../../../executor/host/files/tree.ts';
import { contentsOf, directoryAt, listOf, openFile, put, way } from '../../support/file-trees.ts';

function tree(maxBytes = 10_000_000): FileTree {
  return new FileTree(undefined, maxBytes);
}

test('a new tree is an empty, writable root', () => {
  const files = tree();
  assert.deepEqual(listOf(files), []);
  assert.equal(files.usedBytes, 0);
  put(files, 'a', 'one');
  assert.equal(contentsOf(files, 'a'), 'one');
});

test('open creates only when asked, and refuses what is there when it has to be new', () => {
  const files = tree();
  assert.equal(files.open(files.root, 'a', way), 'noent');
  assert.equal(typeof files.open(files.root, 'a', { ...way, create: true }), 'object');
  assert.equal(files.open(files.root, 'a', { ...way, create: true, exclusive: true }), 'exist');
  assert.equal(files.open(files.root, 'missing/a', { ...way, create: true }), 'noent');
  assert.equal(files.open(files.root, 'a/b', { ...way, create: true }), 'notdir');
  assert.equal(files.open(files.root, 'b/', { ...way, create: true }), 'isdir');
  assert.equal(files.open(files.root, 'b', { ...way, create: true, directory: true }), 'inval');
});

test('open tells files from directories', () => {
  const files = tree();
  files.createDirectory(files.root, 'd');
  put(files, 'f', '');
  assert.equal(files.open(files.root, 'f', { ...way, directory: true }), 'notdir');
  assert.equal(files.open(files.root, 'f/', way), 'notdir');
  for (const wrong of [{ write: true }, { truncate: true }, { create: true }]) {
    assert.equal(files.open(files.root, 'd', { ...way, ...wrong }), 'isdir');
  }
  assert.equal(files.open(files.root, 'd/', way), directoryAt(files, 'd'));
  assert.equal(files.open(files.root, '.', way), files.root);
});

test('truncating empties a file and gives its memory back', () => {
  const files = tree();
  put(files, 'a', 'x'.repeat(10_000));
  const before = files.usedBytes;
  const node = files.open(files.root, 'a', { ...way, truncate: true });
  assert.equal(contentsOf(files, 'a'), '');
  assert.ok(typeof node === 'object' && before - files.usedBytes >= 10_000);
});

test('directories are made once, in directories, and removed when empty', () => {
  const files = tree();
  assert.equal(files.createDirectory(files.root, 'd'), undefined);
  assert.equal(files.createDirectory(files.root, 'd'), 'exist');
  assert.equal(files.createDirectory(files.root, '.'), 'exist');
  assert.equal(files.createDirectory(files.root, 'd/e/'), undefined);
  assert.equal(files.createDirectory(files.root, 'no/e'), 'noent');
  assert.equal(files.removeDirectory(files.root, 'd'), 'notempty');
  assert.equal(files.removeDirectory(files.root, 'd/.'), 'inval');
  assert.equal(files.removeDirectory(files.root, 'no'), 'noent');
  assert.equal(files.removeDirectory(files.root, 'd/e'), undefined);
  assert.equal(files.removeDirectory(files.root, 'd/'), undefined);
  put(files, 'f', '');
  assert.equal(files.removeDirectory(files.root, 'f'), 'notdir');
  assert.deepEqual(listOf(files), ['f']);
});

test('unlink removes files and links, never directories', () => {
  const files = tree();
  put(files, 'f', 'text');
  files.createDirectory(files.root, 'd');
  files.createSymlink('d', files.root, 'l');
  assert.equal(files.unlink(files.root, 'd'), 'isdir');
  assert.equal(files.unlink(files.root, 'd/'), 'isdir');
  assert.equal(files.unlink(files.root, 'f/'), 'notdir');
  assert.equal(files.unlink(files.root, 'l/'), 'notdir');
  assert.equal(files.unlink(files.root, 'no'), 'noent');
  assert.equal(files.unlink(files.root, 'l'), undefined);
  assert.equal(files.unlink(files.root, 'f'), undefined);
  assert.deepEqual(listOf(files), ['d']);
});

test('a slash behind a symbolic link does not make removing follow it', () => {
  const files = tree();
  files.createDirectory(files.root, 'd');
  files.createSymlink('d', files.root, 'l');
  assert.equal(files.removeDirectory(files.root, 'l/'), 'notdir');
  assert.equal(files.rename(files.root, 'l/', files.root, 'x'), 'notdir');
  assert.deepEqual(listOf(files), ['d', 'l']);
});

test('a file that is open outlives its last name, and is freed when it is closed', () => {
  const files = tree();
  const file = openFile(files, 'f', { create: true });
  assert.equal(file.write(0, Buffer.from('still here')), undefined);
  files.unlink(files.root, 'f');
  assert.equal(Buffer.from(file.view(0, 100)).toString(), 'still here');
  assert.equal(file.write(5, Buffer.from(' there')), undefined);
  assert.equal(Buffer.from(file.view(0, 100)).toString(), 'still there');
  assert.ok(files.usedBytes > 0);
  files.release(file);
  assert.equal(files.usedBytes, 0);
});

test('a directory that was removed while open takes no new entries and leads nowhere', () => {
  const files = tree();
  files.createDirectory(files.root, 'd');
  const node = files.open(files.root, 'd', way);
  assert.ok(typeof node === 'object' && node.type === 'directory');
  files.removeDirectory(files.root, 'd');
  assert.equal(files.open(node, 'f', { ...way, create: true }), 'noent');
  assert.equal(files.createDirectory(node, 'e'), 'noent');
  assert.equal(files.createSymlink('x', node, 'l'), 'noent');
  put(files, 'g', '');
  assert.equal(files.link(files.root, 'g', false, node, 'h'), 'noent');
  assert.equal(files.rename(files.root, 'g', node, 'h'), 'noent');
  assert.equal(files.find(node, '..', true), 'perm');
  files.release(node);
});

test('hard links are names of one file', () => {
  const files = tree();
  put(files, 'a', 'one');
  files.createDirectory(files.root, 'd');
  assert.equal(files.link(files.root, 'a', false, directoryAt(files, 'd'), 'b'), undefined);
  const [a, b] = [files.find(files.root, 'a', true), files.find(files.root, 'd/b', true)];
  assert.ok(a === b && typeof a === 'object');
  assert.equal(a.links, 2);
  put(files, 'd/b', 'two');
  assert.equal(contentsOf(files, 'a'), 'two');
  files.unlink(files.root, 'a');
  assert.equal(contentsOf(files, 'd/b'), 'two');
  assert.equal(a.links, 1);
});

test('link refuses directories, names that are taken, and slashes', () => {
  const files = tree();
  put(files, 'a', '');
  files.createDirectory(files.root, 'd');
  assert.equal(files.link(files.root, 'd', false, files.root, 'e'), 'perm');
  assert.equal(files.link(files.root, 'a', false, files.root, 'd'), 'exist');
  assert.equal(files.link(files.root, 'a', false, files.root, 'a'), 'exist');
  assert.equal(files.link(files.root, 'a', false, files.root, 'b/'), 'noent');
  assert.equal(files.link(files.root, 'no', false, files.root, 'b'), 'noent');
});

test('link takes a symbolic link itself unless it follows it', () => {
  const files = tree();
  put(files, 'a', 'text');
  files.createSymlink('a', files.root, 'l');
  files.createSymlink('nothing', files.root, 'dangling');
  assert.equal(files.link(files.root, 'l', false, files.root, 'same'), undefined);
  assert.equal(files.link(files.root, 'l', true, files.root, 'followed'), undefined);
  assert.equal(files.link(files.root, 'dangling', true, files.root, 'x'), 'noent');
  const followed = files.find(files.root, 'followed', false);
  const same = files.find(files.root, 'same', false);
  assert.ok(typeof followed === 'object' && typeof same === 'object');
  assert.deepEqual([same.type, followed.type], ['symlink', 'file']);
});

test('symbolic links keep their target as it was given, if it is relative and not too long', () => {
  const files = tree();
  assert.equal(files.createSymlink('../.././x/', files.root, 'l'), undefined);
  const link = files.readlink(files.root, 'l');
  assert.ok(typeof link === 'object');
  assert.equal(link.target, '../.././x/');
  assert.equal(files.createSymlink('/etc/passwd', files.root, 'm'), 'perm');
  assert.equal(files.createSymlink('', files.root, 'm'), 'noent');
  assert.equal(files.createSymlink('a\0b', files.root, 'm'), 'inval');
  assert.equal(files.createSymlink('x'.repeat(fileLimits.maxPathBytes + 1), files.root, 'm'), 'nametoolong');
  assert.equal(files.createSymlink('x', files.root, 'l'), 'exist');
  assert.equal(files.createSymlink('x', files.root, 'm/'), 'noent');
  put(files, 'f', '');
  assert.equal(files.readlink(files.root, 'f'), 'inval');
  assert.equal(files.readlink(files.root, 'no'), 'noent');
});

test('every node has an inode number of its own, which is not used again', () => {
  const files = tree();
  const seen = new Set([files.root.inode]);
  for (let round = 0; round < 5; round++) {
    const file = openFile(files, 'f', { create: true });
    assert.ok(!seen.has(file.inode));
    seen.add(file.inode);
    files.unlink(files.root, 'f');
    files.release(file);
  }
});
