/** The worker's side of secrets: read from a real PostgreSQL when an artifact is made, kept with it in memory, and nowhere on disk. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import type pg from 'pg';
import type { Target } from '../../contracts/invocation.ts';
import type { SecretReference } from '../../contracts/secret.ts';
import { targetOf } from '../../contracts/target.ts';
import { openSecrets, type SecretStore } from '../../registry/secrets.ts';
import { Keyring } from '../../shared/keyring.ts';
import { createPool } from '../../shared/postgres.ts';
import { Artifacts } from '../../worker/artifacts/artifacts.ts';
import { DiskCache } from '../../worker/artifacts/disk.ts';
import { secretReader } from '../../worker/artifacts/secrets.ts';
import { artifactBytes } from '../../worker/pool/wire.ts';
import { fromWat } from '../support/modules.ts';
import { usePostgres } from '../support/postgres.ts';
import { aVersion } from '../support/routes.ts';
import { aKey, sealing } from '../support/secrets.ts';

const postgres = usePostgres();
const keyring = new Keyring(aKey());
const module = await fromWat('(module (memory 1) (func (export "run")))');
let pool: pg.Pool;
let store: SecretStore;

before(async () => {
  pool = createPool(await postgres.createRegistry(), { max: 4, applicationName: 'test', onError: () => {} });
  store = openSecrets(pool);
});
after(() => pool.end());

/** @returns the version that the value has */
async function put(name: string, value: string): Promise<number> {
  const secret = { namespace: 'default', name };
  return (await store.put(secret, sealing(keyring, secret, value))).secret.version;
}

function targetWith(secrets: SecretReference[], name = 'fib'): Target {
  return targetOf({ ...aVersion(1, name), kind: 'command', secrets });
}

interface Loaded {
  readonly artifacts: Artifacts;
  readonly folder: string;
  /** How often the registry was asked for values. */
  readonly asked: () => number;
}

async function worker(t: TestContext): Promise<Loaded> {
  // A load that fails may still be writing to it.
  const folder = await mkdtemp(join(tmpdir(), 'bantam-test-'));
  t.after(() => rm(folder, { recursive: true, maxRetries: 10 }));
  let asked = 0;
  const counted: Pick<SecretStore, 'values'> = {
    values: (...args) => {
      asked += 1;
      return store.values(...args);
    },
  };
  const artifacts = new Artifacts({
    source: { moduleBytes: () => Promise.resolve(module), assetBytes: () => Promise.resolve(undefined) },
    secrets: secretReader(counted, keyring),
    disk: new DiskCache(folder, 100_000),
    memoryCacheBytes: 100_000,
    log: { warn: () => {} },
  });
  return { artifacts, folder, asked: () => asked };
}

test('an artifact has the values that its target names, and is made once for each version of them', async (t) => {
  const { artifacts, asked } = await worker(t);
  const first = targetWith([
    { env: 'A', name: 'one', version: await put('one', 'value one') },
    { env: 'B', name: 'two', version: await put('two', 'value two') },
    { env: 'C', name: 'one', version: 1 },
  ]);
  const [artifact, same] = await Promise.all([artifacts.load(first), artifacts.load(first)]);
  assert.equal(artifact, same);
  assert.deepEqual(artifact.secrets, [
    ['A', 'value one'],
    ['B', 'value two'],
    ['C', 'value one'],
  ]);
  assert.equal(artifacts.peek(first), artifact);
  assert.equal(artifactBytes(artifact) - artifactBytes({ ...artifact, secrets: [] }), 27);
  await put('one', 'another');
  const second = await artifacts.load(targetWith([{ env: 'A', name: 'one', version: 2 }]));
  assert.deepEqual(second.secrets, [['A', 'another']]);
  assert.equal(asked(), 2);
  // What was replaced can still be read by calls that began before.
  assert.deepEqual((await artifacts.load(targetWith([{ env: 'A', name: 'one', version: 1 }]))).secrets, [['A', 'value one']]);
});

test('nothing of a value is written to disk', async (t) => {
  const { artifacts, folder } = await worker(t);
  const version = await put('on-disk', 'correct horse battery staple');
  await artifacts.load(targetWith([{ env: 'A', name: 'on-disk', version }]));
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const contents = await Promise.all(files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name))));
  // Of the module it would be found.
  assert.ok(contents.some((content) => content.includes(module.subarray(0, 8))));
  assert.ok(contents.every((content) => !content.includes('battery')));
});

test('a target without secrets asks for none', async (t) => {
  const { artifacts, asked } = await worker(t);
  assert.deepEqual((await artifacts.load(targetWith([]))).secrets, []);
  assert.equal(asked(), 0);
});

test('the same reference from another namespace leads to another secret', async (t) => {
  const { artifacts } = await worker(t);
  const references = [{ env: 'A', name: 'of-default', version: await put('of-default', 'ours') }];
  await artifacts.load(targetWith(references));
  await assert.rejects(artifacts.load(targetWith(references, 'fib.team')), {
    code: 'SECRET_MISSING',
    message: 'the secret "of-default" of the namespace "team" was deleted',
  });
});

test('what was deleted is missing, also when it was only just', async (t) => {
  const { artifacts, asked } = await worker(t);
  const version = await put('deleted', 'x');
  await store.remove({ namespace: 'default', name: 'deleted' }, false);
  const missing = { code: 'SECRET_MISSING', message: 'the secret "deleted" of the namespace "default" was deleted' };
  await assert.rejects(artifacts.load(targetWith([{ env: 'A', name: 'deleted', version }])), missing);
  assert.equal(asked(), 1);
  // As the registry says it of a secret that is not there: nobody need ask again.
  await assert.rejects(artifacts.load(targetWith([{ env: 'A', name: 'deleted', version: 0 }])), missing);
  assert.equal(asked(), 1);
});

test('without the right key a secret is unreadable, and is read once the key is there', async (t) => {
  const version = await put('locked', 'correct horse battery staple');
  const target = targetWith([{ env: 'A', name: 'locked', version }]);
  for (const [keys, why] of [
    [undefined, /BANTAM_SECRET_KEY is not set at this worker/],
    [new Keyring(aKey()), /which BANTAM_SECRET_KEY has not/],
  ] as const) {
    await assert.rejects(secretReader(store, keys)(target), { code: 'SECRET_UNREADABLE', message: why });
  }
  const { artifacts } = await worker(t);
  assert.deepEqual((await artifacts.load(target)).secrets, [['A', 'correct horse battery staple']]);
});
