/** The control API of secrets on a real PostgreSQL: values go in and never come out, and their keys can be changed. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import Fastify, { type FastifyInstance } from 'fastify';
import type pg from 'pg';
import problems from '../../gateway/plugins/problems.ts';
import { secretRoutes } from '../../gateway/routes/secrets.ts';
import { openNamespaces } from '../../registry/namespaces.ts';
import { publish } from '../../registry/publish.ts';
import { openSecrets, type SecretStore } from '../../registry/secrets.ts';
import { Keyring, openKeyring } from '../../shared/keyring.ts';
import { createPool } from '../../shared/postgres.ts';
import { usePostgres } from '../support/postgres.ts';
import { aKey, commandWith } from '../support/secrets.ts';

const postgres = usePostgres();
const [firstKey, secondKey, thirdKey] = [aKey(), aKey(), aKey()];
const apps: FastifyInstance[] = [];
const changed: string[] = [];
let pool: pg.Pool;
let store: SecretStore;
let app: FastifyInstance;

before(async () => {
  pool = createPool(await postgres.createRegistry(), { max: 10, applicationName: 'test', onError: () => {} });
  store = openSecrets(pool);
  await openNamespaces(pool).put('team', undefined);
  app = await appWith(firstKey);
});
after(async () => {
  await Promise.all(apps.map((each) => each.close()));
  await pool.end();
});

/** A gateway with these keys. */
async function appWith(keys: string | undefined): Promise<FastifyInstance> {
  const made = Fastify({ bodyLimit: 16, ajv: { customOptions: { removeAdditional: false } } });
  apps.push(made);
  await made.register(problems);
  await made.register(async (scope) =>
    secretRoutes(scope, { store, keyring: openKeyring(keys), onChange: (name) => void changed.push(name) }),
  );
  return made;
}

interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>>;
}
type Method = 'GET' | 'PUT' | 'POST' | 'DELETE';

async function call(method: Method, path: string, body?: string | Buffer, type?: string, to = app): Promise<Answer> {
  const headers = type === undefined ? {} : { 'content-type': type };
  const answer = await to.inject({ method, url: `/api/secrets${path}`, headers, ...(body !== undefined && { payload: body }) });
  const json = answer.body === '' ? {} : answer.json<Answer['json']>();
  return { status: answer.statusCode, location: answer.headers.location, text: answer.body, json };
}

async function read(name: string, version: number, keys = firstKey, namespace = 'default'): Promise<string> {
  const [stored] = await store.values(namespace, [{ name, version }]);
  assert.ok(stored !== undefined);
  return new Keyring(keys).open({ namespace, name, version }, stored);
}

test('a value is stored with 201, replaced with 200, whatever the body says of its type, and never shown', async () => {
  const made = await call('PUT', '/shown', 'hush hush');
  assert.deepEqual([made.status, made.location], [201, '/api/secrets/shown']);
  const { updatedAt, ...rest } = made.json;
  assert.deepEqual(rest, { name: 'shown', namespace: 'default', version: 1, functions: [] });
  assert.ok(Math.abs(Date.parse(String(updatedAt)) - Date.now()) < 60_000);
  for (const [i, type] of ['text/plain', 'application/json', 'application/x-www-form-urlencoded', 'nonsense'].entries()) {
    const again = await call('PUT', '/shown', 'hush again', type);
    assert.deepEqual([again.status, again.json['version']], [200, 2 + i]);
    assert.equal(await read('shown', 2 + i), 'hush again');
  }
  const answers = [made, await call('GET', '/shown'), await call('GET', ''), await call('GET', '?namespace=*')];
  for (const { text } of answers) assert.doesNotMatch(text, /hush/);
  assert.equal((await call('DELETE', '/shown')).status, 204);
});

test('takes 65,536 bytes and not one more, nothing, U+0000 or other bytes than UTF-8, and repeats none of it', async () => {
  const most = '\u00fc'.repeat(32_768);
  assert.equal((await call('PUT', '/most', most)).status, 201);
  assert.equal(await read('most', 1), most);
  for (const body of [`${most}h`, 'hush'.repeat(100_000), '', undefined, 'hush\0', Buffer.from([0x68, 0x75, 0xff])]) {
    const { status, text, json } = await call('PUT', '/most', body);
    assert.deepEqual([status, json['code']], [400, 'INVALID_SECRET'], text);
    assert.doesNotMatch(text, /hu/);
  }
  assert.equal((await call('GET', '/most')).json['version'], 1);
});

test('a namespace has its own, and what is not there answers 404', async () => {
  const made = await call('PUT', '/apart?namespace=team', 'theirs');
  assert.deepEqual([made.status, made.location, made.json['namespace']], [201, '/api/secrets/apart?namespace=team', 'team']);
  assert.equal((await call('GET', '/apart')).json['code'], 'SECRET_NOT_FOUND');
  assert.equal((await call('DELETE', '/apart')).json['code'], 'SECRET_NOT_FOUND');
  assert.equal((await call('PUT', '/apart?namespace=nowhere', 'x')).json['code'], 'NAMESPACE_NOT_FOUND');
  const { json } = await call('GET', '?namespace=team');
  assert.deepEqual(
    (json['secrets'] as { name: string }[]).map(({ name }) => name),
    ['apart'],
  );
});

