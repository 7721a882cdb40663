/** Modules on a worker's disk: believed only when their bytes have their digest, bounded, and a help rather than a need. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Target } from '../../contracts/invocation.ts';
import { Artifacts } from '../../worker/artifacts/artifacts.ts';
import { DiskCache } from '../../worker/artifacts/disk.ts';
import { fromWat } from '../support/modules.ts';

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function folderOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bantam-disk-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

test('gives back what was written; nothing when the file was damaged or is not there', async (t) => {
  const folder = await folderOf(t);
  const disk = new DiskCache(folder, 1_000);
  const bytes = randomBytes(100);
  const digest = digestOf(bytes);
  assert.equal(await disk.read(digest), undefined);
  await disk.write(digest, bytes);
  assert.deepEqual(await disk.read(digest), bytes);
  await writeFile(join(folder, `${digest}.wasm`), 'damaged');
  assert.equal(await disk.read(digest), undefined);
});

test('stays within its bound: the oldest file goes first', async (t) => {
  const folder = await folderOf(t);
  const disk = new DiskCache(folder, 250);
  const modules = [randomBytes(100), randomBytes(100), randomBytes(100)];
  for (const [age, bytes] of modules.entries()) {
    await disk.write(digestOf(bytes), bytes);
    await utimes(join(folder, `${digestOf(bytes)}.wasm`), 1_000 + age, 1_000 + age);
  }
  assert.deepEqual(
    (await readdir(folder)).toSorted(),
    modules
      .slice(1)
      .map((bytes) => `${digestOf(bytes)}.wasm`)
      .toSorted(),
  );
});

test('a module comes from the registry once, then from disk also for another worker; a damaged file is fetched again; a broken disk is only said', async (t) => {
  const folder = await folderOf(t);
  const bytes = await fromWat('(module (memory 1) (func (export "run")))');
  const target: Target = {
    function: 'f',
    version: 1,
    digest: digestOf(bytes),
    kind: 'core',
    memoryPages: 2,
    reuse: false,
    settings: undefined,
  };
  let fetched = 0;
  const warnings: string[] = [];
  const worker = (path: string): Artifacts =>
    new Artifacts({
      fetch: () => Promise.resolve((fetched++, bytes)),
      disk: new DiskCache(path, 10_000),
      memoryCacheBytes: 10_000,
      log: { warn: (_fields, message) => warnings.push(message) },
    });
  const first = worker(folder);
  const loaded = await first.load(target);
  assert.equal(first.peek(target), loaded);
  assert.deepEqual(loaded.memory, { initialPages: 1, maximumPages: 2 });
  assert.deepEqual(await worker(folder).load(target), loaded);
  assert.equal(fetched, 1);
  await writeFile(join(folder, `${target.digest}.wasm`), 'damaged');
  assert.deepEqual(await worker(folder).load(target), loaded);
  assert.equal(fetched, 2);
  assert.deepEqual(warnings, []);
  // A file where the folder should be.
  assert.deepEqual(await worker(join(folder, `${target.digest}.wasm`)).load(target), loaded);
  assert.equal(warnings.length, 1);
});
