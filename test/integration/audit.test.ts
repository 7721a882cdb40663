/** The audit log on a real PostgreSQL. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { pino } from 'pino';
import type { AuditEntry } from '../../contracts/key.ts';
import { AuditLog } from '../../gateway/auth/audit-log.ts';
import { type NewAuditEntry, openAudit } from '../../registry/audit.ts';
import { openKeys } from '../../registry/keys.ts';
import { createPool } from '../../shared/postgres.ts';
import { eventually } from '../support/eventually.ts';
import { type GuardedGateway, openGuarded } from '../support/guarded-gateway.ts';
import { runSql, usePostgres } from '../support/postgres.ts';

const postgres = usePostgres();
const operatorKey = 'operator-key-of-tests';
const silent = pino({ level: 'silent' });

async function entriesOf(gateway: GuardedGateway, query = ''): Promise<readonly AuditEntry[]> {
  return (await gateway.call('GET', `/api/audit${query}`, operatorKey)).json['entries'] as AuditEntry[];
}

const anEntry = (more: Partial<NewAuditEntry> = {}): NewAuditEntry => ({
  at: new Date().toISOString(),
  address: '127.0.0.1',
  action: 'PUT /api/functions/:name',
  status: 200,
  requestId: 'r',
  ...more,
});

async function open(t: TestContext): Promise<{ url: string; gateway: GuardedGateway }> {
  const url = await postgres.createRegistry();
  const gateway = await openGuarded(url, { operatorKey });
  t.after(() => gateway.close());
  return { url, gateway };
}

test('control actions are told, refused ones too, and looking is not', async (t) => {
  const { gateway } = await open(t);
  const made = await gateway.call('POST', '/api/keys', operatorKey, { name: 'team', role: 'deploy', namespace: 'team' });
  const { id, key } = made.json as { id: string; key: string };
  await gateway.call('PUT', '/api/functions/fib?namespace=team', key);
  await gateway.call('PUT', '/api/functions/fib', key);
  await gateway.call('PUT', '/api/functions/fib', 'nonsense');
  await gateway.call('GET', '/api/things', key);
  await gateway.call('GET', '/fn/private', key);
  const entries = await eventually(async () => {
    const all = await entriesOf(gateway);
    return all.length >= 4 && all;
  });
  const put = { action: 'PUT /api/functions/:name', target: 'fib', address: '127.0.0.1' };
  assert.deepEqual(
    entries.map(({ id: entry, at, requestId, ...rest }) => {
      assert.match(entry, /^[1-9]\d*$/);
      assert.ok(Math.abs(Date.parse(at) - Date.now()) < 60_000);
      assert.notEqual(requestId, '');
      return rest;
    }),
    [
      { ...put, status: 401 },
      { ...put, key: id, name: 'team', status: 403 },
      { ...put, key: id, name: 'team', namespace: 'team', status: 200 },
      { action: 'POST /api/keys', target: id, name: 'operator', address: '127.0.0.1', status: 201 },
    ],
  );
  assert.ok(!JSON.stringify(entries).includes(key));
});

test('it is listed by key and by action, page by page, newest first', async (t) => {
  const { url, gateway } = await open(t);
  const store = gateway.access.audit;
  await store.write([1, 2, 3].map((n) => anEntry({ key: 'a', requestId: `a${n}` })));
  await store.write([anEntry({ key: 'b', action: 'DELETE /api/keys/:id', requestId: 'b1' })]);
  const ids = async (query: string): Promise<string[]> => (await entriesOf(gateway, query)).map(({ requestId }) => requestId);
  assert.deepEqual(await ids(''), ['b1', 'a3', 'a2', 'a1']);
  assert.deepEqual(await ids('?key=a'), ['a3', 'a2', 'a1']);
  assert.deepEqual(await ids(`?action=${encodeURIComponent('DELETE /api/keys/:id')}`), ['b1']);
  const page = (await gateway.call('GET', '/api/audit?key=a&limit=2', operatorKey)).json;
  assert.deepEqual(await ids(`?key=a&before=${String(page['next'])}`), ['a1']);
  assert.equal((await gateway.call('GET', '/api/audit?before=x', operatorKey)).status, 400);
  assert.equal((await runSql(url, 'select from audit')).length, 4);
});

test('what cannot be kept as it is does not keep the rest from being written', async (t) => {
  const { gateway } = await open(t);
  await gateway.access.audit.write([anEntry({ target: 'a\0b\ud800' }), anEntry({ target: 'x'.repeat(10_000) })]);
  assert.deepEqual(
    (await entriesOf(gateway)).map(({ target }) => target),
    ['x'.repeat(512), 'a\u{fffd}b\u{fffd}'],
  );
});

test('what is too old goes, of keys that are of no use too, and what is younger stays; but never all keys', async (t) => {
  const url = await postgres.createRegistry();
  const pool = createPool(url, { max: 2, applicationName: 'test', onError: () => {} });
  t.after(() => pool.end());
  const [store, keys] = [openAudit(pool), openKeys(pool)];
  await store.write([anEntry({ at: '2020-01-01T00:00:00Z', requestId: 'old' }), anEntry({ requestId: 'new' })]);
  for (const id of ['1', '2', '3', '4'])
    await keys.create({ id: id.repeat(16), hash: Buffer.alloc(32), name: id, role: 'admin', by: 'test' }, true);
  await runSql(url, `update keys set revoked_at = '2020-01-01'`);
  await keys.sweep(1_000);
  assert.equal((await runSql(url, 'select from keys')).length, 4);
  await runSql(url, `update keys set revoked_at = null, expires_at = '2020-01-01' where name = '2'`);
  await runSql(url, `update keys set revoked_at = '2999-01-01' where name = '3'`);
  await runSql(url, `update keys set revoked_at = null where name = '4'`);
  const log = new AuditLog({ store, keys, keepMs: 1_000, log: silent });
  t.after(() => log.close());
  // New entries are written with a date of their own: that one is young for longer than the test runs.
  await store.write([anEntry({ at: '2999-01-01T00:00:00Z', requestId: 'young' })]);
  await eventually(async () => (await runSql(url, 'select from audit')).length === 1);
  const names = async (): Promise<string> =>
    (await runSql<{ name: string }>(url, 'select name from keys order by name')).map(({ name }) => name).join();
  await eventually(async () => (await names()) === '3,4');
});

test('nothing is lost while Postgres is away for a moment, nor at the end', async (t) => {
  const url = await postgres.createRegistry();
  const pool = createPool(url, { max: 2, applicationName: 'test', onError: () => {} });
  t.after(() => pool.end());
  const store = openAudit(pool);
  let failures = 2;
  const flaky = {
    ...store,
    write: async (entries: readonly NewAuditEntry[]): Promise<void> => {
      if (failures-- > 0) throw new Error('away');
      await store.write(entries);
    },
  };
  const log = new AuditLog({ store: flaky, keys: openKeys(pool), keepMs: 86_400_000, log: silent });
  log.record(anEntry());
  await eventually(() => failures < 2);
  log.record(anEntry());
  failures = 0;
  await log.close();
  assert.equal((await runSql(url, 'select from audit')).length, 2);
});

test('whoever has no key fills a hundred entries a minute, and keeps nobody else out of the log', async (t) => {
  const url = await postgres.createRegistry();
  const pool = createPool(url, { max: 2, applicationName: 'test', onError: () => {} });
  t.after(() => pool.end());
  const log = new AuditLog({ store: openAudit(pool), keys: openKeys(pool), keepMs: 86_400_000, log: silent });
  for (let n = 0; n < 150; n++) log.record(anEntry({ status: 401 }));
  log.record(anEntry({ status: 403 }));
  await log.close();
  const rows = await runSql<{ status: number; count: number }>(
    url,
    'select status, count(*)::integer from audit group by status order by status',
  );
  assert.deepEqual(rows, [
    { status: 401, count: 100 },
    { status: 403, count: 1 },
  ]);
});
