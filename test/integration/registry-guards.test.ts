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

test('of gateways that take a release back at the same time one does: one version goes, not one for each of them', async () => {
  await publishAll('tripped', 3);
  const release = await set('tripped', guarded([3, 5], [2, 5], [1, 90]));
  const trip = { name: 'tripped', alias: 'live', release: release?.id ?? '', detail: '9 of 10 calls failed' };
  const all = await Promise.all(Array.from({ length: 8 }, () => tripGuard(pool, trip)));
  const [won, ...others] = all.filter((one) => one !== undefined);
  assert.deepEqual(others, []);
  assert.deepEqual([won?.by, won?.reason, won?.detail, won?.to?.weights], ['guard', 'guard', '9 of 10 calls failed', { '1': 90, '2': 5 }]);
  assert.equal(await routeOf('tripped'), '2:5,1:90');
  assert.equal((await listReleases(pool, 'tripped', 100)).items.length, 5);
});

test('a release that was judged is left alone once the alias has moved on, be it to the same versions', async () => {
  await publishAll('moved', 2);
  const judged = await set('moved', guarded([2, 5], [1, 95]));
  await set('moved', guarded([2, 10], [1, 90]));
  assert.equal(await tripGuard(pool, { name: 'moved', alias: 'live', release: judged?.id ?? '', detail: '' }), undefined);
  assert.equal(await routeOf('moved'), '2:10,1:90');
});

test('what a guard leaves keeps its weights: the next publish does not go live by itself', async () => {
  await publishAll('waiting', 2);
  const release = await set('waiting', guarded([2, 5], [1, 95]));
  await tripGuard(pool, { name: 'waiting', alias: 'live', release: release?.id ?? '', detail: '' });
  assert.equal((await publish(pool, publicationOf('waiting', 'the next'))).live.weighted, true);
  assert.equal(await routeOf('waiting'), '1:95');
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
