/** The logs of functions in Postgres. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import { lineOverheadBytes } from '../../contracts/guest-log.ts';
import { type GuestLogStore, type NewLogLine, openGuestLogs } from '../../registry/guest-logs.ts';
import { sweepInvocations } from '../../registry/invocations/sweep.ts';
import { createPool } from '../../shared/postgres.ts';
import { runSql, usePostgres } from '../support/postgres.ts';

let pool: pg.Pool;
let url: string;
let store: GuestLogStore;
after(() => pool.end());
const postgres = usePostgres();
before(async () => {
  url = await postgres.createRegistry();
  pool = createPool(url, { max: 8, applicationName: 'test', onError: () => {} });
  store = openGuestLogs(pool);
});

const worker = randomUUID();
const invocationId = randomUUID();
const ample = 1_000_000_000;
const everything = { sinceMs: undefined, invocationId: undefined };

function lineOf(name: string, text: string, more: Partial<NewLogLine> = {}): NewLogLine {
  return { function: name, version: 2, invocationId, atMs: 1_700_000_000_123, line: text, dropped: undefined, ...more };
}

async function textsOf(
  name: string,
  from = 0n,
  filter = everything as Parameters<GuestLogStore['read']>[2],
  limit = 1_000,
): Promise<string[]> {
  return (await store.read(name, from, filter, limit)).map(({ line }) => line);
}

test('lines are kept with all that is known of them, each function for itself', async () => {
  await store.append(
    worker,
    [lineOf('kept', 'one'), lineOf('kept.team', 'other'), lineOf('kept', '', { dropped: { lines: 3, bytes: 40 } })],
    ample,
  );
  const [one, notice, ...rest] = await store.read('kept', 0n, everything, 10);
  assert.deepEqual(rest, []);
  assert.deepEqual(one, { id: one?.id, at: '2023-11-14T22:13:20.123Z', invocationId, version: 2, worker, line: 'one' });
  assert.deepEqual(notice?.dropped, { lines: 3, bytes: 40 });
  assert.deepEqual(await textsOf('kept.team'), ['other']);
  assert.deepEqual(await textsOf('nobody'), []);
});

test('what Postgres cannot hold is replaced', async () => {
  await store.append(worker, [lineOf('odd', 'a\0b\ud800c')], ample);
  assert.deepEqual(await textsOf('odd'), ['a\u{fffd}b\u{fffd}c']);
});

test('a line is named by where it ends: ids grow by its bytes and 128, also from one batch to the next', async () => {
  await store.append(worker, [lineOf('ids', 'é'), lineOf('ids', 'abc')], ample);
  await store.append(worker, [lineOf('ids', '')], ample);
  const [first = 0n, ...later] = (await store.read('ids', 0n, everything, 10)).map(({ id }) => BigInt(id));
  const steps = [first, ...later].map((id, i, all) => Number(id - (all[i - 1] ?? first)));
  assert.deepEqual(steps, [0, 3 + lineOverheadBytes, lineOverheadBytes]);
});

test('pages go on after an id, and the newest lines begin after the one before them', async () => {
  await store.append(
    worker,
    ['a', 'b', 'c', 'd'].map((text) => lineOf('paged', text)),
    ample,
  );
  const [, b] = await store.read('paged', 0n, everything, 2);
  assert.deepEqual(await textsOf('paged', BigInt(b?.id ?? 0), everything, 1), ['c']);
  assert.deepEqual(await textsOf('paged', await store.before('paged', everything, 3)), ['b', 'c', 'd']);
  assert.equal(await store.before('paged', everything, 4), 0n);
  const newest = await store.newest(['paged', 'nobody']);
  assert.deepEqual([...newest.keys()], ['paged']);
  assert.deepEqual(await textsOf('paged', newest.get('paged')), []);
});

test('lines are found by time and by invocation', async () => {
  const other = randomUUID();
  await store.append(
    worker,
    [
      lineOf('found', 'a', { atMs: 1_000 }),
      lineOf('found', 'b', { atMs: 2_000, invocationId: other }),
      lineOf('found', 'c', { atMs: 3_000 }),
    ],
    ample,
  );
  assert.deepEqual(await textsOf('found', 0n, { sinceMs: 2_000, invocationId: undefined }), ['b', 'c']);
  assert.deepEqual(await textsOf('found', 0n, { sinceMs: 2_001, invocationId: undefined }), ['c']);
  assert.deepEqual(await textsOf('found', 0n, { sinceMs: undefined, invocationId: other }), ['b']);
  assert.deepEqual(await textsOf('found', 0n, { sinceMs: 2_001, invocationId: other }), []);
  assert.deepEqual(await textsOf('found', await store.before('found', { sinceMs: undefined, invocationId }, 1)), ['b', 'c']);
});

test('what is further back than is kept is deleted, of the function that writes and of no other', async () => {
  const size = lineOverheadBytes + 1;
  await store.append(worker, [lineOf('quiet', 'x')], ample);
  await store.append(
    worker,
    ['a', 'b', 'c'].map((text) => lineOf('bounded', text)),
    3 * size,
  );
  assert.deepEqual(await textsOf('bounded'), ['a', 'b', 'c']);
  await store.append(worker, [lineOf('bounded', 'd')], 3 * size);
  assert.deepEqual(await textsOf('bounded'), ['b', 'c', 'd']);
  await store.append(worker, [lineOf('bounded', 'e')], size);
  assert.deepEqual(await textsOf('bounded'), ['e']);
  assert.deepEqual(await textsOf('quiet'), ['x']);
});

test('a log that lost its lines goes on with greater ids', async () => {
  await store.append(worker, [lineOf('emptied', 'before')], ample);
  const last = (await store.newest(['emptied'])).get('emptied') ?? 0n;
  await runSql(url, "delete from guest_logs where function = 'emptied'");
  await store.append(worker, [lineOf('emptied', 'after')], ample);
  assert.deepEqual(await textsOf('emptied', last), ['after']);
});

test('who reads while many write misses no line and gets none twice', async () => {
  const writers = Array.from({ length: 6 }, async (_, w) => {
    for (let i = 0; i < 40; i++) await store.append(worker, [lineOf('busy', `${w}-${i}`), lineOf('busy', `${w}-${i}b`)], ample);
  });
  const seen: string[] = [];
  let cursor = 0n;
  const read = async (): Promise<number> => {
    const page = await store.read('busy', cursor, everything, 7);
    seen.push(...page.map(({ line }) => line));
    cursor = BigInt(page.at(-1)?.id ?? cursor);
    return page.length;
  };
  const state = { writing: true };
  const done = Promise.all(writers).then(() => (state.writing = false));
  while (state.writing) await read();
  await done;
  while ((await read()) > 0);
  assert.equal(seen.length, 480);
  assert.equal(new Set(seen).size, 480);
});

test('lines of a certain age are swept, and no younger ones', async () => {
  await store.append(
    worker,
    [lineOf('swept', 'old', { atMs: Date.now() - 61_000 }), lineOf('swept', 'young', { atMs: Date.now() - 30_000 })],
    ample,
  );
  const day = 86_400_000;
  const bounds = { resultAgeMs: day, resultBytes: ample, deadLetterAgeMs: day, idempotencyAgeMs: day, eventAgeMs: day, logAgeMs: 60_000 };
  await sweepInvocations(pool, bounds);
  assert.deepEqual(await textsOf('swept'), ['young']);
});
