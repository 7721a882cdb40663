/** Assets in the registry, on a real PostgreSQL: they come and go with the versions that have them. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import { findAssetBytes } from '../../registry/assets.ts';
import { removeFunction } from '../../registry/functions.ts';
import { publish, reconfigure } from '../../registry/publish.ts';
import { findLatestVersion, findVersion, listVersions } from '../../registry/versions.ts';
import { createPool, inTransaction } from '../../shared/postgres.ts';
import { usePostgres } from '../support/postgres.ts';
import { assetsOf, publicationOf } from '../support/publications.ts';

const postgres = usePostgres();
let pool: pg.Pool;

before(async () => {
  pool = createPool(await postgres.createRegistry(), { max: 10, applicationName: 'test', onError: () => {} });
});
after(() => pool.end());

test('a version shows its assets, and their pack is read back as it was, in more than one piece', async () => {
  const assets = assetsOf(randomBytes(9_000_000));
  const { pack, ...summary } = assets;
  const { version } = await publish(pool, publicationOf('files', 'm', { assets }));
  assert.deepEqual(version.assets, summary);
  assert.deepEqual((await findVersion(pool, 'files', 1))?.assets, summary);
  assert.deepEqual((await listVersions(pool, 'files', 1)).items[0]?.assets, summary);
  const back = await findAssetBytes(pool, assets.digest);
  assert.ok(back !== undefined && Buffer.compare(back, pack) === 0);
  assert.equal(await findAssetBytes(pool, '00'.repeat(32)), undefined);
  assert.equal('assets' in (await publish(pool, publicationOf('no-files', 'm'))).version, false);
});

test('publishing with the same assets gives the same version; other ones, or none, the next', async () => {
  const publication = publicationOf('changing', 'm', { assets: assetsOf('one') });
  const outcomes = [];
  for (const assets of [assetsOf('one'), assetsOf('one'), assetsOf('two'), undefined, undefined, assetsOf('one')]) {
    const { created, version } = await publish(pool, { ...publication, assets });
    outcomes.push([created, version.version, version.assets?.digest === assets?.digest]);
  }
  assert.deepEqual(outcomes, [
    [true, 1, true],
    [false, 1, true],
    [true, 2, true],
    [true, 3, true],
    [false, 3, true],
    [true, 4, true],
  ]);
});

test('another configuration keeps the assets', async () => {
  const publication = publicationOf('tuned', 'm', { assets: assetsOf('kept') });
  const { bytes: _, assets, ...change } = publication;
  await publish(pool, publication);
  const tuned = await reconfigure(pool, 1, { ...change, config: { timeoutMs: 7 } });
  assert.deepEqual([tuned?.created, tuned?.version.version, tuned?.version.assets?.digest], [true, 2, assets?.digest]);
  assert.equal((await reconfigure(pool, 2, { ...change, config: { timeoutMs: 7 } }))?.created, false);
});

test('assets go with the last version that has them', async () => {
  const [own, shared] = [assetsOf('own'), assetsOf('shared')];
  await publish(pool, publicationOf('going', 'a', { assets: own }));
  await publish(pool, publicationOf('going', 'b', { assets: shared }));
  await publish(pool, publicationOf('going', 'c'));
  await publish(pool, publicationOf('staying', 'd', { assets: shared }));
  await removeFunction(pool, 'going');
  assert.equal(await findAssetBytes(pool, own.digest), undefined);
  assert.deepEqual(await findAssetBytes(pool, shared.digest), shared.pack);
  await removeFunction(pool, 'staying');
  assert.equal(await findAssetBytes(pool, shared.digest), undefined);
});

test('a publish keeps its assets although the function that had them is deleted at the same time', async () => {
  for (let round = 0; round < 30; round++) {
    const assets = assetsOf(`contended ${round}`);
    const publication = publicationOf('leaving', `contended ${round}`, { assets });
    await publish(pool, publication);
    const arriving = publicationOf(`arriving-${round}`, `other ${round}`, { assets });
    const [, published] = await Promise.all([removeFunction(pool, 'leaving'), publish(pool, arriving)]);
    assert.equal(published.version.assets?.digest, assets.digest);
    assert.deepEqual(await findAssetBytes(pool, assets.digest), assets.pack);
  }
});

test('publishes and deletions that share modules and assets crosswise all come to an end', async () => {
  const packs = [assetsOf('left'), assetsOf('right')];
  for (let round = 0; round < 20; round++) {
    await Promise.all(
      Array.from({ length: 6 }, async (_, i) => {
        const name = `crossed-${i}`;
        for (const [j, assets] of packs.entries()) await publish(pool, publicationOf(name, `module ${(i + j) % 2}`, { assets }));
        await removeFunction(pool, name);
      }),
    );
  }
  for (const { digest } of packs) assert.equal(await findAssetBytes(pool, digest), undefined);
});

test('a process of before assets still publishes, and what it deletes takes no assets along', async () => {
  const assets = assetsOf('unknown to it');
  const publication = publicationOf('older', 'm', { assets });
  await publish(pool, publication);
  await inTransaction(pool, async (client) => {
    await client.query(
      `insert into versions (function_id, version, digest, kind, entry, analysis, config, limits)
       select v.function_id, 2, v.digest, v.kind, v.entry, v.analysis, v.config, v.limits
       from versions v join functions f on f.id = v.function_id where f.name = 'older'`,
    );
    await client.query("update functions set latest_version = 2 where name = 'older'");
  });
  const latest = await findLatestVersion(pool, 'older');
  assert.deepEqual([latest?.version, latest?.assets], [2, undefined]);
  await pool.query("delete from versions using functions where functions.id = function_id and name = 'older'");
  assert.notEqual(await findAssetBytes(pool, assets.digest), undefined);
  // The next function with the same assets takes them along.
  await publish(pool, publicationOf('newer', 'n', { assets }));
  await removeFunction(pool, 'newer');
  assert.equal(await findAssetBytes(pool, assets.digest), undefined);
});
