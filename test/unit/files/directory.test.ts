/** Reading directories: positions stay good while entries come and go. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { encodeAssets } from '../../../contracts/assets.ts';
import type { Directory } from '../../../executor/host/files/directory.ts';
import { freezeAssets } from '../../../executor/host/files/freeze.ts';
import { FileTree } from '../../../executor/host/files/tree.ts';
import { packOf } from '../../support/asset-packs.ts';
import { listOf, put } from '../../support/file-trees.ts';
import { seededRandom } from '../../support/random.ts';

function tree(files?: Readonly<Record<string, string>>): FileTree {
  return new FileTree(files === undefined ? undefined : freezeAssets(encodeAssets(packOf(files))), 100_000_000);
}

function namesAfter(directory: Directory, cookie: number): string[] {
  const names: string[] = [];
  for (let entry = directory.after(cookie); entry !== undefined; entry = directory.after(entry.cookie)) names.push(entry.name);
  return names;
}

test('begins with "." and "..", whose inode numbers are right', () => {
  const files = tree();
  files.createDirectory(files.root, 'd');
  const node = files.find(files.root, 'd', true);
  assert.ok(typeof node === 'object' && node.type === 'directory');
  const dot = node.after(0);
  const dotDot = node.after(1);
  assert.deepEqual([dot?.name, dot?.inode, dotDot?.name, dotDot?.inode], ['.', node.inode, '..', files.root.inode]);
  assert.equal(files.root.after(1)?.inode, files.root.inode);
});

test('gives every entry once, with its type and inode number, those of the assets first', () => {
  const files = tree({ 'asset.txt': 'a', link: '-> asset.txt', 'folder/': '' });
  put(files, 'own', '');
  assert.deepEqual(namesAfter(files.root, 0), ['.', '..', 'asset.txt', 'link', 'folder', 'own']);
  for (let entry = files.root.after(2); entry !== undefined; entry = files.root.after(entry.cookie)) {
    const node = files.find(files.root, entry.name, false);
    assert.ok(typeof node === 'object');
    assert.deepEqual([entry.type, entry.inode], [node.type, node.inode], entry.name);
  }
});

test('removing what was read, as rm -r does, neither skips nor repeats', () => {
  const files = tree(Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`asset${i}`, ''])));
  for (let i = 0; i < 100; i++) put(files, `own${i}`, '');
  let cookie = 2;
  let removed = 0;
  for (let entry = files.root.after(cookie); entry !== undefined; entry = files.root.after(cookie)) {
    assert.equal(files.unlink(files.root, entry.name), undefined);
    cookie = entry.cookie;
    removed += 1;
  }
  assert.equal(removed, 200);
  assert.ok(files.root.isEmpty);
});

test('a name that was removed and made again is at the end', () => {
  const files = tree({ a: 'asset', b: 'asset' });
  files.unlink(files.root, 'a');
  put(files, 'a', 'own');
  assert.deepEqual(namesAfter(files.root, 2), ['b', 'a']);
});

test('positions past the end and of nothing give nothing', () => {
  const files = tree({ a: '' });
  for (const cookie of [3, 1e6, Number.MAX_SAFE_INTEGER, Infinity]) assert.equal(files.root.after(cookie), undefined);
});

test('holds what a set of names holds, whatever comes and goes', () => {
  const random = seededRandom(7);
  const names = Array.from({ length: 60 }, (_, i) => `n${i}`);
  const files = tree(Object.fromEntries(names.slice(0, 30).map((name) => [name, name])));
  const expected = new Set(names.slice(0, 30));
  for (let step = 0; step < 5_000; step++) {
    const name = random.pick(names);
    const other = random.pick(names);
    const action = random.int(3);
    if (action === 0) {
      put(files, name, 'x');
      expected.add(name);
    } else if (action === 1) {
      assert.equal(files.unlink(files.root, name), expected.delete(name) ? undefined : 'noent');
    } else if (expected.has(name)) {
      assert.equal(files.rename(files.root, name, files.root, other), undefined);
      expected.delete(name);
      expected.add(other);
    }
  }
  assert.deepEqual(listOf(files), [...expected].toSorted());
  assert.equal(files.root.isEmpty, expected.size === 0);
});
