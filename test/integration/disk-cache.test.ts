/** What a worker keeps on disk: believed only when it is what was written, bounded, and a help rather than a need. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Target } from '../../contracts/invocation.ts';
import { Artifacts } from '../../worker/artifacts/artifacts.ts';
import { artifactVersion } from '../../worker/artifacts/derive.ts';
import { DiskCache } from '../../worker/artifacts/disk.ts';
import { seal, sealedName, unseal } from '../../worker/artifacts/sealed.ts';
import { fromWat } from '../support/modules.ts';
import { assetsOf } from '../support/publications.ts';

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function folderOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bantam-disk-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

interface TestWorker {
  readonly artifacts: Artifacts;
  /** Digests that it asked the registry for, in order. */
  readonly fetched: string[];
  readonly warnings: string[];
}

/** @param registry bytes by digest */
function workerOn(folder: string, registry: ReadonlyMap<string, Uint8Array>): TestWorker {
  const fetched: string[] = [];
  const warnings: string[] = [];
  const fetch = (digest: string): Promise<Uint8Array | undefined> => {
    fetched.push(digest);
    return Promise.resolve(registry.get(digest));
  };
  const artifacts = new Artifacts({
    source: { moduleBytes: fetch, assetBytes: fetch },
    secrets: () => Promise.resolve([]),
    disk: new DiskCache(folder, 100_000),
    memoryCacheBytes: 100_000,
    log: { warn: (_fields, message) => warnings.push(message) },
  });
  return { artifacts, fetched, warnings };
}

const module = await fromWat('(module (memory 1) (func (export "run")))');
const { pack, digest: packDigest } = assetsOf('hello');
const settings = { key: 'a key', args: [], env: [], assets: packDigest, secrets: [] };
const target: Target = {
  function: 'f',
  version: 1,
  digest: digestOf(module),
  kind: 'core',
  memoryPages: 2,
  reuse: false,
  settings: undefined,
};
const registry = new Map([
  [target.digest, module],
  [packDigest, pack],
]);

test('gives back what was written; nothing when it is not there', async (t) => {
  const disk = new DiskCache(await folderOf(t), 1_000);
  const bytes = randomBytes(100);
  assert.equal(await disk.read('a'), undefined);
  await disk.write('a', bytes);
  assert.deepEqual(await disk.read('a'), bytes);
});

test('stays within its bound: the oldest file goes first', async (t) => {
  const folder = await folderOf(t);
  const disk = new DiskCache(folder, 250);
  for (const [age, name] of ['a', 'b', 'c'].entries()) {
    await disk.write(name, randomBytes(100));
    await utimes(join(folder, name), 1_000 + age, 1_000 + age);
  }
  assert.deepEqual((await readdir(folder)).toSorted(), ['b', 'c']);
});

test('a module and its assets come from the registry once, then from disk also for another worker', async (t) => {
  const folder = await folderOf(t);
  const first = workerOn(folder, registry);
  const loaded = await first.artifacts.load({ ...target, settings });
  assert.equal(first.artifacts.peek({ ...target, settings }), loaded);
  assert.deepEqual(loaded.memory, { initialPages: 1, maximumPages: 2 });
  assert.deepEqual(loaded.assets, pack);
  assert.deepEqual(first.fetched.toSorted(), [target.digest, packDigest].toSorted());
  const second = workerOn(folder, registry);
  assert.deepEqual(await second.artifacts.load({ ...target, settings }), loaded);
  assert.deepEqual([second.fetched, first.warnings, second.warnings], [[], [], []]);
});

