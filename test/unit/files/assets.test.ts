/** Assets under a tree: seen by all instances, copied by the one that writes. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { encodeAssets } from '../../../contracts/assets.ts';
import { freezeAssets, type FrozenTree } from '../../../executor/host/files/freeze.ts';
import { FileTree } from '../../../executor/host/files/tree.ts';
import { assetsModifiedAtMs, packOf } from '../../support/asset-packs.ts';
import { contentsOf, listOf, openFile, put } from '../../support/file-trees.ts';

const contents = { 'lib/a.txt': 'asset a', 'lib/b.txt': 'asset b', link: '-> lib/a.txt', 'empty/': '', 'big.bin': 'x'.repeat(10_000) };

function frozen(files: Readonly<Record<string, string>> = contents): FrozenTree {
  return freezeAssets(encodeAssets(packOf(files)));
}

test('assets are files, folders and links from the start, and cost nothing', () => {
  const files = new FileTree(frozen(), 1_000);
  assert.deepEqual(listOf(files), ['big.bin', 'empty', 'lib', 'link']);
  assert.equal(contentsOf(files, 'lib/a.txt'), 'asset a');
  assert.equal(contentsOf(files, 'link'), 'asset a');
  assert.equal(files.usedBytes, 0);
  const file = openFile(files, 'lib/b.txt');
  assert.deepEqual([file.modifiedAtNs, file.links], [BigInt(assetsModifiedAtMs) * 1_000_000n, 1]);
});

test('what one instance writes, cuts, removes and renames, no other sees', () => {
  const base = frozen();
  const one = new FileTree(base, 100_000);
  put(one, 'lib/a.txt', 'changed');
  openFile(one, 'lib/b.txt').resize(2);
  one.unlink(one.root, 'link');
  one.rename(one.root, 'big.bin', one.root, 'lib/moved');
  one.removeDirectory(one.root, 'empty');
  put(one, 'new', 'new');
  assert.deepEqual(
    [listOf(one), listOf(one, 'lib')],
    [
      ['lib', 'new'],
      ['a.txt', 'b.txt', 'moved'],
    ],
  );
  assert.equal(contentsOf(one, 'lib/b.txt'), 'as');
  assert.equal(contentsOf(one, 'lib/moved').length, 10_000);
  const other = new FileTree(base, 100_000);
  assert.deepEqual(
    [listOf(other), listOf(other, 'lib')],
    [
      ['big.bin', 'empty', 'lib', 'link'],
      ['a.txt', 'b.txt'],
    ],
  );
  assert.equal(contentsOf(other, 'lib/a.txt'), 'asset a');
  assert.equal(contentsOf(other, 'lib/b.txt'), 'asset b');
});

test('contents are copied by the first write, and counted from then on', () => {
  const files = new FileTree(frozen(), 100_000);
  const file = openFile(files, 'big.bin');
  assert.equal(files.usedBytes, 0);
  file.resize(9_000);
  assert.equal(files.usedBytes, 0);
  file.write(0, Buffer.from('y'));
  assert.ok(files.usedBytes >= 9_000);
  assert.equal(contentsOf(files, 'big.bin'), `y${'x'.repeat(8_999)}`);
});

test('a tree without room for a copy refuses the write, and the asset stays whole', () => {
  const files = new FileTree(frozen(), 5_000);
  assert.equal(openFile(files, 'big.bin').write(0, Buffer.from('y')), 'nospc');
  assert.equal(contentsOf(files, 'big.bin'), 'x'.repeat(10_000));
});

test('a name of the assets that was removed can be made again, as something else', () => {
  const files = new FileTree(frozen(), 100_000);
  files.unlink(files.root, 'lib/a.txt');
  assert.equal(files.createDirectory(files.root, 'lib/a.txt'), undefined);
  assert.equal(files.find(files.root, 'link', true), files.find(files.root, 'lib/a.txt', true));
  files.removeDirectory(files.root, 'lib/a.txt');
  assert.equal(files.find(files.root, 'lib/a.txt', true), 'noent');
});

test('a folder of assets can be moved with all that is in it', () => {
  const files = new FileTree(frozen(), 100_000);
  assert.equal(files.rename(files.root, 'lib', files.root, 'empty/lib'), undefined);
  assert.equal(contentsOf(files, 'empty/lib/a.txt'), 'asset a');
  assert.equal(files.removeDirectory(files.root, 'empty/lib'), 'notempty');
});

test('names that objects have are ordinary names', () => {
  const names = ['constructor', '__proto__', 'toString', 'hasOwnProperty'];
  const files = new FileTree(freezeAssets(encodeAssets(packOf({ constructor: 'c' }))), 100_000);
  assert.equal(contentsOf(files, 'constructor'), 'c');
  for (const name of names.slice(1)) assert.equal(files.find(files.root, name, true), 'noent');
  for (const name of names) put(files, name, name);
  assert.deepEqual(listOf(files), names.toSorted());
});

test('links of assets lead nowhere outside either', () => {
  const files = new FileTree(frozen({ f: 'text', absolute: '-> /f', above: '-> ../f', 'd/up': '-> ../../f' }), 1_000);
  for (const path of ['absolute', 'above', 'd/up']) assert.equal(files.find(files.root, path, true), 'perm', path);
});

test('a damaged pack is refused', () => {
  const data = new Uint8Array(4);
  const file = { path: 'a', type: 'file', modifiedAtMs: 0, offset: 0, sizeBytes: 4 } as const;
  for (const wrong of [
    { path: 'no/a' },
    { path: '' },
    { path: 'a/' },
    { offset: 1 },
    { offset: -1 },
    { sizeBytes: -1 },
    { sizeBytes: 5 },
  ]) {
    assert.throws(() => freezeAssets(encodeAssets({ entries: [{ ...file, ...wrong }], data })), /damaged/, JSON.stringify(wrong));
  }
  assert.throws(() => freezeAssets(encodeAssets({ entries: [file, file], data })), /damaged/);
});

test('making a tree over many assets takes no longer than over few', () => {
  const many = frozen(Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`d${i % 100}/f${i}`, ''])));
  const read: string[] = [];
  // Counts what is looked at instead of measuring time.
  const watched = new Proxy(many, {
    get: (target, key, receiver) => {
      read.push(String(key));
      return Reflect.get(target, key, receiver) as unknown;
    },
  });
  const files = new FileTree(watched, 1_000);
  assert.deepEqual(read, ['entryCount']);
  assert.equal(contentsOf(files, 'd5/f105'), '');
});