test('lists go on where the page before ended, within a namespace and over all of them', async () => {
  for (const path of ['/p-1', '/p-2', '/p-1?namespace=team', '/p-2?namespace=team']) await call('PUT', path, 'x');
  const page = async (query: string): Promise<[string, unknown]> => {
    const { json } = await call('GET', query);
    return [
      (json['secrets'] as { name: string; namespace: string }[]).map(({ name, namespace }) => `${namespace}/${name}`).join(),
      json['next'],
    ];
  };
  assert.deepEqual(await page('?limit=1&after=p&namespace=team'), ['team/p-1', 'p-1.team']);
  assert.deepEqual(await page('?limit=1&after=p-1.team&namespace=team'), ['team/p-2', undefined]);
  assert.deepEqual(await page('?limit=2&after=p-1&namespace=*'), ['default/p-2,team/apart', 'apart.team']);
});

test('what is no name, no namespace, or no member of the query is refused', async () => {
  for (const [method, path, code] of [
    ['PUT', '/Upper', 'INVALID_NAME'],
    ['GET', '/with_underscore', 'INVALID_NAME'],
    ['DELETE', `/${'x'.repeat(64)}`, 'INVALID_NAME'],
    ['GET', '/x?namespace=*', 'INVALID_REQUEST'],
    ['GET', '?limit=0', 'INVALID_REQUEST'],
    ['GET', '?limit=1001', 'INVALID_REQUEST'],
    ['DELETE', '/x?force=perhaps', 'INVALID_REQUEST'],
    // Else a key that is for one function only would pass.
    ['PUT', '/x?function=mine', 'INVALID_REQUEST'],
    ['GET', '/x?function=mine', 'INVALID_REQUEST'],
    ['GET', '?function=mine', 'INVALID_REQUEST'],
    ['DELETE', '/x?function=mine', 'INVALID_REQUEST'],
  ] as const) {
    const { json, text } = await call(method, path, method === 'PUT' ? 'x' : undefined);
    assert.equal(json['code'], code, `${method} ${path}: ${text}`);
  }
});

test('a secret that functions are given is deleted only by force, and these are forgotten', async () => {
  await call('PUT', '/used?namespace=team', 'x');
  await publish(pool, commandWith('user.team', { A: 'used' }));
  assert.deepEqual((await call('GET', '/used?namespace=team')).json['functions'], ['user']);
  const changedBefore = changed.length;
  for (const query of ['', '&force=false']) {
    const { status, json } = await call('DELETE', `/used?namespace=team${query}`);
    assert.deepEqual([status, json['code'], json['functions']], [409, 'SECRET_IN_USE', ['user']]);
  }
  assert.equal(changed.length, changedBefore);
  assert.equal((await call('DELETE', '/used?namespace=team&force=true')).status, 204);
  await call('PUT', '/used?namespace=team', 'y');
  assert.deepEqual(changed.slice(changedBefore), ['user.team', 'user.team']);
});

test('without keys nothing is stored or rotated, and the rest works', async () => {
  const without = await appWith(undefined);
  await call('PUT', '/there', 'x');
  for (const [method, path] of [
    ['PUT', '/other'],
    ['POST', '/rotate'],
  ] as const) {
    const { status, json } = await call(method, path, method === 'PUT' ? 'x' : undefined, undefined, without);
    assert.deepEqual([status, json['code']], [503, 'SECRETS_DISABLED']);
    assert.match(String(json['help']), /BANTAM_SECRET_KEY.*openssl rand -base64 32/);
  }
  assert.equal((await call('GET', '/there', undefined, undefined, without)).status, 200);
  assert.equal((await call('DELETE', '/there', undefined, undefined, without)).status, 204);
});

test('keys are changed: a new one is put first, all is encrypted anew, the old one goes', async () => {
  await pool.query('delete from secret_values');
  await pool.query('delete from version_secrets');
  await pool.query('delete from secrets');
  // More than a page of them.
  for (let i = 0; i < 150; i++) await call('PUT', `/s-${i}`, `value ${i}`);
  await call('PUT', '/s-0', 'newer');
  await call('PUT', '/s-0?namespace=team', 'theirs');
  const rotate = async (keys: string): Promise<Answer> => call('POST', '/rotate', undefined, undefined, await appWith(keys));
  const both = `${secondKey},${firstKey}`;
  assert.deepEqual((await rotate(both)).json, { rotated: 152 });
  assert.deepEqual((await rotate(both)).json, { rotated: 0 });
  const names = Array.from({ length: 150 }, (_, i) => i);
  for (const i of names) assert.equal(await read(`s-${i}`, 1, secondKey), `value ${i}`);
  assert.equal(await read('s-0', 2, secondKey), 'newer');
  assert.equal(await read('s-0', 1, secondKey, 'team'), 'theirs');
  await assert.rejects(read('s-1', 1, firstKey), { code: 'SECRET_UNREADABLE' });
  // Versions stay as they are: the values did not change.
  assert.equal((await call('GET', '/s-1')).json['version'], 1);
});

test('with a key missing all others are encrypted anew, and it says which are not', async () => {
  await pool.query('delete from secret_values');
  await call('PUT', '/lost', 'x', undefined, await appWith(thirdKey));
  await call('PUT', '/lost?namespace=team', 'x', undefined, await appWith(thirdKey));
  await call('PUT', '/kept', 'x', undefined, await appWith(firstKey));
  const answer = await call('POST', '/rotate', undefined, undefined, await appWith(`${secondKey},${firstKey}`));
  assert.deepEqual([answer.status, answer.json['code'], answer.json['rotated']], [500, 'SECRET_UNREADABLE', 1]);
  assert.deepEqual(answer.json['secrets'], ['lost (default)', 'lost (team)']);
  assert.equal(await read('kept', 1, secondKey), 'x');
  const all = await call('POST', '/rotate', undefined, undefined, await appWith(`${secondKey},${firstKey},${thirdKey}`));
  assert.deepEqual(all.json, { rotated: 2 });
});
