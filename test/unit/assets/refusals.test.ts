/** Archives that are refused: each by name, and whatever is in them. */
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { maxArchiveBytes, readAssets } from '../../../gateway/publish/assets/read.ts';
import { readArchive, roomy } from '../../support/assets.ts';
import { seededRandom } from '../../support/random.ts';
import { entryOf, paxOf, seal, type TarPart, tarOf } from '../../support/tar.ts';

const invalid: readonly (readonly [what: string, parts: readonly TarPart[], detail: RegExp])[] = [
  ['an absolute path', [{ name: '/etc/passwd' }], /"\/etc\/passwd" has an absolute path/],
  ['".." in a path', [{ name: 'a/../../b' }], /"a\/..\/..\/b" has ".." in its path/],
  ['a name that is not UTF-8', [{ name: Uint8Array.of(0x61, 0xff) }], /"a\uFFFD" has a name that is not UTF-8/],
  ['a NUL in a name', [paxOf({ path: 'a\0b' }), { name: 'x' }], /has a name with a NUL in it/],
  ['a file without a name', [{ name: './', type: '0' }, { name: '.' }], /"." has no name/],
  ['a name of 256 bytes', [paxOf({ path: 'x'.repeat(256) }), { name: 'x' }], /has a name of more than 255 bytes/],
  [
    'a path of 1,025 bytes',
    [paxOf({ path: `${'x'.repeat(200)}/`.repeat(5) + 'x'.repeat(20) }), { name: 'x' }],
    /has a path of more than 1024 bytes/,
  ],
  ['a link to an absolute path', [{ name: 'l', type: '2', target: '/etc' }], /"l" is a link to an absolute path, "\/etc"/],
  ['a link out of the tree', [{ name: 'd/l', type: '2', target: '../../x' }], /"d\/l" is a link out of the tree, to "..\/..\/x"/],
  ['a link that leaves the tree and comes back', [{ name: 'l', type: '2', target: '../x/y' }], /is a link out of the tree/],
  ['a link to nothing', [{ name: 'l', type: '2' }], /"l" is a link to nothing/],
  [
    'a hard link to what is not there',
    [{ name: 'l', type: '1', target: 'a' }, { name: 'a' }],
    /"l" is a hard link to "a", which is no file before it/,
  ],
  [
    'a hard link to a folder',
    [
      { name: 'd', type: '5' },
      { name: 'l', type: '1', target: 'd' },
    ],
    /"l" is a hard link to "d"/,
  ],
  ['a hard link out of the tree', [{ name: 'l', type: '1', target: '../a' }], /"..\/a" has ".." in its path/],
  [
    'a hard link that makes a link lead out',
    [
      { name: 'd/l', type: '2', target: '../x' },
      { name: 'm', type: '1', target: 'd/l' },
    ],
    /"m" is a link out of the tree/,
  ],
  ['an entry below a file', [{ name: 'a' }, { name: 'a/b' }], /"a\/b" is below "a", which is no folder/],
  ['an entry below a link', [{ name: 'a', type: '2', target: 'b' }, { name: 'a/b' }], /"a\/b" is below "a", which is no folder/],
  [
    'a file in place of a folder with entries, the folder given twice',
    [{ name: 'a/b' }, { name: 'a', type: '5' }, { name: 'a' }],
    /"a" is a folder with entries elsewhere/,
  ],
  ['a file in place of a folder with folders', [{ name: 'a/b/c' }, { name: 'a' }], /"a" is a folder with entries elsewhere/],
  ['a file in place of a folder with entries', [{ name: 'a/b' }, { name: 'a' }], /"a" is a folder with entries elsewhere/],
  ['a character device', [{ name: 'c', type: '3' }], /"c" is a character device; assets are files, folders and links/],
  ['a block device', [{ name: 'c', type: '4' }], /is a block device/],
  ['a fifo', [{ name: 'c', type: '6' }], /is a fifo/],
  ['a sparse file of GNU', [{ name: 'c', type: 'S' }], /is a sparse file/],
  ['a sparse file of pax', [paxOf({ 'GNU.sparse.major': '1' }), { name: 'c' }], /sparse files/],
  ['an unknown type', [{ name: 'c', type: 'Q' }], /"c" is of an unknown type "Q"/],
  ['one name for all', [paxOf({ path: 'x' }, 'g'), { name: 'c' }], /one name or size for all/],
  ['a malformed pax header', [{ name: 'p', type: 'x', contents: '99 path=x\n' }, { name: 'c' }], /malformed pax header/],
  ['a size that is no number', [paxOf({ size: '1e3' }), { name: 'c' }], /"c" has no valid size/],
  ['a time that is no number', [paxOf({ mtime: 'now' }), { name: 'c' }], /"c" has no valid time/],
];

for (const [what, parts, detail] of invalid) {
  test(`refuses ${what}`, async () => {
    await assert.rejects(readArchive(tarOf(...parts)), { code: 'ASSETS_INVALID', message: detail });
  });
}

