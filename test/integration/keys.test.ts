/** Keys on a real PostgreSQL: made, used, shown, revoked, at several gateways. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { BantamError } from '../../contracts/errors.ts';
import { eventually } from '../support/eventually.ts';
import { type GuardedAnswer, type GuardedGateway, type GuardedOptions, openGuarded } from '../support/guarded-gateway.ts';
import { runSql, usePostgres } from '../support/postgres.ts';

const postgres = usePostgres();
const operatorKey = 'an operator has this key'.replaceAll(' ', '-');

async function open(t: TestContext, url: string, options?: GuardedOptions): Promise<GuardedGateway> {
  const gateway = await openGuarded(url, options);
  t.after(() => gateway.close());
  return gateway;
}

async function makeKey(gateway: GuardedGateway, key: string | undefined, body: object): Promise<{ id: string; key: string }> {
  const made = await gateway.call('POST', '/api/keys', key, body);
  assert.equal(made.status, 201, JSON.stringify(made.json));
  return made.json as { id: string; key: string };
}

const codeOf = ({ status, json }: GuardedAnswer): unknown[] => [status, json['code']];

test('without any key everybody may do everything, by address; from the first one on every request needs one', async (t) => {
  const gateway = await open(t, await postgres.createRegistry());
  assert.partialDeepStrictEqual((await gateway.call('GET', '/api/things')).json, { role: 'admin', name: '127.0.0.1' });
  const { key } = await makeKey(gateway, undefined, { name: 'me', role: 'admin' });
  const refused = await gateway.call('GET', '/api/things');
  assert.deepEqual(codeOf(refused), [401, 'KEY_REQUIRED']);
  assert.equal(refused.headers['www-authenticate'], 'Bearer realm="bantam"');
  assert.deepEqual(codeOf(await gateway.call('GET', '/fn/open')), [401, 'KEY_REQUIRED']);
  assert.equal((await gateway.call('GET', '/free')).status, 200);
  assert.deepEqual(codeOf(await gateway.call('GET', '/api/nothing')), [404, 'ROUTE_NOT_FOUND']);
  assert.partialDeepStrictEqual((await gateway.call('GET', '/api/things', key)).json, { role: 'admin', name: 'me' });
  const byHeader = await gateway.call('GET', '/api/things', undefined, undefined, { 'x-api-key': key });
  assert.equal(byHeader.json['name'], 'me');
});

test('the first key must be one that can make others, and the last such key stays', async (t) => {
  const gateway = await open(t, await postgres.createRegistry());
  for (const body of [
    { name: 'a', role: 'invoke' },
    { name: 'a', role: 'admin', expiresAt: '2999-01-01T00:00:00Z' },
  ])
    assert.deepEqual(codeOf(await gateway.call('POST', '/api/keys', undefined, body)), [409, 'ADMIN_KEY_NEEDED']);
  assert.equal((await gateway.call('GET', '/api/things')).status, 200);
  const first = await makeKey(gateway, undefined, { name: 'first', role: 'admin' });
  await makeKey(gateway, first.key, { name: 'other', role: 'deploy' });
  assert.deepEqual(codeOf(await gateway.call('DELETE', `/api/keys/${first.id}`, first.key)), [409, 'ADMIN_KEY_NEEDED']);
  const second = await makeKey(gateway, first.key, { name: 'second', role: 'admin' });
  assert.equal((await gateway.call('DELETE', `/api/keys/${first.id}`, second.key)).status, 204);
  assert.deepEqual(codeOf(await gateway.call('GET', '/api/things', first.key)), [401, 'KEY_INVALID']);
});

test("the operator's key may do everything, and needs no other", async (t) => {
  const gateway = await open(t, await postgres.createRegistry(), { operatorKey });
  assert.deepEqual(codeOf(await gateway.call('GET', '/api/things')), [401, 'KEY_REQUIRED']);
  assert.deepEqual(codeOf(await gateway.call('GET', '/api/things', `${operatorKey}x`)), [401, 'KEY_INVALID']);
  assert.partialDeepStrictEqual((await gateway.call('GET', '/api/things', operatorKey)).json, { name: 'operator', role: 'admin' });
  const made = await makeKey(gateway, operatorKey, { name: 'reader', role: 'read' });
  assert.equal((await gateway.call('DELETE', `/api/keys/${made.id}`, operatorKey)).status, 204);
  assert.deepEqual(codeOf(await gateway.call('DELETE', `/api/keys/${made.id}`, operatorKey)), [404, 'KEY_NOT_FOUND']);
});

test('a revoked key is refused at every gateway within a second, and a new one is known there at once', async (t) => {
  const url = await postgres.createRegistry();
  const [here, there] = [await open(t, url, { operatorKey }), await open(t, url)];
  const { id, key } = await makeKey(here, operatorKey, { name: 'ci', role: 'read' });
  await eventually(async () => (await there.call('GET', '/api/things', key)).status === 200, { timeoutMs: 1_000 });
  await eventually(async () => (await there.call('GET', '/api/things')).status === 401, { timeoutMs: 1_000 });
  assert.equal((await here.call('DELETE', `/api/keys/${id}`, operatorKey)).status, 204);
  assert.equal((await here.call('GET', '/api/things', key)).json['detail'], 'the key "ci" was revoked');
  await eventually(async () => (await there.call('GET', '/api/things', key)).status === 401, { timeoutMs: 1_000 });
  // It was the only one: that opens nothing.
  assert.deepEqual(codeOf(await there.call('GET', '/api/things')), [401, 'KEY_REQUIRED']);
});

test('an id that was no key is one as soon as it is made, although it was asked for before', async (t) => {
  const url = await postgres.createRegistry();
  const [here, there] = [await open(t, url, { operatorKey }), await open(t, url, { operatorKey })];
  const { id, key } = await makeKey(here, operatorKey, { name: 'ci', role: 'read' });
  const [row] = await runSql<{ hash: Buffer }>(url, 'delete from keys where id = $1 returning hash', [id]);
  assert.deepEqual(codeOf(await there.call('GET', '/api/things', key)), [401, 'KEY_INVALID']);
  await there.access.keys.create({ id, hash: row?.hash ?? Buffer.alloc(0), name: 'ci', role: 'read', by: 'test' }, true);
  await eventually(async () => (await there.call('GET', '/api/things', key)).status === 200, { timeoutMs: 1_000 });
});

test('only who has the whole key learns that it expired or was revoked', async (t) => {
  const url = await postgres.createRegistry();
  const gateway = await open(t, url, { operatorKey });
  const made = await makeKey(gateway, operatorKey, { name: 'ci', role: 'read', expiresAt: '2999-01-01T00:00:00Z' });
  assert.equal((await gateway.call('GET', '/api/things', made.key)).status, 200);
  await runSql(url, `update keys set expires_at = '2020-01-01' where id = $1`, [made.id]);
  gateway.access.gate.forgetAll();
  const expired = await gateway.call('GET', '/api/things', made.key);
  assert.deepEqual(codeOf(expired), [401, 'KEY_INVALID']);
  assert.match(String(expired.json['detail']), /^the key "ci" expired at 2020-01-01/);
  assert.equal(expired.headers['www-authenticate'], 'Bearer realm="bantam", error="invalid_token"');
  const forged = `${made.key.slice(0, -1)}${made.key.endsWith('A') ? 'B' : 'A'}`;
  assert.equal((await gateway.call('GET', '/api/things', forged)).json['detail'], 'this is not a key of this installation');
});

test('keys are listed and shown without what they are secret by, and kept as a hash', async (t) => {
  const url = await postgres.createRegistry();
  const gateway = await open(t, url, { operatorKey });
  const body = { name: 'größe', role: 'invoke', functions: ['fib'], expiresAt: '2999-01-01T00:00:00.000Z' };
  const { key, ...made } = await makeKey(gateway, operatorKey, body);
  assert.partialDeepStrictEqual(made, { ...body, namespace: 'default', createdBy: 'operator' });
  assert.deepEqual((await gateway.call('GET', `/api/keys/${made.id}`, operatorKey)).json, made);
  const second = await makeKey(gateway, operatorKey, { name: 'second', role: 'read' });
  const ids = [made.id, second.id].toSorted();
  const page = (await gateway.call('GET', '/api/keys?limit=1', operatorKey)).json as { keys: { id: string }[]; next: string };
  const rest = (await gateway.call('GET', `/api/keys?limit=1&after=${page.next}`, operatorKey)).json as typeof page;
  assert.deepEqual([page.keys[0]?.id, rest.keys[0]?.id, rest.next], [...ids, undefined]);
  assert.ok(!JSON.stringify([page, rest]).includes('hash'));
  const rows = JSON.stringify(await runSql(url, 'select *, encode(hash, $1) as h from keys', ['escape']));
  assert.ok(rows.includes(made.id));
  assert.ok(!rows.includes(key.slice(20)));
  assert.deepEqual(codeOf(await gateway.call('GET', '/api/keys/0000000000000000', operatorKey)), [404, 'KEY_NOT_FOUND']);
});

test('a key that makes no sense is refused', async (t) => {
  const gateway = await open(t, await postgres.createRegistry(), { operatorKey });
  for (const body of [
    { name: 'a' },
    { role: 'read' },
    { name: '', role: 'read' },
    { name: 'a\n', role: 'read' },
    { name: 'a', role: 'root' },
    { name: 'a', role: 'read', namespace: 'A' },
    { name: 'a', role: 'read', functions: [] },
    { name: 'a', role: 'read', expiresAt: '2020-01-01T00:00:00Z' },
    { name: 'a', role: 'read', expiresAt: 'tomorrow' },
    { name: 'a', role: 'read', more: 1 },
    { name: 'a', role: 'admin', namespace: 'team' },
    { name: 'a', role: 'admin', functions: ['fib'] },
  ])
    assert.deepEqual(codeOf(await gateway.call('POST', '/api/keys', operatorKey, body)), [400, 'INVALID_REQUEST'], JSON.stringify(body));
});

test('when a key was last used is shown, and written once a minute', async (t) => {
  const url = await postgres.createRegistry();
  const gateway = await open(t, url, { operatorKey });
  const { id, key } = await makeKey(gateway, operatorKey, { name: 'ci', role: 'read' });
  const lastUse = async (): Promise<unknown> => (await gateway.call('GET', `/api/keys/${id}`, operatorKey)).json['lastUsedAt'];
  assert.equal(await lastUse(), undefined);
  await gateway.call('GET', '/api/things', key);
  const first = await eventually(lastUse);
  assert.ok(Math.abs(Date.parse(String(first)) - Date.now()) < 60_000);
  const at = Date.parse(String(first));
  await gateway.access.keys.used(new Map([[id, at + 59_000]]));
  assert.equal(await lastUse(), first);
  await gateway.access.keys.used(new Map([[id, at + 60_000]]));
  assert.equal(Date.parse(String(await lastUse())), at + 60_000);
});

test('what a gateway has noted of uses is written when it closes', async () => {
  const url = await postgres.createRegistry();
  const gateway = await openGuarded(url, { operatorKey });
  const { id, key } = await makeKey(gateway, operatorKey, { name: 'ci', role: 'read' });
  await gateway.call('GET', '/api/things', key);
  await gateway.close();
  const [row] = await runSql<{ last_used_at: Date | null }>(url, 'select last_used_at from keys where id = $1', [id]);
  assert.notEqual(row?.last_used_at, null);
});

test('a key is told what it lacks, and 403 says that it is known', async (t) => {
  const gateway = await open(t, await postgres.createRegistry(), { operatorKey });
  const { key } = await makeKey(gateway, operatorKey, { name: 'team', role: 'deploy', namespace: 'team' });
  const refused = await gateway.call('PUT', '/api/functions/fib', key);
  assert.deepEqual(codeOf(refused), [403, 'KEY_NOT_ALLOWED']);
  assert.equal(refused.json['detail'], 'the key "team" is for the namespace team: this is about "default"');
  assert.equal(refused.headers['www-authenticate'], 'Bearer realm="bantam", error="insufficient_scope"');
  assert.equal((await gateway.call('PUT', '/api/functions/fib?namespace=team', key)).status, 200);
  assert.equal((await gateway.call('GET', '/fn/fib.team', key)).status, 200);
  assert.equal((await gateway.call('GET', '/fn/fib', key)).status, 403);
  assert.equal((await gateway.call('GET', '/api/keys', key)).status, 403);
});

test('a public function needs no key, nor a valid one; the others do, whether they are there or not', async (t) => {
  const gateway = await open(t, await postgres.createRegistry(), { operatorKey, config: { public: true } });
  assert.partialDeepStrictEqual((await gateway.call('GET', '/fn/open')).json, { role: 'invoke', name: '127.0.0.1' });
  assert.equal((await gateway.call('GET', '/fn/open', 'nonsense')).json['name'], '127.0.0.1');
  assert.equal((await gateway.call('GET', '/fn/open', operatorKey)).json['name'], 'operator');
  for (const name of ['private', 'nowhere', 'No.Name.'])
    assert.deepEqual(codeOf(await gateway.call('GET', `/fn/${name}`)), [401, 'KEY_REQUIRED'], name);
});

test('while Postgres cannot be asked nobody is let in, and known keys go on', async (t) => {
  const gateway = await open(t, await postgres.createRegistry());
  const { key } = await makeKey(gateway, undefined, { name: 'me', role: 'admin' });
  assert.equal((await gateway.call('GET', '/api/things', key)).status, 200);
  const store = gateway.access.keys as { find: unknown; exist: unknown };
  const away = (): never => {
    throw new BantamError('REGISTRY_UNAVAILABLE', 'away');
  };
  store.find = away;
  assert.equal((await gateway.call('GET', '/api/things', key)).status, 200);
  gateway.access.gate.forgetAll();
  store.exist = async () => away();
  assert.deepEqual(codeOf(await gateway.call('GET', '/api/things')), [503, 'REGISTRY_UNAVAILABLE']);
});
