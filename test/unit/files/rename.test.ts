/** Renaming, case by case as POSIX has it. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { FileTree } from '../../../executor/host/files/tree.ts';
import { contentsOf, directoryAt, listOf, openFile, put } from '../../support/file-trees.ts';

function tree(): FileTree {
  return new FileTree(undefined, 10_000_000);
}

function rename(files: FileTree, from: string, to: string): string | undefined {
  return files.rename(files.root, from, files.root, to);
}

test('a file gets another name, or another directory', () => {
  const files = tree();
  put(files, 'a', 'text');
  files.createDirectory(files.root, 'd');
  assert.equal(rename(files, 'a', 'b'), undefined);
  assert.equal(rename(files, 'b', 'd/c'), undefined);
  assert.deepEqual([listOf(files), listOf(files, 'd')], [['d'], ['c']]);
  assert.equal(contentsOf(files, 'd/c'), 'text');
});

test('what was there is replaced, and gone unless it is open', () => {
  const files = tree();
  put(files, 'a', 'new');
  put(files, 'b', 'x'.repeat(5_000));
  const before = files.usedBytes;
  assert.equal(rename(files, 'a', 'b'), undefined);
  assert.equal(contentsOf(files, 'b'), 'new');
  assert.ok(before - files.usedBytes > 5_000);
  put(files, 'c', 'newer');
  const open = openFile(files, 'b');
  assert.equal(rename(files, 'c', 'b'), undefined);
  assert.equal(Buffer.from(open.view(0, 10)).toString(), 'new');
  files.release(open);
});

test('a directory replaces an empty directory only', () => {
  const files = tree();
  for (const path of ['a', 'a/x', 'empty', 'full', 'full/x']) files.createDirectory(files.root, path);
  put(files, 'f', '');
  assert.equal(rename(files, 'a', 'full'), 'notempty');
  assert.equal(rename(files, 'a', 'f'), 'notdir');
  assert.equal(rename(files, 'f', 'empty'), 'isdir');
  assert.equal(rename(files, 'a', 'empty'), undefined);
  assert.deepEqual(listOf(files), ['f', 'full', 'empty'].toSorted());
  assert.deepEqual(listOf(files, 'empty'), ['x']);
});

test('a directory does not move into itself', () => {
  const files = tree();
  files.createDirectory(files.root, 'a');
  files.createDirectory(files.root, 'a/b');
  assert.equal(rename(files, 'a', 'a/c'), 'inval');
  assert.equal(rename(files, 'a', 'a/b/c'), 'inval');
  assert.equal(rename(files, 'a', 'a'), undefined);
  assert.equal(rename(files, 'a', 'a/b'), 'inval');
});

test('".." of a directory that moved is its new directory', () => {
  const files = tree();
  for (const path of ['a', 'b', 'a/d']) files.createDirectory(files.root, path);
  assert.equal(rename(files, 'a/d', 'b/d'), undefined);
  assert.equal(files.find(files.root, 'b/d/..', true), directoryAt(files, 'b'));
});

test('names of the same file stay both', () => {
  const files = tree();
  put(files, 'a', 'text');
  files.link(files.root, 'a', false, files.root, 'b');
  assert.equal(rename(files, 'a', 'b'), undefined);
  assert.deepEqual(listOf(files), ['a', 'b']);
});

test('a symbolic link is renamed itself', () => {
  const files = tree();
  put(files, 'f', 'text');
  files.createSymlink('f', files.root, 'l');
  assert.equal(rename(files, 'l', 'm'), undefined);
  const link = files.readlink(files.root, 'm');
  assert.ok(typeof link === 'object');
  assert.equal(link.target, 'f');
});

test('dots, slashes behind files and what is missing are refused', () => {
  const files = tree();
  put(files, 'f', '');
  files.createDirectory(files.root, 'd');
  assert.equal(rename(files, 'no', 'x'), 'noent');
  assert.equal(rename(files, 'f', 'no/x'), 'noent');
  assert.equal(rename(files, 'f/', 'x'), 'notdir');
  assert.equal(rename(files, 'f', 'x/'), 'notdir');
  assert.equal(rename(files, 'd', 'x/'), undefined);
  assert.equal(rename(files, 'x/.', 'y'), 'busy');
  assert.equal(rename(files, 'f', 'x/.'), 'busy');
});

test('without room for the entry everything stays as it was', () => {
  const files = new FileTree(undefined, 3_000);
  put(files, 'a', 'one');
  put(files, 'b', 'two');
  const file = openFile(files, 'a');
  while (file.write(file.sizeBytes, Buffer.from('x')) === undefined);
  assert.equal(rename(files, 'a', 'c'.repeat(200)), 'nospc');
  assert.deepEqual(listOf(files), ['a', 'b']);
  assert.equal(contentsOf(files, 'b'), 'two');
});
