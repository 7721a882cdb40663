/** Releases that are taken back by their guard, on a real PostgreSQL. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import { plainState, type Release, type ReleaseState } from '../../contracts/release.ts';
import { findRoute } from '../../registry/aliases.ts';
import { publish } from '../../registry/publish.ts';
import { listReleases } from '../../registry/release-rows.ts';
import { rollback, setAlias, tripGuard } from '../../registry/releases.ts';
import { createPool } from '../../shared/postgres.ts';
import { usePostgres } from '../support/postgres.ts';
import { publicationOf } from '../support/publications.ts';

const postgres = usePostgres();
let pool: pg.Pool;

before(async () => {
  pool = createPool(await postgres.createRegistry(), { max: 10, applicationName: 'test', onError: () => {} });
});
after(() => pool.end());

function guarded(...weights: readonly (readonly [version: number, weight: number])[]): ReleaseState {
  const shares = weights.map(([version, weight]) => ({ version, weight }));
  return { shares, weighted: true, sticky: undefined, guard: { maxErrorRate: 0.1, windowMs: 10_000, minCalls: 10 } };
}

async function publishAll(name: string, count: number): Promise<void> {
  for (let i = 1; i <= count; i++) await publish(pool, publicationOf(name, `${name} ${i}`));
}

function set(name: string, state: ReleaseState): Promise<Release | undefined> {
  return setAlias(pool, { name, alias: 'live', by: 'test' }, state);
}

async function routeOf(name: string): Promise<string | undefined> {
  const route = await findRoute(pool, name, 'live');
  return route?.shares.map(({ version, weight }) => `${version.version}:${weight}`).join();
}

test('of gateways that take a release back at the same time one does, and none once the alias has moved on', async () => {
  await publishAll('tripped', 2);
  const release = await set('tripped', guarded([2, 5], [1, 95]));
  const trip = { name: 'tripped', alias: 'live', release: release?.id ?? '', detail: '9 of 10 calls failed' };
  const all = await Promise.all(Array.from({ length: 8 }, () => tripGuard(pool, trip)));
  const [won, ...others] = all.filter((one) => one !== undefined);
  assert.deepEqual(others, []);
  assert.deepEqual([won?.by, won?.reason, won?.detail, won?.to], ['guard', 'guard', '9 of 10 calls failed', { weights: { '1': 95 } }]);
  assert.equal(await routeOf('tripped'), '1:95');
  assert.equal((await publish(pool, publicationOf('tripped', 'the next'))).live.weighted, true);
  assert.equal(await routeOf('tripped'), '1:95', 'the next publish waits for its release');
  assert.equal((await listReleases(pool, 'tripped', 100)).items.length, 4);

  const second = await set('tripped', guarded([2, 1], [1, 1]));
  await set('tripped', plainState(2));
  assert.equal(await tripGuard(pool, { ...trip, release: second?.id ?? '' }), undefined);
  assert.equal(await routeOf('tripped'), '2:1');
});

test('after a guard a rollback brings back neither the version that failed nor what is there already', async () => {
  await publishAll('steps', 3);
  await set('steps', plainState(2));
  await set('steps', guarded([3, 5], [2, 95]));
  const half = await set('steps', guarded([3, 50], [2, 50]));
  const made = await tripGuard(pool, { name: 'steps', alias: 'live', release: half?.id ?? '', detail: '' });
  assert.deepEqual(made?.to, { weights: { '2': 50 } });
  assert.deepEqual((await rollback(pool, 'steps', 'test')).to, { version: 1 });
});
