/** Namespaces on a real PostgreSQL: made, listed, and deleted only when nothing is in them. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import { openInvocations } from '../../registry/invocations/store.ts';
import { removeFunction } from '../../registry/functions.ts';
import { holdNamespace, openNamespaces } from '../../registry/namespaces.ts';
import { publish } from '../../registry/publish.ts';
import { openSchedules } from '../../registry/schedules.ts';
import { listLatestVersions } from '../../registry/versions.ts';
import { migrate } from '../../registry/migrate/migrate.ts';
import { createPool, inTransaction } from '../../shared/postgres.ts';
import { uuidv7 } from '../../shared/uuid.ts';
import { newInvocation } from '../support/invocation-records.ts';
import { functionFromBefore, migrateFirst } from '../support/old-registry.ts';
import { runSql, usePostgres } from '../support/postgres.ts';
import { publicationOf } from '../support/publications.ts';
import { specOf } from '../support/schedules.ts';

const postgres = usePostgres();
let pool: pg.Pool;

before(async () => {
  pool = createPool(await postgres.createRegistry(), { max: 10, applicationName: 'test', onError: () => {} });
});
after(() => pool.end());

const make = async (name: string): Promise<void> => void (await openNamespaces(pool).put(name, undefined));
const never = (): undefined => undefined;

test('there is a default namespace, and others are made, described anew, shown and listed', async () => {
  const namespaces = openNamespaces(pool);
  const made = await namespaces.put('made', undefined);
  assert.equal(made.created, true);
  assert.deepEqual(Object.keys(made.namespace), ['name', 'createdAt']);
  const described = await namespaces.put('made', 'of a team');
  assert.deepEqual(described, { created: false, namespace: { ...made.namespace, description: 'of a team' } });
  assert.deepEqual(await namespaces.find('made'), described.namespace);
  assert.equal(await namespaces.find('none'), undefined);
  const { items, next } = await namespaces.list(1, undefined);
  assert.deepEqual([items.map(({ name }) => name), next], [['default'], 'default']);
  assert.equal((await namespaces.list(10, 'default')).items[0]?.name, 'made');
});

test('nothing is published or scheduled in a namespace that is not there', async () => {
  await assert.rejects(publish(pool, publicationOf('fib.nowhere', 'one')), {
    code: 'NAMESPACE_NOT_FOUND',
    message: /PUT \/api\/namespaces\/nowhere/,
  });
  await assert.rejects(openSchedules(pool).put(specOf('s.nowhere'), new Date(), never), { code: 'NAMESPACE_NOT_FOUND' });
  assert.deepEqual((await listLatestVersions(pool, 'nowhere', 10)).items, []);
});

test('the same name is another function in each namespace', async () => {
  await make('one');
  await make('two');
  for (const [name, content] of [
    ['same', 'a'],
    ['same.one', 'b'],
    ['same.one', 'c'],
    ['same.two', 'd'],
  ] as const)
    await publish(pool, publicationOf(name, content));
  const versions = async (namespace: string | undefined): Promise<string[]> =>
    (await listLatestVersions(pool, namespace, 100)).items
      .map(({ name, version }) => `${name}@${version}`)
      .filter((text) => text.startsWith('same'));
  assert.deepEqual(await versions(undefined), ['same@1', 'same.one@2', 'same.two@1']);
  assert.deepEqual(await versions('one'), ['same.one@2']);
  assert.deepEqual(await versions('default'), ['same@1']);
});

test('functions are listed by namespace and then by their own names, page by page', async () => {
  await make('paged');
  // In byte order "-" comes before ".": whole names would sort otherwise.
  for (const name of ['a', 'a-b', 'b']) await publish(pool, publicationOf(`${name}.paged`, name));
  const first = await listLatestVersions(pool, 'paged', 2);
  assert.deepEqual([first.items.map(({ name }) => name), first.next], [['a.paged', 'a-b.paged'], 'a-b.paged']);
  const last = await listLatestVersions(pool, 'paged', 2, first.next);
  assert.deepEqual([last.items.map(({ name }) => name), last.next], [['b.paged'], undefined]);
});

test('a namespace with something in it is not deleted, and it is said what that is', async () => {
  const namespaces = openNamespaces(pool);
  await make('full');
  const remove = (): Promise<boolean> => namespaces.remove('full');
  for (let i = 10; i < 21; i++) await publish(pool, publicationOf(`f-${i}.full`, 'x'));
  await openSchedules(pool).put(specOf('nightly.full'), new Date(), never);
  const id = uuidv7();
  await accept(id, 'f-10.full');
  await pool.query(
    `insert into keys (id, hash, name, role, namespace, created_by) values ('0123456789abcdef', '', 'of the team', 'read', 'full', 'test')`,
  );
  await assert.rejects(remove(), {
    code: 'NAMESPACE_NOT_EMPTY',
    message: `in "full" there are functions: f-10, f-11, f-12, f-13, f-14, f-15, f-16, f-17, f-18, f-19 and more; keys: of the team; queued invocations: ${id}; schedules: nightly`,
  });
  for (let i = 10; i < 21; i++) await removeFunction(pool, `f-${i}.full`);
  await openSchedules(pool).remove('nightly.full');
  await pool.query('update keys set revoked_at = now()');
  await assert.rejects(remove(), { code: 'NAMESPACE_NOT_EMPTY', message: /^in "full" there are queued invocations: [^;]*$/ });
  await openInvocations(pool).cancel(id);
  assert.equal(await remove(), true);
  assert.equal(await openInvocations(pool).find(id), undefined);
  assert.equal(await remove(), false);
});

test('versions of a function go on where they ended when its namespace is deleted and made again', async () => {
  const namespaces = openNamespaces(pool);
  await make('again');
  await publish(pool, publicationOf('f.again', 'one'));
  await removeFunction(pool, 'f.again');
  assert.equal(await namespaces.remove('again'), true);
  await make('again');
  assert.equal((await publish(pool, publicationOf('f.again', 'two'))).version.version, 2);
});

test('the default namespace is not deleted', async () => {
  await assert.rejects(openNamespaces(pool).remove('default'), { code: 'NAMESPACE_RESERVED' });
});

test('a namespace is not deleted while something is put into it', async () => {
  const namespaces = openNamespaces(pool);
  await make('held');
  const order: string[] = [];
  let removed: Promise<boolean> | undefined;
  await inTransaction(pool, async (client) => {
    assert.equal(await holdNamespace(client, 'held'), undefined);
    removed = namespaces.remove('held').finally(() => order.push('removed'));
    await client.query('select pg_sleep(0.1)');
    order.push('put');
  });
  assert.equal(await removed, true);
  assert.deepEqual(order, ['put', 'removed']);
});

test('names that are none, and the default namespace by name, are not kept', async () => {
  for (const name of ['a.b.c', 'a.default', 'A.b', '.b', 'a.'])
    await assert.rejects(pool.query('insert into functions (name) values ($1)', [name]), { code: '23514' }, name);
});

test('invocations and dead letters are found by namespace', async () => {
  const store = openInvocations(pool);
  await make('asked');
  await publish(pool, publicationOf('f.asked', 'one'));
  await publish(pool, publicationOf('asked', 'one'));
  const [own = '', other = ''] = [uuidv7(), uuidv7()].toSorted();
  await accept(own, 'f.asked');
  await accept(other, 'asked');
  const idsOf = async (namespace: string | undefined): Promise<string[]> =>
    (await store.list({ namespace, function: undefined, status: 'queued', schedule: undefined }, 10, undefined)).items.map(({ id }) => id);
  assert.deepEqual(await idsOf('asked'), [own]);
  assert.deepEqual(await idsOf('default'), [other]);
  assert.deepEqual(await idsOf(undefined), [other, own]);
  await pool.query(`update invocations set status = 'dead', reason = 'attempts', finished_at = now() where id in ($1, $2)`, [own, other]);
  const letters = (namespace: string | undefined): Promise<readonly string[]> =>
    store.deadLetters({ namespace, function: undefined, reason: undefined }, 10, undefined);
  assert.deepEqual(await letters('asked'), [own]);
  assert.deepEqual(await letters(undefined), [own, other]);
  await assert.rejects(openNamespaces(pool).remove('asked'), { code: 'NAMESPACE_NOT_EMPTY', message: /dead letters: / });
});

test('functions, schedules and invocations from before namespaces are in the default one', async () => {
  const url = await postgres.createDatabase();
  await migrateFirst(url, 4);
  await runSql(
    url,
    `${functionFromBefore('old', 2)}
     insert into schedules (name, function, cron, time_zone, overlap, missed, paused) values ('nightly', 'old', '* * * * *', 'UTC', 'skip', 'skip', true);
     insert into invocations (id, function, version, status, due_at, expires_at, max_age_ms, stored_bytes)
     values ('0198b0d0-0000-7000-8000-000000000001', 'old', 1, 'queued', now(), now(), 1, 1)`,
  );
  await migrate(url, () => {});
  const old = createPool(url, { max: 1, applicationName: 'test', onError: () => {} });
  try {
    assert.deepEqual(
      (await listLatestVersions(old, 'default', 10)).items.map(({ name }) => name),
      ['old'],
    );
    assert.deepEqual(
      (await openSchedules(old).list('default', 10, undefined)).items.map(({ name }) => name),
      ['nightly'],
    );
    const wanted = { namespace: 'default', function: undefined, status: undefined, schedule: undefined };
    assert.equal((await openInvocations(old).list(wanted, 10, undefined)).items.length, 1);
  } finally {
    await old.end();
  }
});

async function accept(id: string, name: string): Promise<void> {
  const [acceptance] = await openInvocations(pool).accept([newInvocation({ id, function: name })]);
  assert.equal(acceptance?.kind, 'accepted');
}