test('refuses what is no tar archive, and says what it is', async () => {
  for (const [bytes, detail] of [
    ['', /cut short/],
    ['PK\x03\x04 and so on', /is a zip archive; it takes a .tar or .tar.gz/],
    ['BZh91AY', /compressed with bzip2/],
    ['x'.repeat(2_000), /is no tar archive/],
  ] as const) {
    await assert.rejects(readArchive(Buffer.from(bytes)), { code: 'ASSETS_INVALID', message: detail });
  }
});

test('refuses an archive that is cut anywhere before its end mark, plain or gzipped, and any damage of its headers', async () => {
  const archive = tarOf({ name: 'a', contents: 'x'.repeat(700) }, { name: 'b', contents: 'y' });
  for (let length = 0; length <= archive.length - 1_024; length += 64) {
    await assert.rejects(readArchive(archive.subarray(0, length)), { code: 'ASSETS_INVALID', message: /cut short/ }, `cut at ${length}`);
  }
  const gzipped = gzipSync(archive);
  for (let length = 2; length < gzipped.length; length++) {
    await assert.rejects(
      readArchive(gzipped.subarray(0, length)),
      { code: 'ASSETS_INVALID', message: /cut short|gzip|header/ },
      `cut at ${length}`,
    );
  }
  const damaged = Buffer.from(archive);
  damaged[3] = 0x78;
  await assert.rejects(readArchive(damaged), { code: 'ASSETS_INVALID', message: /checksum/ });
});

test('takes exactly its limits, and one more of anything is ASSETS_TOO_LARGE', async () => {
  const limits = { maxBytes: 1_000, maxEntries: 3 };
  const files = [
    { name: 'a', contents: 'x'.repeat(600) },
    { name: 'd/b', contents: 'y'.repeat(400) },
  ];
  assert.equal((await readArchive(tarOf(...files), limits)).sizeBytes, 1_000);
  const tooLarge = (archive: Uint8Array, message: RegExp): Promise<void> =>
    assert.rejects(readArchive(archive, limits), { name: 'BantamError', code: 'ASSETS_TOO_LARGE', message });
  await tooLarge(tarOf(...files, { name: 'a', contents: 'z' }), /more than 1000 bytes together \(BANTAM_MAX_ASSET_BYTES\)/);
  await tooLarge(tarOf(...files, { name: 'e' }), /more than 3 entries/);
  await tooLarge(tarOf({ name: 'a/b/c/d' }), /more than 3 entries/);
  // Only said to be large: refused before a byte of it is waited for.
  await tooLarge(entryOf({ name: 'a', size: 2 ** 32 })[0] as Buffer, /more than 1000 bytes together/);
  const most = maxArchiveBytes(limits);
  const padding = { name: 'p', type: 'g', contents: ' '.repeat(0) };
  const flood = tarOf(...Array.from({ length: Math.ceil(most / 512) }, () => padding));
  await tooLarge(flood, new RegExp(`the archive has more than ${most} bytes`));
  await tooLarge(gzipSync(flood), new RegExp(`the archive has, unpacked, more than ${most} bytes`));
  await tooLarge(gzipSync(Buffer.alloc(5_000_000)), /unpacked/);
});

test('any damage at all ends in a pack or an ASSETS error', async () => {
  const random = seededRandom(11);
  const archive = tarOf(
    paxOf({ path: 'long/name', mtime: '3.5' }),
    { name: 'a', contents: 'x'.repeat(600) },
    { name: 'd/', type: '5' },
    { name: 'd/l', type: '2', target: '../a' },
    { name: 'h', type: '1', target: 'long/name' },
    { name: '././@LongLink', type: 'L', contents: `${'n'.repeat(150)}\0` },
    { name: 'n' },
  );
  for (let round = 0; round < 2_000; round++) {
    const mutant = Buffer.from(archive);
    for (let flips = 1 + random.int(4); flips > 0; flips--) {
      const block = random.int(archive.length / 512) * 512;
      mutant[block + random.int(512)] = random.int(256);
      // With a right checksum, so that damage goes deeper.
      if (random.int(2) === 0) seal(mutant.subarray(block, block + 512));
    }
    try {
      await readArchive(random.int(4) === 0 ? mutant.subarray(0, random.int(mutant.length)) : mutant, roomy, 4_096);
    } catch (error) {
      assert.match((error as { code?: string }).code ?? String(error), /^ASSETS_(INVALID|TOO_LARGE)$/);
    }
  }
});

test('an error of the stream itself is no fault of the archive', async () => {
  const broken = Readable.from(
    (function* chunks() {
      yield tarOf({ name: 'a' }).subarray(0, 512);
      throw new Error('the connection was cut');
    })(),
  );
  await assert.rejects(readAssets(broken, roomy), /the connection was cut/);
  const brokenGzip = Readable.from(
    (function* chunks() {
      yield gzipSync(tarOf({ name: 'a' })).subarray(0, 20);
      throw new Error('the connection was cut');
    })(),
  );
  await assert.rejects(readAssets(brokenGzip, roomy), /the connection was cut/);
});
