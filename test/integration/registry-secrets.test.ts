/** Secrets in a real PostgreSQL: their versions, who is given them, and what a publish and a deletion mean to each other. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import { plainState } from '../../contracts/release.ts';
import { targetOf } from '../../contracts/target.ts';
import type { Secret } from '../../contracts/secret.ts';
import { openNamespaces } from '../../registry/namespaces.ts';
import type { Page } from '../../registry/page.ts';
import { type FunctionRegistry, openRegistry } from '../../registry/registry.ts';
import { openSecrets, type SecretStore } from '../../registry/secrets.ts';
import { Keyring } from '../../shared/keyring.ts';
import { createPool } from '../../shared/postgres.ts';
import { usePostgres } from '../support/postgres.ts';
import { aKey, commandWith, sealing } from '../support/secrets.ts';

const postgres = usePostgres();
const keyring = new Keyring(aKey());
let pool: pg.Pool;
let store: SecretStore;
let registry: FunctionRegistry;

before(async () => {
  pool = createPool(await postgres.createRegistry(), { max: 10, applicationName: 'test', onError: () => {} });
  store = openSecrets(pool);
  registry = openRegistry(pool);
  await openNamespaces(pool).put('team', undefined);
});
after(() => pool.end());

function put(name: string, value: string, namespace = 'default'): ReturnType<SecretStore['put']> {
  return store.put({ namespace, name }, sealing(keyring, { namespace, name }, value));
}

async function read(name: string, version: number, namespace = 'default'): Promise<string | undefined> {
  const [stored] = await store.values(namespace, [{ name, version }]);
  return stored === undefined ? undefined : keyring.open({ namespace, name, version }, stored);
}

const at = (name: string, namespace = 'default') => ({ namespace, name });
const items = (page: Page<Secret>): string[] => page.items.map(({ name }) => name);

test('each value is a version of its own, and the newest is shown', async () => {
  const { created, secret } = await put('versions', 'one');
  const { updatedAt, ...rest } = secret;
  assert.deepEqual([created, rest], [true, { ...at('versions'), version: 1, functions: [] }]);
  assert.ok(Math.abs(updatedAt.getTime() - Date.now()) < 60_000);
  const again = await put('versions', 'two');
  assert.deepEqual([again.created, again.secret.version], [false, 2]);
  assert.deepEqual(await store.find(at('versions')), again.secret);
  assert.deepEqual([await read('versions', 1), await read('versions', 2), await read('versions', 3)], ['one', 'two', undefined]);
});

test('of twenty who store at once each gets a version of its own', async () => {
  const puts = await Promise.all(Array.from({ length: 20 }, (_, i) => put('contested', `${i}`)));
  assert.equal(puts.filter(({ created }) => created).length, 1);
  assert.equal(new Set(puts.map(({ secret }) => secret.version)).size, 20);
  assert.equal((await store.find(at('contested')))?.version, 20);
});

test('a namespace has secrets of its own, and one that is not there has none', async () => {
  await put('apart', 'ours');
  await put('apart', 'theirs', 'team');
  assert.deepEqual([await read('apart', 1), await read('apart', 1, 'team')], ['ours', 'theirs']);
  assert.deepEqual(
    (await store.list('team', 10, undefined)).items.map(({ name }) => name),
    ['apart'],
  );
  await store.remove(at('apart', 'team'), false);
  assert.equal((await store.find(at('apart')))?.version, 1);
  await assert.rejects(put('apart', 'nobody', 'nowhere'), { code: 'NAMESPACE_NOT_FOUND' });
});

test('secrets are listed by name, page by page, deleted ones not', async () => {
  await openNamespaces(pool).put('listed', undefined);
  for (const name of ['d', 'b', 'c', 'a']) await put(name, name, 'listed');
  await store.remove(at('c', 'listed'), false);
  const first = await store.list('listed', 2, undefined);
  const last = await store.list('listed', 2, at(items(first).at(-1) ?? '', 'listed'));
  assert.deepEqual([items(first), items(last)], [['a', 'b'], ['d']]);
  assert.deepEqual([first.next, last.next], ['b.listed', undefined]);
  const all = (await store.list(undefined, 1_000, at('a', 'listed'))).items.map(({ namespace, name }) => `${namespace}/${name}`);
  assert.deepEqual(all.slice(0, 2), ['listed/b', 'listed/d']);
  assert.ok(
    all.slice(2).every((name) => name > 'listed/d'),
    all.join(),
  );
});

test('deleted, it has no value left, and what is stored under its name later is another version', async () => {
  await put('again', 'one');
  await put('again', 'two');
  assert.deepEqual(await store.remove(at('again'), false), []);
  assert.equal(await store.find(at('again')), undefined);
  assert.deepEqual([await read('again', 1), await read('again', 2)], [undefined, undefined]);
  for (const force of [false, true]) await assert.rejects(store.remove(at('again'), force), { code: 'SECRET_NOT_FOUND' });
  const { created, secret } = await put('again', 'three');
  assert.deepEqual([created, secret.version], [true, 3]);
});

test('a version leads to the secrets it names, as they are when it is read', async () => {
  await put('first', '1');
  await put('second', '2');
  const { version } = await registry.publish(commandWith('reader', { B: 'second', A: 'first', C: 'first' }));
  const expected = [
    { env: 'A', name: 'first', version: 1 },
    { env: 'B', name: 'second', version: 1 },
    { env: 'C', name: 'first', version: 1 },
  ];
  assert.deepEqual(version.secrets, expected);
  const old = targetOf(version);
  const { changed } = await put('first', 'one');
  assert.deepEqual(changed, ['reader']);
  for (const found of [await registry.version('reader', 1), (await registry.route('reader', 'live'))?.shares[0]?.version]) {
    assert.deepEqual(
      found?.secrets?.map((secret) => secret.version),
      [2, 1, 2],
    );
    assert.notEqual(found === undefined ? undefined : targetOf(found).settings?.key, old.settings?.key);
  }
  await store.remove(at('first'), true);
  assert.deepEqual(
    (await registry.latest('reader'))?.secrets?.map((secret) => secret.version),
    [0, 1, 0],
  );
});

test('a version that names a secret that is not there is refused, also when only its namespace is another', async () => {
  await put('here', '1');
  const missing = { code: 'INVALID_CONFIG', message: /^secrets.B: there is no secret "nowhere" in the namespace "default"/ };
  await assert.rejects(registry.publish(commandWith('refused', { A: 'here', B: 'nowhere' })), missing);
  await assert.rejects(registry.publish(commandWith('refused.team', { A: 'here' })), /no secret "here" in the namespace "team"/);
  assert.equal(await registry.latest('refused'), undefined);
  const { version } = await registry.publish(commandWith('refused', { A: 'here' }));
  const { digest, kind, exports, needs, entry, limits } = version;
  const change = { name: 'refused', digest, analysis: { kind, exports, needs }, entry, limits, by: 'test' };
  await assert.rejects(registry.reconfigure(1, { ...change, config: { secrets: { A: 'nowhere' } } }), { code: 'INVALID_CONFIG' });
  const other = await registry.reconfigure(1, { ...change, config: { secrets: { Z: 'here' } } });
  assert.deepEqual(other?.version.secrets, [{ env: 'Z', name: 'here', version: 1 }]);
});

test('what the latest version or one with an alias names is in use; other versions do not count, nor does a deleted function', async () => {
  await put('used', '1');
  for (const name of ['by-latest', 'by-alias', 'by-nobody', 'by-deleted']) await registry.publish(commandWith(name, { A: 'used' }));
  await registry.setAlias({ name: 'by-alias', alias: 'old', by: 'test' }, plainState(1));
  for (const name of ['by-alias', 'by-nobody']) await registry.publish(commandWith(name, {}, `${name} 2`));
  await registry.remove('by-deleted');
  const users = ['by-alias', 'by-latest'];
  assert.deepEqual((await store.find(at('used')))?.functions, users);
  await assert.rejects(store.remove(at('used'), false), {
    code: 'SECRET_IN_USE',
    message: 'the secret "used" is given to by-alias, by-latest',
    extra: { functions: users },
  });
  assert.deepEqual((await store.remove(at('used'), true)).toSorted(), ['by-alias', 'by-latest', 'by-nobody']);
});

test('of a publish and a deletion at the same time only one comes to pass', async () => {
  for (let round = 0; round < 20; round++) {
    await put('raced', `${round}`);
    const name = `racer-${round}`;
    const outcomes = await Promise.allSettled([registry.publish(commandWith(name, { A: 'raced' })), store.remove(at('raced'), false)]);
    const codes = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? 'done' : (outcome.reason as { code: string }).code));
    assert.ok(['done,SECRET_IN_USE', 'INVALID_CONFIG,done'].includes(codes.join()), codes.join());
    await registry.remove(name);
  }
});

test('replaced values stay for their time, the last one for ever', async () => {
  await put('swept', 'one');
  await put('swept', 'two');
  assert.equal(await store.sweep(3_600_000), 0);
  await pool.query(`update secret_values set replaced_at = replaced_at - interval '59 minutes'`);
  assert.equal(await store.sweep(3_600_000), 0);
  await pool.query(`update secret_values set replaced_at = replaced_at - interval '2 minutes'`);
  assert.ok((await store.sweep(3_600_000)) > 0);
  assert.deepEqual([await read('swept', 1), await read('swept', 2)], [undefined, 'two']);
});

test('a row that was put in the place of another cannot be read', async () => {
  await put('victim', 'one');
  await put('victim', 'two');
  await put('attacker', 'mine');
  const copy = async (from: [string, number], to: [string, number]): Promise<void> => {
    const { rowCount } = await pool.query(
      `update secret_values t set key_id = f.key_id, nonce = f.nonce, sealed = f.sealed from secret_values f
       where f.secret_id = (select id from secrets where name = $1) and f.version = $2
         and t.secret_id = (select id from secrets where name = $3) and t.version = $4`,
      [...from, ...to],
    );
    assert.equal(rowCount, 1);
  };
  await copy(['victim', 2], ['attacker', 1]);
  await assert.rejects(read('attacker', 1), { code: 'SECRET_UNREADABLE' });
  await copy(['victim', 1], ['victim', 2]);
  await assert.rejects(read('victim', 2), { code: 'SECRET_UNREADABLE' });
  assert.equal(await read('victim', 1), 'one');
});

test('a namespace with secrets is not deleted, without them it is, and its numbers go on should it come again', async () => {
  const namespaces = openNamespaces(pool);
  await namespaces.put('short', undefined);
  await put('kept', 'one', 'short');
  await assert.rejects(namespaces.remove('short'), { code: 'NAMESPACE_NOT_EMPTY', message: /kept/ });
  await store.remove(at('kept', 'short'), false);
  assert.equal(await namespaces.remove('short'), true);
  await namespaces.put('short', undefined);
  assert.equal((await put('kept', 'two', 'short')).secret.version, 2);
});
