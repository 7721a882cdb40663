/** Archives of assets become packs: what every tar writes is taken, the same files make the same pack, and nothing is cut silently. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, linkSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type AssetEntry, decodeAssets } from '../../../contracts/assets.ts';
import { readAssets } from '../../../gateway/publish/assets/read.ts';
import { listArchive, readArchive, roomy } from '../../support/assets.ts';
import { entryOf, paxOf, seal, type TarPart, tarOf } from '../../support/tar.ts';

async function digestOf(...parts: readonly TarPart[]): Promise<string> {
  return (await readArchive(tarOf(...parts))).digest;
}

const skip = execFileSync('tar', ['--version']).includes('GNU tar') ? false : 'the tar of this machine is not GNU tar';

/** A folder with all that can be packed. */
function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'bantam-assets-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const long = join(folder, 'n'.repeat(120), 'm'.repeat(140));
  mkdirSync(long, { recursive: true });
  mkdirSync(join(folder, 'empty'));
  writeFileSync(join(folder, 'b.txt'), 'bee');
  writeFileSync(join(folder, 'ü ñ 日.txt'), 'unicode');
  writeFileSync(join(long, 'deep.txt'), 'deep');
  writeFileSync(join(folder, 'nothing'), '');
  linkSync(join(folder, 'b.txt'), join(folder, 'hard'));
  symlinkSync('../b.txt', join(folder, 'empty/link'));
  symlinkSync(`${'n'.repeat(120)}/${'m'.repeat(140)}/deep.txt`, join(folder, 'long-link'));
  for (const name of ['b.txt', 'nothing']) utimesSync(join(folder, name), 1_700_000_000.75, 1_700_000_000.75);
  return folder;
}

const expected = [
  'b.txt: bee',
  'empty/',
  'empty/link -> ../b.txt',
  'hard: bee',
  `long-link -> ${'n'.repeat(120)}/${'m'.repeat(140)}/deep.txt`,
  `${'n'.repeat(120)}/`,
  `${'n'.repeat(120)}/${'m'.repeat(140)}/`,
  `${'n'.repeat(120)}/${'m'.repeat(140)}/deep.txt: deep`,
  'nothing: ',
  'ü ñ 日.txt: unicode',
];

for (const format of ['gnu', 'pax', 'oldgnu']) {
  test(`takes what tar writes in the format ${format}, plain and gzipped, and keeps the time of files in seconds`, { skip }, async (t) => {
    const folder = folderOf(t);
    const archive = execFileSync('tar', [`--format=${format}`, '-cf', '-', '-C', folder, '.']);
    assert.deepEqual(await listArchive(archive), expected);
    assert.deepEqual(await listArchive(gzipSync(archive)), expected);
    const { entries, data } = decodeAssets((await readArchive(archive)).pack);
    assert.equal(entries.find(({ path }) => path === 'b.txt')?.modifiedAtMs, 1_700_000_000_000);
    // A hard link shares what it links to.
    assert.equal(data.length, 'beeunicodedeep'.length);
  });
}

test('the formats, the order of entries and equal contents make no difference to the digest', { skip }, async (t) => {
  const folder = folderOf(t);
  const archives = [
    ['--format=gnu', '-cf', '-', '-C', folder, '.'],
    ['--format=pax', '-czf', '-', '-C', folder, '.'],
    ['--format=gnu', '--hard-dereference', '-cf', '-', '-C', folder, '.'],
    ['--format=pax', '--sort=name', '-cf', '-', '-C', folder, '.'],
  ];
  const digests = await Promise.all(archives.map(async (args) => (await readArchive(execFileSync('tar', args))).digest));
  assert.equal(new Set(digests).size, 1);
  const [a, b, d]: TarPart[] = [
    { name: 'a', contents: '1' },
    { name: 'd/b', contents: '2' },
    { name: 'd/', type: '5' },
  ];
  assert.ok(a !== undefined && b !== undefined && d !== undefined);
  assert.equal(await digestOf(a, b, d), await digestOf({ ...d, name: './d' }, { ...b, name: './d//b' }, a));
  assert.equal(await digestOf(a, b), await digestOf(a, b, d), 'a folder that is only implied is there as one that is given');
  assert.notEqual(await digestOf(a), await digestOf({ ...a, contents: '3' }));
  assert.notEqual(await digestOf(a), await digestOf({ ...a, modifiedAtS: 1 }));
  assert.notEqual(await digestOf(a), await digestOf({ ...a, name: 'z' }));
});

