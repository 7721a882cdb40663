/** Functions, versions and modules on a real PostgreSQL. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import { removeFunction } from '../../registry/functions.ts';
import { findModuleBytes } from '../../registry/modules.ts';
import { publish, reconfigure } from '../../registry/publish.ts';
import { findLatestVersion, findVersion, listLatestVersions, listVersions } from '../../registry/versions.ts';
import { createPool, inTransaction } from '../../shared/postgres.ts';
import { usePostgres } from '../support/postgres.ts';
import { publicationOf } from '../support/publications.ts';

const postgres = usePostgres();
let pool: pg.Pool;

before(async () => {
  pool = createPool(await postgres.createRegistry(), { max: 10, applicationName: 'test', onError: () => {} });
});
after(() => pool.end());

test('a published version is read back as it was given', async () => {
  const publication = publicationOf('echo', 'echo bytes', {
    config: { timeoutMs: 500, params: { run: ['n'] }, reuse: true },
    entry: 'run',
  });
  const { created, version } = await publish(pool, publication);
  assert.equal(created, true);
  const { createdAt, ...rest } = version;
  assert.deepEqual(rest, {
    name: 'echo',
    version: 1,
    digest: publication.digest,
    sizeBytes: publication.bytes.length,
    kind: 'core',
    entry: 'run',
    exports: publication.analysis.exports,
    needs: [],
    config: publication.config,
    limits: publication.limits,
  });
  assert.equal(new Date(createdAt).toISOString(), createdAt);
  assert.deepEqual(await findLatestVersion(pool, 'echo'), version);
  assert.deepEqual(await findVersion(pool, 'echo', 1), version);
});

test('what is not there is undefined, false or an empty page', async () => {
  assert.equal(await findLatestVersion(pool, 'nobody'), undefined);
  assert.equal(await findVersion(pool, 'nobody', 1), undefined);
  assert.equal(await findModuleBytes(pool, '00'.repeat(32)), undefined);
  assert.equal(await removeFunction(pool, 'nobody'), false);
  assert.deepEqual(await listVersions(pool, 'nobody', 10), { items: [], next: undefined });
});

test('module bytes come back identical, whatever they are', async () => {
  const every = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  for (const bytes of [every, new Uint8Array(0), randomBytes(4_194_304), randomBytes(10_000_000)]) {
    const publication = publicationOf('bytes', bytes);
    await publish(pool, publication);
    const back = await findModuleBytes(pool, publication.digest);
    assert.ok(back !== undefined && Buffer.compare(back, bytes) === 0);
  }
});

test('names with U+0000 and other odd characters are kept', async () => {
  const odd = 'a\u0000b"\\\u{1F600}\uFFFF';
  const exports = [{ name: odd, params: [{ name: odd, type: 'i32' }], results: [], callable: true }];
  const publication = publicationOf('odd', 'odd', {
    analysis: { kind: 'core', exports, needs: [odd] },
    entry: odd,
    config: { entry: odd, params: { [odd]: [odd] } },
  });
  const { version } = await publish(pool, publication);
  assert.equal(version.entry, odd);
  assert.deepEqual(version.exports, exports);
  assert.deepEqual(version.config, publication.config);
  assert.equal((await publish(pool, publication)).created, false);
});

test('publishing the same again gives the same version; any change gives the next', async () => {
  const first = publicationOf('changing', 'one', { config: { timeoutMs: 100, concurrency: 5 } });
  assert.equal((await publish(pool, first)).version.version, 1);
  const again = await publish(pool, { ...first, config: { concurrency: 5, timeoutMs: 100 } });
  assert.deepEqual([again.created, again.version.version], [false, 1]);

  const changes = [
    publicationOf('changing', 'two', { config: first.config }),
    publicationOf('changing', 'two', { config: { timeoutMs: 101 } }),
    publicationOf('changing', 'two', { config: { timeoutMs: 101 }, entry: 'other' }),
    publicationOf('changing', 'two', { config: { timeoutMs: 101 }, entry: 'other', limits: { ...first.limits, concurrency: 1 } }),
    first, // the first version again is not the latest: it is a new one
  ];
  for (const [index, change] of changes.entries()) {
    const { created, version } = await publish(pool, change);
    assert.deepEqual([created, version.version], [true, index + 2]);
  }
  assert.equal((await findVersion(pool, 'changing', 1))?.digest, first.digest);
});

test('concurrent publishes of one function, also its first, get the numbers 1 to n', async () => {
  const count = 20;
  const all = await Promise.all(Array.from({ length: count }, (_, i) => publish(pool, publicationOf('raced', `raced ${i}`))));
  const numbers = all.map(({ version }) => version.version).toSorted((a, b) => a - b);
  assert.deepEqual(
    numbers,
    Array.from({ length: count }, (_, i) => i + 1),
  );
});

test('of concurrent publishes of the same thing one creates the version and the others find it', async () => {
  const all = await Promise.all(Array.from({ length: 8 }, () => publish(pool, publicationOf('same', 'same'))));
  assert.equal(all.filter(({ created }) => created).length, 1);
  assert.ok(all.every(({ version }) => version.version === 1));
});

test('reconfigure makes a version of the same module without its bytes, but only on top of the version it was made from', async () => {
  const { bytes: _, ...publication } = publicationOf('tuned', 'tuned');
  await publish(pool, publicationOf('tuned', 'tuned'));
  const tuned = { ...publication, config: { timeoutMs: 7 } };
  const done = await reconfigure(pool, 1, tuned);
  assert.deepEqual([done?.created, done?.version.version, done?.version.config], [true, 2, { timeoutMs: 7 }]);
  assert.equal((await reconfigure(pool, 2, tuned))?.created, false);
  assert.equal(await reconfigure(pool, 1, { ...publication, config: { timeoutMs: 8 } }), undefined);
  await removeFunction(pool, 'tuned');
  assert.equal(await reconfigure(pool, 2, tuned), undefined);
});

test('functions are listed by name in pages, each with its latest version', async () => {
  const url = await postgres.createRegistry();
  const own = createPool(url, { max: 1, applicationName: 'test', onError: () => {} });
  try {
    for (const name of ['b', 'a-1', 'c', 'a', '9', 'deleted']) await publish(own, publicationOf(name, name));
    await publish(own, publicationOf('b', 'newer'));
    await removeFunction(own, 'deleted');
    const seen: string[] = [];
    let next: string | undefined;
    do {
      const page = await listLatestVersions(own, undefined, 2, next);
      seen.push(...page.items.map(({ name, version }) => `${name}@${version}`));
      next = page.next;
    } while (next !== undefined);
    assert.deepEqual(seen, ['9@1', 'a@1', 'a-1@1', 'b@2', 'c@1']);
  } finally {
    await own.end();
  }
});

test('versions are listed newest first in pages', async () => {
  for (let i = 1; i <= 5; i++) await publish(pool, publicationOf('paged', `paged ${i}`));
  const first = await listVersions(pool, 'paged', 2);
  assert.deepEqual([first.items.map(({ version }) => version), first.next], [[5, 4], '4']);
  const second = await listVersions(pool, 'paged', 3, first.next);
  assert.deepEqual([second.items.map(({ version }) => version), second.next], [[3, 2, 1], undefined]);
  await assert.rejects(listVersions(pool, 'paged', 2, 'x'), { code: 'INVALID_REQUEST' });
});

test('a name that is none is refused by the database itself', async () => {
  await assert.rejects(publish(pool, publicationOf('a/b', 'x')), { code: '23514' });
});

test('a Postgres that does not answer is REGISTRY_UNAVAILABLE', async () => {
  const nowhere = createPool('postgres://bantam@127.0.0.1:1/bantam', { max: 1, applicationName: 'test', onError: () => {} });
  await assert.rejects(findLatestVersion(nowhere, 'any'), { name: 'BantamError', code: 'REGISTRY_UNAVAILABLE' });
  await assert.rejects(publish(nowhere, publicationOf('any', 'x')), { name: 'BantamError', code: 'REGISTRY_UNAVAILABLE' });
  await nowhere.end();
});

test('a statement that takes too long, and a connection that is cut, are REGISTRY_UNAVAILABLE', async () => {
  const url = await postgres.createRegistry();
  const own = createPool(url, { max: 1, applicationName: 'test', onError: () => {}, statementTimeoutMs: 50 });
  try {
    await assert.rejects(
      inTransaction(own, (client) => client.query('select pg_sleep(10)')),
      { code: 'REGISTRY_UNAVAILABLE' },
    );
    await assert.rejects(
      inTransaction(own, (client) => client.query('select pg_terminate_backend(pg_backend_pid())')),
      {
        code: 'REGISTRY_UNAVAILABLE',
      },
    );
    assert.equal(await findLatestVersion(own, 'any'), undefined);
  } finally {
    await own.end();
  }
});
