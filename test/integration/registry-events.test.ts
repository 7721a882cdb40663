/** Events on a real PostgreSQL: their order, what the registry's own transactions tell, and how listeners hear of them. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import type { PlatformEvent } from '../../contracts/event.ts';
import { plainState } from '../../contracts/release.ts';
import { FunctionChanges } from '../../registry/changes.ts';
import { appendEvent, type EventStore, openEvents } from '../../registry/events.ts';
import { removeFunction } from '../../registry/functions.ts';
import { publish, reconfigure } from '../../registry/publish.ts';
import { deleteAlias, rollback, setAlias, tripGuard } from '../../registry/releases.ts';
import { createPool, inTransaction } from '../../shared/postgres.ts';
import { eventually } from '../support/eventually.ts';
import { runSql, usePostgres } from '../support/postgres.ts';
import { publicationOf } from '../support/publications.ts';

const postgres = usePostgres();
let url: string;
let pool: pg.Pool;
let events: EventStore;

before(async () => {
  url = await postgres.createRegistry();
  pool = createPool(url, { max: 12, applicationName: 'test', onError: () => {} });
  events = openEvents(pool);
});
after(() => pool.end());

/** @returns what `work` added, without ids and times */
async function told(work: () => Promise<unknown>): Promise<Omit<PlatformEvent, 'id' | 'at'>[]> {
  const { latest } = await events.range();
  await work();
  return (await events.read(latest, 100)).map(({ type, data }) => ({ type, data }));
}

test('whoever follows ids misses none of the events of 8 concurrent writers in 2,000 transactions, and sees each once', async () => {
  const writers = 8;
  const each = 250;
  let { latest: cursor } = await events.range();
  const seen: string[] = [];
  let isWritten = false;
  const reading = (async (): Promise<void> => {
    for (;;) {
      const isLast = isWritten;
      const page = await events.read(cursor, 7);
      seen.push(...page.map(({ data }) => String(data['n'])));
      cursor = BigInt(page.at(-1)?.id ?? cursor);
      if (isLast && page.length === 0) return;
    }
  })();
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (let i = 0; i < each; i++) {
        await inTransaction(pool, async (client) => {
          // Transactions that begin in another order than they end, and some with two events.
          await client.query('select txid_current(), pg_sleep(random() / 1000)');
          await appendEvent(client, 'worker.joined', { n: `${writer}-${i}` });
          if (i % 5 === 0) await appendEvent(client, 'worker.left', { n: `${writer}-${i}+` });
        });
      }
    }),
  );
  isWritten = true;
  await reading;
  assert.equal(seen.length, writers * each * 1.2);
  assert.equal(new Set(seen).size, seen.length);
});

test('a transaction that is rolled back tells nothing, and nobody takes its id for a lost event', async () => {
  const { latest } = await events.range();
  await assert.rejects(
    inTransaction(pool, async (client) => {
      await appendEvent(client, 'worker.joined', {});
      throw new TypeError('no');
    }),
  );
  assert.equal((await events.range()).latest, latest);
  await inTransaction(pool, (client) => appendEvent(client, 'worker.left', { worker: 'w' }));
  const [event] = await events.read(latest, 10);
  assert.ok(event !== undefined && BigInt(event.id) > latest + 1n);
  assert.ok((await events.range()).oldest <= latest + 1n);
});

test('the range is known also of events that are deleted', async (t) => {
  const own = createPool(await postgres.createRegistry(), { max: 1, applicationName: 'test', onError: () => {} });
  t.after(() => own.end());
  const store = openEvents(own);
  assert.deepEqual(await store.range(), { oldest: 1n, latest: 0n });
  for (let n = 0; n < 5; n++) await inTransaction(own, (client) => appendEvent(client, 'worker.joined', { n }));
  assert.deepEqual(await store.range(), { oldest: 1n, latest: 5n });
  await own.query('delete from events where id < 4');
  assert.deepEqual(await store.range(), { oldest: 4n, latest: 5n });
  await own.query('delete from events');
  assert.deepEqual(await store.range(), { oldest: 6n, latest: 5n });
  assert.deepEqual(await store.read(0n, 10), []);
});