test('a pack has folders before what is in them, and counts entries and bytes', async () => {
  const { pack, entries, sizeBytes } = await readArchive(
    tarOf({ name: 'x/y/z', contents: 'abc' }, { name: 'x-', contents: 'de' }, { name: 'x/y/a', contents: 'abc' }),
  );
  const decoded = decodeAssets(pack);
  assert.deepEqual(
    decoded.entries.map(({ path }) => path),
    ['x', 'x-', 'x/y', 'x/y/a', 'x/y/z'],
  );
  assert.deepEqual([entries, sizeBytes], [5, 5]);
  const file: AssetEntry = { path: 'x-', type: 'file', modifiedAtMs: 0, offset: 0, sizeBytes: 2 };
  assert.deepEqual(decoded.entries[1], file);
  assert.equal(Buffer.from(decoded.data).toString(), 'deabc');
});

test('a later entry of the same path replaces an earlier one; a folder keeps its entries', async () => {
  const twice = [
    { name: 'a', contents: 'old' },
    { name: 'd/x', contents: 'x' },
    { name: 'd', type: '5' },
    { name: 'h', type: '1', target: 'a' },
  ];
  assert.deepEqual(await listArchive(tarOf(...twice, { name: 'a', contents: 'new' })), ['a: new', 'd/', 'd/x: x', 'h: old']);
  assert.deepEqual(await listArchive(tarOf({ name: 'e', type: '5' }, { name: 'e', contents: 'file' })), ['e: file']);
});

test('takes an archive without entries, one of the root alone, folders marked by a slash, and headers of git', async () => {
  assert.deepEqual(await listArchive(tarOf()), []);
  assert.deepEqual(await listArchive(tarOf({ name: './', type: '5' })), []);
  assert.deepEqual(await listArchive(tarOf({ name: 'old/', type: '\0' })), ['old/']);
  assert.deepEqual(await listArchive(tarOf(paxOf({ comment: 'a commit' }, 'g'), { name: 'a', contents: 'x' })), ['a: x']);
});

test('what follows the end mark is read to the end and left alone, so that the next part of the form can come', async () => {
  const behind = Buffer.concat([tarOf({ name: 'a', contents: 'x' }), Buffer.from('anything'.repeat(10_000))]);
  for (const archive of [behind, gzipSync(behind)]) {
    const stream = Readable.from([archive.subarray(0, 100), archive.subarray(100)], { objectMode: true, highWaterMark: 1 });
    assert.equal((await readAssets(stream, roomy)).entries, 1);
    assert.equal(stream.readableEnded, true);
  }
});

test('pax records replace name, target, size and time of the next entry only', async () => {
  const archive = tarOf(
    paxOf({ path: 'real', mtime: '12.9' }),
    { name: 'cut', contents: 'x', modifiedAtS: 5 },
    { name: 'next', contents: 'y', modifiedAtS: 5 },
    paxOf({ linkpath: 'next' }),
    { name: 'link', type: '2', target: 'cut' },
    paxOf({ size: '3' }),
    { name: 'sized', contents: 'abc', size: 0 },
  );
  assert.deepEqual(await listArchive(archive), ['link -> next', 'next: y', 'real: x', 'sized: abc']);
  const { entries } = decodeAssets((await readArchive(archive)).pack);
  assert.deepEqual([entries.find(({ path }) => path === 'real')?.modifiedAtMs, entries[1]?.modifiedAtMs], [12_000, 5_000]);
});

test('sizes in base 256 are read: a small one is taken, one of 2^80 is no size, one below zero neither', async () => {
  const sized = (field: string): Buffer => {
    const [header, ...rest] = entryOf({ name: 'a', contents: 'abc' });
    assert.ok(header !== undefined);
    header.write(field, 124, 'hex');
    return Buffer.concat([seal(header), ...rest, Buffer.alloc(1_024)]);
  };
  assert.deepEqual(await listArchive(sized(`80${'00'.repeat(10)}03`)), ['a: abc']);
  await assert.rejects(readArchive(sized(`80${'01'.repeat(11)}`)), { code: 'ASSETS_INVALID', message: /no valid size/ });
  await assert.rejects(readArchive(sized('ff'.repeat(12))), { code: 'ASSETS_INVALID', message: /no valid size/ });
});

test('work is linear: thousands of extended headers behind one of a million records take no longer than their bytes', async () => {
  const global = {
    name: 'g',
    type: 'g',
    contents: Array.from({ length: 90_000 }, (_, i) => `11 k${String(i).padStart(5, '0')}=\n`).join(''),
  };
  const many = Array.from({ length: 4_000 }, (_, i): TarPart[] => [paxOf({ mtime: '1' }), { name: `f${i}` }]).flat();
  const { entries } = await readArchive(tarOf(global, ...many), { maxBytes: 2_000_000, maxEntries: 5_000 }, 65_536);
  assert.equal(entries, 4_000);
});

test('a file comes out byte for byte as it was packed', async () => {
  const source = readFileSync(import.meta.filename);
  const archive = execFileSync('tar', ['-czf', '-', '-C', import.meta.dirname, 'read.test.ts']);
  const { entries, data } = decodeAssets((await readArchive(archive)).pack);
  assert.deepEqual([entries.length, Buffer.compare(data, source)], [1, 0]);
});
