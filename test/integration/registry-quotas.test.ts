/** Quotas on a real PostgreSQL: given, shown, taken away; and what they refuse when a function is published. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test, type TestContext } from 'node:test';
import type pg from 'pg';
import type { BantamError } from '../../contracts/errors.ts';
import type { Quota, QuotaSubject } from '../../contracts/quota.ts';
import { FunctionChanges } from '../../registry/changes.ts';
import { removeFunction } from '../../registry/functions.ts';
import { openInvocations } from '../../registry/invocations/store.ts';
import { openKeys } from '../../registry/keys.ts';
import { openNamespaces } from '../../registry/namespaces.ts';
import { publish } from '../../registry/publish.ts';
import { openQuotas } from '../../registry/quotas.ts';
import { createPool } from '../../shared/postgres.ts';
import { eventually } from '../support/eventually.ts';
import { newInvocation } from '../support/invocation-records.ts';
import { usePostgres } from '../support/postgres.ts';
import { assetsOf, publicationOf } from '../support/publications.ts';

const postgres = usePostgres();
let url: string;
let pool: pg.Pool;

before(async () => {
  url = await postgres.createRegistry();
  pool = createPool(url, { max: 10, applicationName: 'test', onError: () => {} });
});
after(() => pool.end());

/** A new namespace with this quota. */
async function namespaceWith(name: string, quota: Quota): Promise<QuotaSubject> {
  const subject = { kind: 'namespace', id: name } as const;
  await openNamespaces(pool).put(name, undefined);
  await openQuotas(pool).put(subject, quota);
  return subject;
}

async function newKey(): Promise<QuotaSubject> {
  const id = randomBytes(8).toString('hex');
  await openKeys(pool).create({ id, hash: randomBytes(32), name: 'ci', role: 'invoke', by: 'test' }, true);
  return { kind: 'key', id };
}

function listen(t: TestContext): { readonly changes: FunctionChanges; quotas: number } {
  const heard = {
    quotas: 0,
    changes: new FunctionChanges(url, {
      onChange: () => {},
      onReset: () => {},
      onEvents: () => {},
      onKey: () => {},
      onQuota: () => (heard.quotas += 1),
    }),
  };
  t.after(() => heard.changes.close());
  return heard;
}

const refuses = async (work: Promise<unknown>, quota: string): Promise<void> => {
  await assert.rejects(work, ({ code, extra }: BantamError) => code === 'QUOTA_EXCEEDED' && extra?.['quota'] === quota);
};

test('a quota is what was last given, whole, until it is taken away; and all are told of each time', async (t) => {
  const quotas = openQuotas(pool);
  const heard = listen(t);
  await eventually(() => heard.changes.connected);
  const whole = { ratePerSecond: 0.5, burst: 3, concurrency: 4, functions: 0, storedBytes: 2 ** 40, asyncBacklog: 6 };
  const namespace = await namespaceWith('shown', whole);
  assert.deepEqual(await quotas.find(namespace), whole);
  await eventually(() => heard.quotas === 1);
  await quotas.put(namespace, { functions: 7 });
  assert.deepEqual(await quotas.find(namespace), { functions: 7 });
  await eventually(() => heard.quotas === 2);
  const key = await newKey();
  await quotas.put(key, { ratePerSecond: 9 });
  assert.deepEqual(
    (await quotas.all()).filter(([{ id }]) => [namespace.id, key.id].includes(id)),
    [
      [namespace, { functions: 7 }],
      [key, { ratePerSecond: 9 }],
    ],
  );
  await quotas.remove(namespace);
  await quotas.remove(namespace);
  assert.equal(await quotas.find(namespace), undefined);
  await eventually(() => heard.quotas === 4);
});

test('nobody who is not there has a quota, and what was deleted has none', async (t) => {
  const quotas = openQuotas(pool);
  for (const work of [
    (subject: QuotaSubject) => quotas.put(subject, { concurrency: 1 }),
    (subject: QuotaSubject) => quotas.find(subject),
    (subject: QuotaSubject) => quotas.remove(subject),
  ]) {
    await assert.rejects(work({ kind: 'namespace', id: 'nowhere' }), { code: 'NAMESPACE_NOT_FOUND' });
    await assert.rejects(work({ kind: 'key', id: 'nobody' }), { code: 'KEY_NOT_FOUND' });
  }
  const subject = await namespaceWith('passing', { functions: 0 });
  const heard = listen(t);
  await eventually(() => heard.changes.connected);
  await openNamespaces(pool).remove('passing');
  await eventually(() => heard.quotas === 1);
  await openNamespaces(pool).put('passing', undefined);
  assert.equal(await quotas.find(subject), undefined);
});

