/** Versions that are deleted, one by one and by count, on a real PostgreSQL. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import { BantamError } from '../../contracts/errors.ts';
import { plainState } from '../../contracts/release.ts';
import { findModuleBytes } from '../../registry/modules.ts';
import { publish } from '../../registry/publish.ts';
import { rollback, setAlias } from '../../registry/releases.ts';
import { deleteVersion, sweepVersions } from '../../registry/retention.ts';
import { listVersions } from '../../registry/versions.ts';
import { createPool } from '../../shared/postgres.ts';
import { usePostgres } from '../support/postgres.ts';
import { publicationOf } from '../support/publications.ts';

const postgres = usePostgres();
let pool: pg.Pool;

before(async () => {
  pool = createPool(await postgres.createRegistry(), { max: 10, applicationName: 'test', onError: () => {} });
});
after(() => pool.end());

async function publishAll(name: string, count: number): Promise<void> {
  for (let i = 1; i <= count; i++) await publish(pool, publicationOf(name, `${name} ${i}`));
}

async function versionsOf(name: string): Promise<number[]> {
  return (await listVersions(pool, name, 1_000)).items.map(({ version }) => version);
}

test('a deleted version is gone with its module, and its number is not given again', async () => {
  await publishAll('pruned', 3);
  await deleteVersion(pool, 'pruned', 2);
  assert.deepEqual(await versionsOf('pruned'), [3, 1]);
  assert.equal(await findModuleBytes(pool, publicationOf('pruned', 'pruned 2').digest), undefined);
  assert.notEqual(await findModuleBytes(pool, publicationOf('pruned', 'pruned 1').digest), undefined);
  await assert.rejects(deleteVersion(pool, 'pruned', 2), { code: 'VERSION_NOT_FOUND' });
  await assert.rejects(deleteVersion(pool, 'nobody', 1), { code: 'FUNCTION_NOT_FOUND' });
  assert.equal((await publish(pool, publicationOf('pruned', 'pruned 4'))).version.version, 4);
});

test('a version that aliases point to, with any weight, cannot be deleted, and they are named', async () => {
  await publishAll('held', 4);
  await setAlias(pool, { name: 'held', alias: 'canary', by: 'test' }, plainState(1));
  const shares = [
    { version: 2, weight: 1 },
    { version: 1, weight: 0 },
  ];
  await setAlias(pool, { name: 'held', alias: 'blue', by: 'test' }, { shares, weighted: true, sticky: undefined, guard: undefined });
  for (const [version, aliases] of [
    [1, ['blue', 'canary']],
    [2, ['blue']],
    [4, ['latest', 'live']],
  ] as const) {
    await assert.rejects(deleteVersion(pool, 'held', version), { code: 'VERSION_IN_USE', extra: { aliases, invocations: 0 } });
  }
  assert.deepEqual(await versionsOf('held'), [4, 3, 2, 1]);
  await rollback(pool, 'held', 'test');
  await assert.rejects(deleteVersion(pool, 'held', 4), { code: 'VERSION_IN_USE', extra: { aliases: ['latest'], invocations: 0 } });
});

test('a sweep keeps the newest versions that nobody points to, and whatever is or may become needed', async () => {
  await publishAll('swept', 12);
  await setAlias(pool, { name: 'swept', alias: 'old', by: 'test' }, plainState(2));
  await setAlias(pool, { name: 'swept', alias: 'live', by: 'test' }, plainState(1));
  await setAlias(pool, { name: 'swept', alias: 'live', by: 'test' }, plainState(10));
  // 12 is the latest, 10 live, 1 what a rollback brings back, 2 has an alias; of the rest the three newest stay.
  assert.equal(await sweepVersions(pool, 'swept', 3), 5);
  assert.deepEqual(await versionsOf('swept'), [12, 11, 10, 9, 8, 2, 1]);
  assert.equal(await sweepVersions(pool, 'swept', 3), 0);
  assert.equal(await sweepVersions(pool, 'swept', 0), 0, '0 keeps all');
  assert.equal(await sweepVersions(pool, 'nobody', 3), 0);
  assert.deepEqual((await rollback(pool, 'swept', 'test')).to, { version: 1 });
});

test('releases and sweeps at the same time never leave an alias without its version', async () => {
  for (let round = 0; round < 20; round++) {
    const name = `contended-${round}`;
    await publishAll(name, 4);
    const set = setAlias(pool, { name, alias: 'canary', by: 'test' }, plainState(1)).then(
      () => true,
      (error: unknown) => {
        assert.ok(error instanceof BantamError && error.code === 'VERSION_NOT_FOUND');
        return false;
      },
    );
    const [pointed] = await Promise.all([set, sweepVersions(pool, name, 1)]);
    assert.equal((await versionsOf(name)).includes(1), pointed);
  }
});
