/** What becomes of a tick on a real PostgreSQL: run, left out, held back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeRequest } from '../../contracts/request.ts';
import { removeFunction } from '../../registry/functions.ts';
import { publish } from '../../registry/publish.ts';
import { openSchedules } from '../../registry/schedules.ts';
import { eventually } from '../support/eventually.ts';
import { usePostgres } from '../support/postgres.ts';
import { publicationOf } from '../support/publications.ts';
import { at, nextFrom, putSchedule, runnerOn, specOf, startMs, useSchedules } from '../support/schedules.ts';

const bench = useSchedules(usePostgres());

test('a tick is left out while the last run is not finished, unless runs may overlap', async () => {
  await putSchedule(bench.pool, specOf('alone', { overlap: 'skip' }), startMs);
  await putSchedule(bench.pool, specOf('overlapping'), startMs);
  bench.go();
  await bench.advanceTo(startMs + 1_000);
  await bench.advanceTo(startMs + 2_000);
  const [first] = await bench.runsOf('alone');
  await bench.pool.query(`update invocations set status = 'running' where id = $1`, [first]);
  await bench.advanceTo(startMs + 3_000);
  await bench.pool.query(`update invocations set status = 'failed' where id = $1`, [first]);
  await bench.advanceTo(startMs + 4_000);
  assert.deepEqual(
    (await bench.eventsOf('alone')).map(({ type }) => type),
    ['schedule.run', 'schedule.skipped', 'schedule.skipped', 'schedule.run'],
  );
  assert.deepEqual((await bench.eventsOf('alone'))[1]?.data, { schedule: 'alone', tick: at(2).toISOString(), reason: 'overlap' });
  assert.deepEqual([(await bench.runsOf('alone')).length, (await bench.runsOf('overlapping')).length], [2, 4]);
});

test('a last run that is no longer kept holds nothing up', async () => {
  await putSchedule(bench.pool, specOf('swept', { overlap: 'skip' }), startMs);
  bench.go();
  await bench.advanceTo(startMs + 1_000);
  await bench.pool.query('delete from invocations');
  await bench.advanceTo(startMs + 2_000);
  assert.equal((await bench.runsOf('swept')).length, 1);
});

test('a paused schedule has no ticks, and goes on from the next one', async () => {
  const store = openSchedules(bench.pool);
  await putSchedule(bench.pool, specOf('paused'), startMs);
  bench.go();
  await bench.advanceTo(startMs + 1_000);
  assert.equal((await store.pause('paused', true, nextFrom(bench.clock.ms)))?.nextAt, undefined);
  await bench.advanceTo(startMs + 30_000);
  const resumed = await store.pause('paused', false, nextFrom(bench.clock.ms));
  assert.deepEqual([resumed?.paused, resumed?.nextAt], [false, at(31)]);
  await bench.advanceTo(startMs + 31_000);
  assert.deepEqual(
    (await bench.eventsOf('paused')).map(({ type, data }) => `${type} ${data.tick}`),
    [`schedule.run ${at(1).toISOString()}`, `schedule.run ${at(31).toISOString()}`],
  );
  assert.equal(await store.pause('nothing', true, nextFrom(0)), undefined);
});

test('a function that is gone, or takes other arguments, costs the tick, and the next one is run when it is back', async () => {
  const { analysis } = publicationOf('fickle', '1');
  const [run] = analysis.exports;
  assert.ok(run !== undefined);
  await publish(bench.pool, publicationOf('fickle', '1'));
  await putSchedule(bench.pool, specOf('fickle', { function: 'fickle' }), startMs);
  bench.go();
  await removeFunction(bench.pool, 'fickle');
  await bench.advanceTo(startMs + 1_000);
  await publish(bench.pool, publicationOf('fickle', '2', { analysis: { ...analysis, exports: [{ ...run, params: [] }] } }));
  await bench.advanceTo(startMs + 2_000);
  await publish(bench.pool, publicationOf('fickle', '3'));
  await bench.advanceTo(startMs + 3_000);
  const [gone, wrong, back] = await bench.eventsOf('fickle');
  assert.partialDeepStrictEqual(gone, {
    type: 'schedule.skipped',
    data: { tick: at(1).toISOString(), reason: 'error', code: 'FUNCTION_NOT_FOUND', detail: 'there is no function "fickle"' },
  });
  assert.partialDeepStrictEqual(wrong, { type: 'schedule.skipped', data: { reason: 'error', code: 'INVALID_ARGUMENTS' } });
  assert.equal(back?.type, 'schedule.run');
});

test('a full backlog holds the tick back, and costs it nothing when it is over in time', async () => {
  await putSchedule(bench.pool, specOf('full'), startMs);
  const failures: unknown[] = [];
  const clock = bench.go({ runner: runnerOn(bench.pool, 0), onError: (error) => failures.push(error) });
  bench.clock.ms = startMs + 1_000;
  clock.wake();
  await eventually(() => failures.length > 0);
  await clock.close();
  assert.match(String(failures[0]), /0 asynchronous invocations are waiting/);
  assert.deepEqual((await bench.find('full')).nextAt, at(1));
  bench.go();
  await bench.advanceTo(startMs + 5_000);
  assert.equal((await bench.runsOf('full')).length, 5);
});

test('what cannot be run now keeps no other schedule from its tick', async () => {
  await putSchedule(bench.pool, specOf('bad'), startMs);
  await putSchedule(bench.pool, specOf('good'), startMs);
  const runner = runnerOn(bench.pool);
  const failures: unknown[] = [];
  const clock = bench.go({
    runner: {
      runTick: (schedule, tick) => (schedule.name === 'bad' ? Promise.reject(new Error('bad')) : runner.runTick(schedule, tick)),
    },
    onError: (error) => failures.push(error),
  });
  bench.clock.ms = startMs + 1_000;
  clock.wake();
  await eventually(async () => (await bench.runsOf('good')).length === 1);
  await eventually(() => failures.length > 0);
  assert.deepEqual([(await bench.find('good')).nextAt, (await bench.find('bad')).nextAt], [at(2), at(1)]);
});

test('the guest sees the schedule and its tick', async () => {
  const analysis = { kind: 'command', exports: [], needs: [] } as const;
  await publish(bench.pool, publicationOf('command', 'command', { analysis, entry: '_start' }));
  await putSchedule(bench.pool, specOf('seen', { function: 'command@1', body: '["a"]' }), startMs);
  bench.go();
  await bench.advanceTo(startMs + 1_000);
  const { rows } = await bench.pool.query<{ payload: Buffer }>('select payload from invocations');
  const { method, scriptName, headers, body } = decodeRequest(rows[0]?.payload ?? Buffer.alloc(0));
  assert.deepEqual([method, scriptName, Buffer.from(body).toString()], ['POST', '/fn/command@1', '["a"]']);
  const fields: Record<string, unknown> = {};
  for (let i = 0; i < headers.length; i += 2) fields[headers[i] ?? ''] = headers[i + 1];
  assert.partialDeepStrictEqual(fields, {
    'content-type': 'application/json',
    'x-bantam-schedule': 'seen',
    'x-bantam-scheduled-at': at(1).toISOString(),
  });
});