test('damaged files are not believed: the artifact is derived again, and module and assets are fetched again', async (t) => {
  const folder = await folderOf(t);
  const loaded = await workerOn(folder, registry).artifacts.load({ ...target, settings });
  const artifact = sealedName(target.digest, target.memoryPages);
  const reloaded = async (...damaged: readonly string[]): Promise<string[]> => {
    for (const name of damaged) await writeFile(join(folder, name), 'damaged '.repeat(20));
    const worker = workerOn(folder, registry);
    assert.deepEqual(await worker.artifacts.load({ ...target, settings }), loaded);
    return worker.fetched;
  };
  assert.deepEqual(await reloaded(artifact), []);
  assert.deepEqual(await reloaded(artifact, `${target.digest}.wasm`), [target.digest]);
  assert.deepEqual(await reloaded(`${packDigest}.assets`), [packDigest]);
  assert.deepEqual(await reloaded(), []);
});

test('a sealed artifact is opened as it was, and not at all after any change', () => {
  for (const derived of [
    { bytes: randomBytes(50), memory: undefined, resets: false },
    { bytes: Buffer.alloc(0), memory: { initialPages: 0, maximumPages: 7 }, resets: true },
  ]) {
    const file = Buffer.from(seal(derived));
    assert.deepEqual(unseal(file), derived);
    for (let at = 0; at < file.length; at++) {
      const changed = Buffer.from(file);
      changed[at] = (changed[at] ?? 0) ^ 1;
      assert.equal(unseal(changed), undefined);
      assert.equal(unseal(file.subarray(0, at)), undefined);
    }
  }
});

test('an artifact of another version of the tools is left alone, and derived again beside it', async (t) => {
  const folder = await folderOf(t);
  await new DiskCache(folder, 100_000).write(
    sealedName(target.digest, target.memoryPages, artifactVersion + 1),
    seal({ bytes: Buffer.from('of another version'), memory: undefined, resets: false }),
  );
  const worker = workerOn(folder, registry);
  const { memory } = await worker.artifacts.load(target);
  assert.deepEqual(memory, { initialPages: 1, maximumPages: 2 });
  assert.deepEqual(worker.fetched, [target.digest]);
  assert.deepEqual(
    (await readdir(folder)).toSorted(),
    [
      `${target.digest}-2-v${artifactVersion}.artifact`,
      `${target.digest}-2-v${artifactVersion + 1}.artifact`,
      `${target.digest}.wasm`,
    ].toSorted(),
  );
});

test('a broken disk is only said', async (t) => {
  const file = join(await folderOf(t), 'file');
  await writeFile(file, 'where the folder should be');
  const { artifacts, warnings } = workerOn(file, registry);
  assert.deepEqual((await artifacts.load({ ...target, settings })).assets, pack);
  assert.equal(warnings.length, 3);
});

test('what executors load differs with the module, its kind, cap, settings and function, and for kept instances with the version', async (t) => {
  const { artifacts, fetched } = workerOn(await folderOf(t), registry);
  const targets: Target[] = [
    target,
    { ...target, function: 'g' },
    { ...target, kind: 'reactor' },
    { ...target, memoryPages: 3 },
    { ...target, settings },
    { ...target, settings: { ...settings, key: 'another' } },
    { ...target, reuse: true },
    { ...target, reuse: true, version: 2 },
  ];
  const keys = new Set<string>();
  for (const each of targets) keys.add((await artifacts.load(each)).key);
  assert.equal(keys.size, targets.length);
  assert.equal((await artifacts.load({ ...target, version: 9 })).key, (await artifacts.load(target)).key);
  assert.deepEqual(fetched, [target.digest, packDigest]);
});

test('a module or assets that are nowhere are FUNCTION_NOT_FOUND', async (t) => {
  const { artifacts } = workerOn(await folderOf(t), new Map([[target.digest, module]]));
  const message = 'f@1 was deleted before the call was started';
  await assert.rejects(artifacts.load({ ...target, digest: '00'.repeat(32) }), { code: 'FUNCTION_NOT_FOUND', message });
  await assert.rejects(artifacts.load({ ...target, settings }), { code: 'FUNCTION_NOT_FOUND', message });
  assert.equal((await artifacts.load(target)).assets, undefined);
});
