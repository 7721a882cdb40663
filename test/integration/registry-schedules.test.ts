/** Schedules in a real PostgreSQL: made, replaced, listed, and moved on from the tick they are at only. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { openSchedules, type ScheduleStore } from '../../registry/schedules.ts';
import { createPool } from '../../shared/postgres.ts';
import { usePostgres } from '../support/postgres.ts';
import { at, nextFrom, specOf, startMs } from '../support/schedules.ts';

const postgres = usePostgres();
let pool: pg.Pool;
let store: ScheduleStore;

before(async () => {
  pool = createPool(await postgres.createRegistry(), { max: 10, applicationName: 'test', onError: () => {} });
  store = openSchedules(pool);
});
after(() => pool.end());

type Put = Awaited<ReturnType<ScheduleStore['put']>>;

function put(name: string, given: Parameters<typeof specOf>[1], seconds: number): Promise<Put> {
  return store.put(specOf(name, given), at(seconds), nextFrom(startMs + seconds * 1_000));
}

test('a schedule is made once and kept as it is said', async () => {
  const given = { function: 'fib:canary', everyMs: 90_000, body: '{"n":"\\u0000 \\ud800"}', overlap: 'skip', missed: 'one' } as const;
  const { created, schedule } = await put('made', given, 5);
  assert.ok(created);
  const state = { createdAt: at(5), nextAt: at(95), lastAt: undefined, lastInvocation: undefined };
  assert.deepEqual(schedule, { ...specOf('made', given), ...state });
  assert.deepEqual(await store.find('made'), schedule);
  assert.equal(await store.find('nothing'), undefined);
});

test('the same again changes nothing, and counts from when it was first made', async () => {
  const { schedule } = await put('same', { everyMs: 60_000 }, 0);
  assert.deepEqual(await put('same', { everyMs: 60_000 }, 30), { created: false, schedule });
  const { schedule: slower } = await put('same', { everyMs: 70_000 }, 30);
  assert.deepEqual([slower.createdAt, slower.nextAt], [at(0), at(70)]);
});

test('of twenty who make it at once one does', async () => {
  const puts = await Promise.all(Array.from({ length: 20 }, (_, i) => put('contested', { body: `${i}` }, 0)));
  assert.equal(puts.filter(({ created }) => created).length, 1);
});

test('a change of anything but times and function keeps a tick that is due', async () => {
  await put('kept', {}, 0);
  for (const given of [{ body: '2' }, { body: undefined }, { overlap: 'skip' }, { missed: 'one' }] as const) {
    const { schedule } = await put('kept', given, 60);
    assert.partialDeepStrictEqual(schedule, given);
    assert.deepEqual(schedule.nextAt, at(1));
  }
});

test('with other times, or another function, ticks begin anew', async () => {
  for (const given of [
    { cron: '*/2 * * * * *' },
    { timeZone: 'Europe/Berlin' },
    { function: 'fib@2' },
    { cron: undefined, everyMs: 1_000 },
  ]) {
    await put('anew', {}, 0);
    const { schedule } = await put('anew', given, 60);
    assert.ok((schedule.nextAt?.getTime() ?? 0) > startMs + 60_000, JSON.stringify(given));
    await store.remove('anew');
  }
});

test('a paused schedule has no next tick, whatever else is changed', async () => {
  assert.equal((await put('paused', { paused: true }, 0)).schedule.nextAt, undefined);
  assert.equal((await put('paused', { paused: true, cron: '0 0 * * *' }, 0)).schedule.nextAt, undefined);
  assert.equal((await put('paused', { paused: true, cron: '0 0 * * *', body: '2' }, 0)).schedule.nextAt, undefined);
  assert.deepEqual(await store.due(at(1_000_000), 1_000).then((due) => due.filter(({ name }) => name === 'paused')), []);
  const { schedule } = await put('paused', { cron: '0 0 * * *', body: '2' }, 1);
  assert.deepEqual(schedule.nextAt, at(86_400));
  assert.equal((await store.pause('paused', true, nextFrom(0)))?.nextAt, undefined);
  assert.deepEqual((await store.pause('paused', false, nextFrom(startMs + 86_400_000)))?.nextAt, at(172_800));
});

test('schedules are listed by name, page by page', async () => {
  for (let i = 0; i < 5; i++) await put(`page-${i}`, {}, 0);
  const names: string[] = [];
  for (let cursor: string | undefined = 'page'; cursor !== undefined;) {
    const { items, next } = await store.list(undefined, 2, cursor);
    names.push(...items.map(({ name }) => name));
    cursor = next;
  }
  assert.deepEqual(
    names.filter((name) => name.startsWith('page-')),
    ['page-0', 'page-1', 'page-2', 'page-3', 'page-4'],
  );
});

test('a schedule is deleted once', async () => {
  await put('deleted', {}, 0);
  assert.deepEqual([await store.remove('deleted'), await store.remove('deleted')], [true, false]);
});

test('what is due comes longest due first, and no more than is asked for', async () => {
  await pool.query('delete from schedules');
  for (const [name, seconds] of [
    ['due-b', 2],
    ['due-a', 2],
    ['due-c', 0],
    ['due-later', 9],
  ] as const)
    await put(name, {}, seconds);
  const names = async (limit: number): Promise<string[]> => (await store.due(at(3), limit)).map(({ name }) => name);
  assert.deepEqual(
    [await names(10), await names(2)],
    [
      ['due-c', 'due-a', 'due-b'],
      ['due-c', 'due-a'],
    ],
  );
  assert.deepEqual(await store.soonest(), at(1));
});

test('a schedule moves on only from the tick it is at', async () => {
  await put('moved', {}, 0);
  const [early, late] = [randomUUID(), randomUUID()];
  const move = (tick: number, invocation: string): Promise<readonly boolean[]> =>
    store.settle([
      { name: 'absent', tick: at(tick), nextAt: undefined, outcome: { reason: 'missed' } },
      { name: 'moved', tick: at(tick), nextAt: at(tick + 1), outcome: { invocation } },
    ]);
  assert.deepEqual(await move(1, early), [false, true]);
  assert.deepEqual(await move(1, late), [false, false]);
  assert.partialDeepStrictEqual(await store.find('moved'), { nextAt: at(2), lastAt: at(1), lastInvocation: early });
  await store.settle([{ name: 'moved', tick: at(2), nextAt: undefined, outcome: { reason: 'overlap' } }]);
  assert.partialDeepStrictEqual(await store.find('moved'), { nextAt: undefined, lastAt: at(1), lastInvocation: early });
  const { rows } = await pool.query(`select type from events where data ->> 'schedule' in ('moved', 'absent') order by id`);
  assert.deepEqual(rows, [{ type: 'schedule.run' }, { type: 'schedule.skipped' }]);
});

test('a run by hand is the last run, and leaves the next tick as it is', async () => {
  await put('by-hand', {}, 0);
  const invocation = randomUUID();
  await store.ran('by-hand', invocation, at(30));
  assert.partialDeepStrictEqual(await store.find('by-hand'), { nextAt: at(1), lastAt: at(30), lastInvocation: invocation });
  const { rows } = await pool.query(`select type, data from events where data ->> 'schedule' = 'by-hand'`);
  assert.deepEqual(rows, [{ type: 'schedule.run', data: { schedule: 'by-hand', invocation } }]);
});
