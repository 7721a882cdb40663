/** Paths and where they lead. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { fileLimits } from '../../../executor/host/files/limits.ts';
import { FileTree } from '../../../executor/host/files/tree.ts';
import { contentsOf, directoryAt, openFile, put, way } from '../../support/file-trees.ts';

function tree(): FileTree {
  const files = new FileTree(undefined, 10_000_000);
  files.createDirectory(files.root, 'a');
  files.createDirectory(files.root, 'a/b');
  put(files, 'a/b/f', 'text');
  put(files, 'top', 'top');
  return files;
}

test('dots and repeated slashes change nothing', () => {
  const files = tree();
  for (const path of ['a/b/f', './a/./b/f', 'a//b///f', 'a/b/../b/f', 'a/../a/b/f', 'a/.//b/../../a/b/../b///./f']) {
    assert.equal(contentsOf(files, path), 'text', path);
  }
});

test('nothing is above the directory a path starts from', () => {
  const files = tree();
  const a = directoryAt(files, 'a');
  for (const path of ['..', 'a/../..', 'a/b/../../../top', '/top', '/']) assert.equal(files.find(files.root, path, true), 'perm', path);
  for (const path of ['..', '../top', 'b/../../top']) assert.equal(files.find(a, path, true), 'perm', path);
  assert.equal(files.find(a, 'b/..', true), a);
});

test('empty paths, zeroes and missing parts are told apart', () => {
  const files = tree();
  assert.equal(files.find(files.root, '', true), 'noent');
  assert.equal(files.find(files.root, 'a/b/f\0', true), 'inval');
  assert.equal(files.find(files.root, 'a/no', true), 'noent');
  assert.equal(files.find(files.root, 'a/no/../b', true), 'noent');
  assert.equal(files.find(files.root, 'top/x', true), 'notdir');
  assert.equal(files.find(files.root, 'top/.', true), 'notdir');
  assert.equal(files.find(files.root, 'top/..', true), 'notdir');
});

test('names and paths have limits in bytes, not characters', () => {
  const files = tree();
  const fits = 'é'.repeat(fileLimits.maxNameBytes >> 1);
  assert.equal(typeof files.open(files.root, fits, { ...way, create: true }), 'object');
  assert.equal(files.open(files.root, `${fits}é`, { ...way, create: true }), 'nametoolong');
  assert.equal(files.find(files.root, 'x'.repeat(fileLimits.maxNameBytes + 1), true), 'nametoolong');
  assert.equal(files.find(files.root, `${'./'.repeat(fileLimits.maxPathBytes / 2)}a`, true), 'nametoolong');
  assert.equal(typeof files.find(files.root, `${'./'.repeat(fileLimits.maxPathBytes / 2 - 1)}a`, true), 'object');
});

test('symbolic links are followed from where they are', () => {
  const files = tree();
  files.createSymlink('f', files.root, 'a/b/same');
  files.createSymlink('../b/f', files.root, 'a/b/up');
  files.createSymlink('a/b', files.root, 'dir');
  files.createSymlink('dir/same', files.root, 'chain');
  for (const path of ['a/b/same', 'a/b/up', 'dir/f', 'dir/same', 'dir/up', 'chain']) assert.equal(contentsOf(files, path), 'text', path);
  assert.equal(files.find(files.root, 'dir/..', true), directoryAt(files, 'a'));
});

test('a link at the end is followed when asked, or when a slash comes behind it', () => {
  const files = tree();
  files.createSymlink('a', files.root, 'l');
  const link = files.find(files.root, 'l', false);
  assert.ok(typeof link === 'object' && link.type === 'symlink');
  assert.equal(files.find(files.root, 'l', true), directoryAt(files, 'a'));
  assert.equal(files.find(files.root, 'l/', false), directoryAt(files, 'a'));
  assert.equal(files.find(files.root, 'l/b', false), directoryAt(files, 'a/b'));
  assert.equal(files.open(files.root, 'l', { ...way, follow: false }), 'loop');
});

test('links lead nowhere above the start, by dots or by an absolute target', () => {
  const files = tree();
  const a = directoryAt(files, 'a');
  files.createSymlink('../top', files.root, 'a/out');
  assert.equal(contentsOf(files, 'a/out'), 'top');
  assert.equal(files.find(a, 'out', true), 'perm');
  assert.equal(files.open(a, 'out', { ...way, create: true }), 'perm');
});

test('a link with a slash in its target wants a directory', () => {
  const files = tree();
  files.createSymlink('top/', files.root, 'l');
  files.createSymlink('a/', files.root, 'm');
  assert.equal(files.find(files.root, 'l', true), 'notdir');
  assert.equal(files.find(files.root, 'm', true), directoryAt(files, 'a'));
});

test('circles of links end, and so do long chains', () => {
  const files = tree();
  files.createSymlink('two', files.root, 'one');
  files.createSymlink('one', files.root, 'two');
  files.createSymlink('self/x', files.root, 'self');
  for (const path of ['one', 'two', 'self', 'one/x']) assert.equal(files.find(files.root, path, true), 'loop', path);
  files.createSymlink('a', files.root, 'l0');
  for (let i = 1; i <= fileLimits.maxLinksFollowed; i++) files.createSymlink(`l${i - 1}`, files.root, `l${i}`);
  assert.equal(files.find(files.root, `l${fileLimits.maxLinksFollowed - 1}`, true), directoryAt(files, 'a'));
  assert.equal(files.find(files.root, `l${fileLimits.maxLinksFollowed}`, true), 'loop');
});

test('creating through a dangling link makes what it points to, but not when it has to be new', () => {
  const files = tree();
  files.createSymlink('a/new', files.root, 'l');
  assert.equal(files.open(files.root, 'l', { ...way, create: true, exclusive: true }), 'exist');
  assert.equal(openFile(files, 'l', { create: true }).write(0, Buffer.from('made')), undefined);
  assert.equal(contentsOf(files, 'a/new'), 'made');
});

test('directories cannot be nested without end', () => {
  const files = new FileTree(undefined, 100_000_000);
  let at = files.root;
  for (let depth = 0; depth < fileLimits.maxDepth; depth++) {
    assert.equal(files.createDirectory(at, 'd'), undefined);
    const next = files.find(at, 'd', true);
    assert.ok(typeof next === 'object' && next.type === 'directory');
    at = next;
  }
  assert.equal(files.createDirectory(at, 'd'), 'nametoolong');
  files.createDirectory(files.root, 'other');
  assert.equal(files.rename(files.root, 'other', at, 'd'), 'nametoolong');
});
