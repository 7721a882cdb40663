/** Aliases, their history and rollback on a real PostgreSQL. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import { BantamError } from '../../contracts/errors.ts';
import { plainState, type Release, type ReleaseState } from '../../contracts/release.ts';
import { findRoute, listAliases } from '../../registry/aliases.ts';
import { removeFunction } from '../../registry/functions.ts';
import { publish } from '../../registry/publish.ts';
import { listReleases } from '../../registry/release-rows.ts';
import { deleteAlias, rollback, setAlias } from '../../registry/releases.ts';
import { deleteVersion } from '../../registry/retention.ts';
import { createPool } from '../../shared/postgres.ts';
import { usePostgres } from '../support/postgres.ts';
import { publicationOf } from '../support/publications.ts';

const postgres = usePostgres();
let pool: pg.Pool;

before(async () => {
  pool = createPool(await postgres.createRegistry(), { max: 10, applicationName: 'test', onError: () => {} });
});
after(() => pool.end());

const guard = { maxErrorRate: 0.1, windowMs: 10_000, minCalls: 10 };

function shared(...weights: readonly (readonly [version: number, weight: number])[]): ReleaseState {
  return { shares: weights.map(([version, weight]) => ({ version, weight })), weighted: true, sticky: { by: 'address' }, guard };
}

async function publishAll(name: string, count: number): Promise<void> {
  for (let i = 1; i <= count; i++) await publish(pool, publicationOf(name, `${name} ${i}`));
}

function set(name: string, alias: string, state: ReleaseState): Promise<Release | undefined> {
  return setAlias(pool, { name, alias, by: 'test' }, state);
}

/** @returns version and weight of each share; undefined when there is no such route */
async function routeOf(name: string, alias = 'live'): Promise<string | undefined> {
  const route = await findRoute(pool, name, alias);
  return route?.shares.map(({ version, weight }) => `${version.version}:${weight}`).join();
}

async function history(name: string): Promise<string[]> {
  const { items } = await listReleases(pool, name, 100);
  const show = (pointer: Release['from']): string =>
    pointer === undefined ? '-' : (JSON.stringify(pointer.weights) ?? `${pointer.version}`);
  return items.map(({ alias, reason, from, to }) => `${alias} ${reason} ${show(from)} > ${show(to)}`);
}

test('every publish moves live in its transaction, and the history says so', async () => {
  const first = await publish(pool, publicationOf('moving', 'one', { by: '203.0.113.1' }));
  assert.deepEqual(first.live, plainState(1));
  const second = await publish(pool, publicationOf('moving', 'two', { by: '203.0.113.2' }));
  assert.deepEqual(second.live, plainState(2));
  assert.equal(await routeOf('moving'), '2:1');
  const { items } = await listReleases(pool, 'moving', 10);
  assert.deepEqual(
    items.map(({ by, alias, reason, from, to }) => ({ by, alias, reason, from, to })),
    [
      { by: '203.0.113.2', alias: 'live', reason: 'publish', from: { version: 1 }, to: { version: 2 } },
      { by: '203.0.113.1', alias: 'live', reason: 'publish', from: undefined, to: { version: 1 } },
    ],
  );
  assert.ok(items.every(({ at }) => Math.abs(Date.now() - Date.parse(at)) < 60_000));
});

test('a publish does not move a weighted live, and says what is served', async () => {
  await publishAll('weighted', 2);
  const state = shared([2, 5], [1, 95]);
  await set('weighted', 'live', state);
  const { version, live } = await publish(pool, publicationOf('weighted', 'three'));
  assert.equal(version.version, 3);
  assert.deepEqual(live, state);
  assert.equal(await routeOf('weighted'), '2:5,1:95');
  assert.equal(await routeOf('weighted', 'latest'), '3:1');
});

test('publishing the latest version once more makes it live again after a rollback', async () => {
  await publishAll('again', 2);
  await rollback(pool, 'again', 'test');
  assert.equal(await routeOf('again'), '1:1');
  const { created, live } = await publish(pool, publicationOf('again', 'again 2'));
  assert.deepEqual([created, live], [false, plainState(2)]);
  assert.equal(await routeOf('again'), '2:1');
});

test('a route has all of its versions, newest first, with weights, sticky, guard and the id of its release', async () => {
  await publishAll('route', 3);
  const release = await set('route', 'canary', shared([3, 5], [1, 95]));
  const route = await findRoute(pool, 'route', 'canary');
  assert.deepEqual(
    { ...route, shares: route?.shares.map(({ version, weight }) => [version.name, version.version, weight]) },
    {
      alias: 'canary',
      release: release?.id,
      shares: [
        ['route', 3, 5],
        ['route', 1, 95],
      ],
      sticky: { by: 'address' },
      guard,
    },
  );
  assert.equal(await findRoute(pool, 'route', 'nothing'), undefined);
  assert.equal(await findRoute(pool, 'nobody', 'live'), undefined);
  assert.equal(await findRoute(pool, 'nobody', 'latest'), undefined);
});

test('an alias is listed with what it points to; pointing it there again is no release', async () => {
  await publishAll('listed', 2);
  await set('listed', 'canary', shared([2, 1], [1, 1]));
  assert.equal(await set('listed', 'canary', shared([2, 1], [1, 1])), undefined);
  const aliases = await listAliases(pool, 'listed');
  assert.deepEqual(
    aliases.map(({ alias, version, weights, releasedBy }) => ({ alias, version, weights, releasedBy })),
    [
      { alias: 'latest', version: 2, weights: undefined, releasedBy: undefined },
      { alias: 'canary', version: undefined, weights: { '1': 1, '2': 1 }, releasedBy: 'test' },
      { alias: 'live', version: 2, weights: undefined, releasedBy: 'test' },
    ],
  );
  assert.deepEqual(await listAliases(pool, 'nobody'), []);
});

