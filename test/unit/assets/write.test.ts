/** Assets come back as an archive that this and every other tar reads to the same files. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { lstatSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { decodeAssets } from '../../../contracts/assets.ts';
import { writeTar } from '../../../gateway/publish/assets/tar-writer.ts';
import { readArchive } from '../../support/assets.ts';
import { paxOf, tarOf } from '../../support/tar.ts';

const long = `${'n'.repeat(120)}/${'ü'.repeat(60)}`;
/** Lengths around 100 bytes, where a name no longer fits, and around the carry of the record's own length. */
const lengths = [86, 87, 88, 89, 90, 99, 100, 101, 102];
const archive = tarOf(
  { name: 'a.txt', contents: 'x'.repeat(512), modifiedAtS: 1_700_000_000 },
  { name: 'b.txt', contents: 'y'.repeat(513) },
  { name: 'empty/', type: '5', modifiedAtS: 0o77777777777 },
  { name: 'empty/link', type: '2', target: '../a.txt' },
  ...[long, ...lengths.map((length) => 'p'.repeat(length)), ...lengths.map((length) => 'ä'.repeat(length - 40))].flatMap((path) => [
    paxOf({ path }),
    { name: 'cut', contents: path },
  ]),
  paxOf({ linkpath: long }),
  { name: 'long-link', type: '2' },
);

test('what was read is written so that it reads as the same pack', async () => {
  const first = await readArchive(archive);
  const again = await readArchive(Buffer.concat([...writeTar(decodeAssets(first.pack))]));
  assert.equal(again.digest, first.digest);
  assert.equal(first.entries, 25);
  assert.equal(Buffer.concat([...writeTar({ entries: [], data: new Uint8Array(0) })]).length, 1_024);
});

test('the tar of this machine unpacks it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'bantam-assets-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const input = Buffer.concat([...writeTar(decodeAssets((await readArchive(archive)).pack))]);
  execFileSync('tar', ['-xf', '-', '-C', folder], { input, stdio: ['pipe', 'ignore', 'ignore'] });
  assert.equal(readFileSync(join(folder, 'b.txt'), 'utf8'), 'y'.repeat(513));
  assert.equal(readFileSync(join(folder, long), 'utf8'), long);
  assert.equal(readlinkSync(join(folder, 'long-link')), long);
  assert.equal(lstatSync(join(folder, 'a.txt')).mtimeMs, 1_700_000_000_000);
  for (const length of lengths) assert.equal(readFileSync(join(folder, 'p'.repeat(length)), 'utf8').length, length);
});