test('an event has a time and is read as it was written', async () => {
  const { latest } = await events.range();
  const data = { text: 'line\nbreak "quoted" \u2028', number: 1.5, nested: { list: [1, null] } };
  await inTransaction(pool, (client) => appendEvent(client, 'worker.joined', data));
  const [event] = await events.read(latest, 1);
  assert.partialDeepStrictEqual(event, { type: 'worker.joined', data });
  assert.ok(Math.abs(Date.now() - Date.parse(event?.at ?? '')) < 60_000);
});

test('a publish tells of the version, then of the release that came with it; one that changed nothing tells nothing', async () => {
  const one = publicationOf('told-publish', 'one', { by: '192.0.2.1' });
  const published = await told(() => publish(pool, one));
  assert.partialDeepStrictEqual(published, [
    { type: 'function.published', data: { function: 'told-publish', version: 1, digest: one.digest, by: '192.0.2.1' } },
    { type: 'release.set', data: { function: 'told-publish', alias: 'live', reason: 'publish', by: '192.0.2.1', to: { version: 1 } } },
  ]);
  assert.equal(published.length, 2);
  assert.deepEqual(await told(() => publish(pool, one)), []);
  const configured = await told(() => reconfigure(pool, 1, { ...one, config: { timeoutMs: 5 } }));
  assert.partialDeepStrictEqual(configured, [
    { type: 'function.published', data: { version: 2 } },
    { type: 'release.set', data: { from: { version: 1 }, to: { version: 2 } } },
  ]);
  await setAlias(pool, { name: 'told-publish', alias: 'live', by: 'me' }, { ...plainState(2), weighted: true });
  const unreleased = await told(() => publish(pool, publicationOf('told-publish', 'three')));
  assert.deepEqual(
    unreleased.map(({ type }) => type),
    ['function.published'],
  );
});

test('aliases that are set and deleted, rollbacks, guards and deletions are told, each once', async () => {
  const name = 'told-release';
  for (const content of ['one', 'two']) await publish(pool, publicationOf(name, content));
  const of = { name, alias: 'canary', by: 'me' };
  const set = await told(() => setAlias(pool, of, plainState(1)));
  assert.partialDeepStrictEqual(set, [{ type: 'release.set', data: { alias: 'canary', reason: 'set', by: 'me', to: { version: 1 } } }]);
  assert.deepEqual(await told(() => setAlias(pool, of, plainState(1))), []);
  const deleted = await told(() => deleteAlias(pool, of));
  assert.partialDeepStrictEqual(deleted, [{ type: 'release.set', data: { alias: 'canary', reason: 'delete', from: { version: 1 } } }]);
  assert.equal('to' in (deleted[0]?.data ?? {}), false);
  const back = await told(() => rollback(pool, name, 'me'));
  assert.partialDeepStrictEqual(back, [
    { type: 'release.rolled-back', data: { function: name, alias: 'live', reason: 'rollback', from: { version: 2 }, to: { version: 1 } } },
  ]);
  const shares = [2, 1].map((version) => ({ version, weight: 50 }));
  const release = await setAlias(pool, { name, alias: 'live', by: 'me' }, { ...plainState(2), shares, weighted: true });
  const trip = { name, alias: 'live', release: release?.id ?? '', detail: '9 of 10' };
  const tripped = await told(() => Promise.all([tripGuard(pool, trip), tripGuard(pool, trip)]));
  assert.equal(tripped.length, 1);
  assert.partialDeepStrictEqual(tripped, [{ type: 'release.rolled-back', data: { reason: 'guard', by: 'guard', detail: '9 of 10' } }]);
  assert.deepEqual(await told(() => removeFunction(pool, name)), [{ type: 'function.deleted', data: { function: name } }]);
  assert.deepEqual(await told(() => removeFunction(pool, name)), []);
});

test('listeners hear of events at commit, and when they begin or begin again to listen', async (t) => {
  let heard = 0;
  const changes = new FunctionChanges(url, {
    onChange: () => {},
    onReset: () => {},
    onEvents: () => (heard += 1),
    onKey: () => {},
    onQuota: () => {},
  });
  t.after(() => changes.close());
  await eventually(() => heard === 1);
  await inTransaction(pool, async (client) => {
    for (let n = 0; n < 3; n++) await appendEvent(client, 'worker.joined', { n });
  });
  await eventually(() => heard === 2);
  await runSql(url, "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'bantam-changes'");
  await eventually(() => heard === 3);
});