test('an alias points only to versions that are there', async () => {
  await publishAll('strict', 1);
  await assert.rejects(set('strict', 'canary', plainState(2)), { code: 'VERSION_NOT_FOUND' });
  await assert.rejects(set('strict', 'canary', shared([9, 1], [1, 1])), { code: 'VERSION_NOT_FOUND', message: /version 9/ });
  await assert.rejects(set('nobody', 'canary', plainState(1)), { code: 'FUNCTION_NOT_FOUND' });
  assert.equal(await routeOf('strict', 'canary'), undefined);
});

test('a function has 50 aliases at most', async () => {
  await publishAll('crowded', 1);
  for (let i = 1; i < 50; i++) await set('crowded', `a${i}`, plainState(1));
  await assert.rejects(set('crowded', 'a50', plainState(1)), { code: 'TOO_MANY_ALIASES' });
  await deleteAlias(pool, { name: 'crowded', alias: 'a7', by: 'test' });
  await set('crowded', 'a50', plainState(1));
});

test('a deleted alias is gone; live cannot be deleted', async () => {
  await publishAll('dropping', 1);
  await set('dropping', 'canary', plainState(1));
  const of = { name: 'dropping', alias: 'canary', by: 'test' };
  const { to, from } = await deleteAlias(pool, of);
  assert.deepEqual([from, to], [{ version: 1 }, undefined]);
  assert.equal(await routeOf('dropping', 'canary'), undefined);
  await assert.rejects(deleteAlias(pool, of), { code: 'ALIAS_NOT_FOUND' });
  await assert.rejects(deleteAlias(pool, { ...of, alias: 'live' }), { code: 'ALIAS_RESERVED' });
  await set('dropping', 'canary', plainState(1));
  assert.deepEqual(await history('dropping'), ['canary set - > 1', 'canary delete 1 > -', 'canary set - > 1', 'live publish - > 1']);
});

test('each rollback goes one release further back, and a release after it starts from there', async () => {
  await publishAll('undone', 3);
  await set('undone', 'live', shared([3, 5], [2, 95]));
  assert.deepEqual((await rollback(pool, 'undone', 'test')).to, { version: 3 });
  assert.deepEqual((await rollback(pool, 'undone', 'test')).to, { version: 2 });
  await set('undone', 'live', plainState(3));
  assert.deepEqual((await rollback(pool, 'undone', 'test')).to, { version: 2 });
  assert.deepEqual((await rollback(pool, 'undone', 'test')).to, { version: 1 });
  await assert.rejects(rollback(pool, 'undone', 'test'), { code: 'NOTHING_TO_ROLL_BACK' });
  await assert.rejects(rollback(pool, 'nobody', 'test'), { code: 'FUNCTION_NOT_FOUND' });
  assert.deepEqual(await history('undone'), [
    'live rollback 2 > 1',
    'live rollback 3 > 2',
    'live set 2 > 3',
    'live rollback 3 > 2',
    'live rollback {"2":95,"3":5} > 3',
    'live set 3 > {"2":95,"3":5}',
    'live publish 2 > 3',
    'live publish 1 > 2',
    'live publish - > 1',
  ]);
});

test('a rollback to a version that is deleted is refused and changes nothing', async () => {
  await publishAll('lost', 2);
  await deleteVersion(pool, 'lost', 1);
  await assert.rejects(rollback(pool, 'lost', 'test'), { code: 'NOTHING_TO_ROLL_BACK', message: /version 1, .* is deleted/ });
  assert.equal(await routeOf('lost'), '2:1');
});

test('the history is given in pages, of one function only', async () => {
  await publishAll('paged', 5);
  await publishAll('other', 1);
  const first = await listReleases(pool, 'paged', 2);
  const second = await listReleases(pool, 'paged', 3, first.next);
  assert.deepEqual(
    [...first.items, ...second.items].map(({ to }) => to?.version),
    [5, 4, 3, 2, 1],
  );
  assert.equal(second.next, undefined);
  assert.deepEqual(await listReleases(pool, 'nobody', 2), { items: [], next: undefined });
});

test('aliases and history go with their function', async () => {
  await publishAll('ending', 2);
  await set('ending', 'canary', plainState(1));
  await removeFunction(pool, 'ending');
  assert.equal(await routeOf('ending', 'canary'), undefined);
  assert.equal(await routeOf('ending'), undefined);
  await assert.rejects(set('ending', 'canary', plainState(1)), { code: 'FUNCTION_NOT_FOUND' });
  await publish(pool, publicationOf('ending', 'back'));
  assert.deepEqual(await history('ending'), ['live publish - > 3']);
  assert.equal(await routeOf('ending'), '3:1');
});

test('publishes, releases and rollbacks of one function at once leave a history without a gap', async () => {
  await publishAll('busy', 3);
  const work = Array.from({ length: 30 }, async (_, i) => {
    if (i % 3 === 0) await publish(pool, publicationOf('busy', `busy more ${i}`));
    else if (i % 3 === 1) await set('busy', 'live', plainState((i % 2) + 1));
    else
      await rollback(pool, 'busy', 'test').catch((error: unknown) =>
        assert.ok(error instanceof BantamError && error.code === 'NOTHING_TO_ROLL_BACK'),
      );
  });
  await Promise.all(work);
  const { items } = await listReleases(pool, 'busy', 1_000);
  for (const [i, { from }] of items.entries()) assert.deepEqual(from, items[i + 1]?.to);
  assert.equal(await routeOf('busy'), `${items[0]?.to?.version}:1`);
});