test('a namespace has as many functions as its quota says; new versions are none, and one deleted makes room', async () => {
  const subject = await namespaceWith('few', { functions: 2 });
  await publish(pool, publicationOf('one.few', 'one'));
  await publish(pool, publicationOf('two.few', 'two'));
  await refuses(publish(pool, publicationOf('three.few', 'three')), 'functions');
  assert.equal((await publish(pool, publicationOf('one.few', 'other'))).version.version, 2);
  await publish(pool, publicationOf('three', 'three'));
  await removeFunction(pool, 'two.few');
  await publish(pool, publicationOf('three.few', 'three'));
  await refuses(publish(pool, publicationOf('two.few', 'two')), 'functions');
  assert.equal((await openQuotas(pool).usage(subject)).functions, 2);
});

test('a publish that is refused leaves nothing behind', async () => {
  await namespaceWith('none', { functions: 0 });
  await refuses(publish(pool, publicationOf('one.none', 'of none')), 'functions');
  const { rows } = await pool.query<{ count: number }>(`select count(*)::integer as count from functions where namespace = 'none'`);
  assert.equal(rows[0]?.count, 0);
});

test('a namespace stores as many bytes of modules and assets as its quota says, each once', async () => {
  const assets = assetsOf('a file');
  const module = (first: number): Uint8Array => new Uint8Array(1_000).fill(first);
  const subject = await namespaceWith('small', { storedBytes: 2_000 + assets.pack.length });
  await publish(pool, publicationOf('one.small', module(1), { assets }));
  await publish(pool, publicationOf('two.small', module(1), { assets }));
  assert.equal((await openQuotas(pool).usage(subject)).storedBytes, 1_000 + assets.pack.length);
  await refuses(publish(pool, publicationOf('one.small', new Uint8Array(1_001))), 'storedBytes');
  await publish(pool, publicationOf('one.small', module(2)));
  await refuses(publish(pool, publicationOf('two.small', module(1), { assets: assetsOf('another file') })), 'storedBytes');
  await publish(pool, publicationOf('three.small', module(2), { assets }));
  assert.equal((await openQuotas(pool).usage(subject)).storedBytes, 2_000 + assets.pack.length);
});

test('what others store does not count, and what is stored already may be published where there is no room left', async () => {
  await publish(pool, publicationOf('same', 'of everybody'));
  const subject = await namespaceWith('full', { storedBytes: 12 });
  await publish(pool, publicationOf('same.full', 'of everybody'));
  await openQuotas(pool).put(subject, { storedBytes: 0 });
  await publish(pool, publicationOf('again.full', 'of everybody'));
  await refuses(publish(pool, publicationOf('same.full', 'other')), 'storedBytes');
});

test('publishes at the same time are no way past the quota', async () => {
  const subject = await namespaceWith('busy', { functions: 3, storedBytes: 100 });
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, (_, i) => publish(pool, publicationOf(`f${i}.busy`, `module ${i}`))));
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 3);
  assert.equal((await openQuotas(pool).usage(subject)).functions, 3);
});

test('what waits is counted for its namespace and for the key that made it', async () => {
  const quotas = openQuotas(pool);
  const subject = await namespaceWith('waiting', { asyncBacklog: 1 });
  const key = await newKey();
  await publish(pool, publicationOf('work.waiting', 'work'));
  await publish(pool, publicationOf('work', 'work'));
  const invocations = [
    newInvocation({ function: 'work.waiting' }),
    newInvocation({ function: 'work.waiting', caller: key.id }),
    newInvocation({ function: 'work', caller: key.id }),
    newInvocation({ function: 'work', caller: key.id }),
  ];
  await openInvocations(pool).accept(invocations);
  const counts = async (): Promise<number[]> => [await quotas.countQueued(subject, 10), await quotas.countQueued(key, 10)];
  assert.deepEqual(await counts(), [2, 3]);
  assert.equal(await quotas.countQueued(key, 2), 2);
  assert.deepEqual([(await quotas.usage(subject)).asyncBacklog, (await quotas.usage(key)).asyncBacklog], [2, 3]);
  await openInvocations(pool).cancel(invocations[1]?.id ?? '');
  assert.deepEqual(await counts(), [1, 2]);
});
