/** The clock on a real PostgreSQL: one run per tick, whoever else does the same and wherever it is cut off. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BantamError } from '../../contracts/errors.ts';
import { openSchedules } from '../../registry/schedules.ts';
import { eventually } from '../support/eventually.ts';
import { usePostgres } from '../support/postgres.ts';
import { at, putSchedule, runnerOn, specOf, startMs, useSchedules } from '../support/schedules.ts';

const bench = useSchedules(usePostgres());

test('five clocks at once make one run of each tick, and tell of it once', async () => {
  await putSchedule(bench.pool, specOf('secondly'), startMs);
  await putSchedule(bench.pool, specOf('interval', { everyMs: 1_500 }), startMs);
  for (let i = 0; i < 5; i++) bench.go();
  for (let second = 1; second <= 20; second++) await bench.advanceTo(startMs + second * 1_000);
  for (const [name, everyMs, count] of [
    ['secondly', 1_000, 20],
    ['interval', 1_500, 13],
  ] as const) {
    const runs = await bench.runsOf(name);
    assert.equal(runs.length, count, name);
    const told = await bench.eventsOf(name);
    assert.deepEqual(
      told.map(({ type, data }) => [type, data.tick]),
      Array.from({ length: count }, (_, i) => ['schedule.run', new Date(startMs + (i + 1) * everyMs).toISOString()]),
    );
    assert.deepEqual(new Set(told.map(({ data }) => data.invocation)), new Set(runs));
    const { lastAt, lastInvocation, nextAt } = await bench.find(name);
    assert.deepEqual([lastAt, nextAt], [new Date(startMs + count * everyMs), new Date(startMs + (count + 1) * everyMs)]);
    assert.equal(lastInvocation, told.at(-1)?.data.invocation);
  }
});

test('a clock that is cut off between run and record is followed by one that finds the run', async () => {
  await putSchedule(bench.pool, specOf('cut-off'), startMs);
  const failures: unknown[] = [];
  const store = { ...openSchedules(bench.pool), settle: () => Promise.reject(new Error('cut off')) };
  const first = bench.go({ store, onError: (error) => failures.push(error) });
  bench.clock.ms = startMs + 1_000;
  first.wake();
  await eventually(() => failures.length > 0);
  await first.close();
  assert.equal((await bench.runsOf('cut-off')).length, 1);
  assert.deepEqual(await bench.eventsOf('cut-off'), []);
  bench.go();
  await bench.advanceTo(startMs + 1_000);
  const [run, ...others] = await bench.runsOf('cut-off');
  assert.deepEqual(others, []);
  assert.equal((await bench.find('cut-off')).lastInvocation, run);
});

test('a run that was cut off from its record is the run of that tick also when the body has changed since', async () => {
  await putSchedule(bench.pool, specOf('changed'), startMs);
  const schedule = await bench.find('changed');
  const { id } = await runnerOn(bench.pool).runTick(schedule, at(1));
  await putSchedule(bench.pool, specOf('changed', { body: '{"n":2}' }), startMs + 1_000);
  bench.go();
  await bench.advanceTo(startMs + 1_000);
  assert.deepEqual(await bench.runsOf('changed'), [id]);
  assert.equal((await bench.eventsOf('changed'))[0]?.type, 'schedule.run');
});

test('a clock that does not lead stands still', async () => {
  const schedule = await putSchedule(bench.pool, specOf('led'), startMs);
  const leader = { leading: false };
  let looks = 0;
  const store = openSchedules(bench.pool);
  const clock = bench.go({
    leader: {
      get leading() {
        looks++;
        return leader.leading;
      },
    },
    store,
  });
  bench.clock.ms = startMs + 1_000;
  const looked = looks;
  clock.wake();
  await eventually(() => looks > looked);
  assert.deepEqual(await bench.find('led'), schedule);
  leader.leading = true;
  await bench.advanceTo(startMs + 1_000);
  assert.equal((await bench.runsOf('led')).length, 1);
});

test('ticks that came while nobody led are each run, up to 10 s late', async () => {
  await putSchedule(bench.pool, specOf('late'), startMs);
  bench.clock.ms = startMs + 11_000;
  bench.go();
  await bench.advanceTo(startMs + 11_000);
  assert.deepEqual(
    (await bench.eventsOf('late')).map(({ type, data }) => `${type} ${data.tick}`),
    Array.from({ length: 11 }, (_, i) => `schedule.run ${at(i + 1).toISOString()}`),
  );
});

test('ticks that were missed are left out, or run once where that is asked for', async () => {
  await putSchedule(bench.pool, specOf('missed-skip'), startMs);
  await putSchedule(bench.pool, specOf('missed-one', { missed: 'one' }), startMs);
  bench.clock.ms = startMs + 60_500;
  bench.go();
  await bench.advanceTo(startMs + 60_500);
  const tick = at(1).toISOString();
  assert.deepEqual(await bench.eventsOf('missed-skip'), [
    { type: 'schedule.skipped', data: { schedule: 'missed-skip', tick, reason: 'missed' } },
  ]);
  const [run] = await bench.runsOf('missed-one');
  assert.deepEqual(await bench.eventsOf('missed-one'), [{ type: 'schedule.run', data: { schedule: 'missed-one', tick, invocation: run } }]);
  assert.deepEqual([(await bench.find('missed-skip')).lastAt, (await bench.find('missed-skip')).nextAt], [undefined, at(61)]);
  assert.deepEqual([(await bench.find('missed-one')).lastAt, (await bench.find('missed-one')).nextAt], [at(1), at(61)]);
});

test('a tick that a quota keeps out is left out, and the clock goes on', async () => {
  await putSchedule(bench.pool, specOf('kept-out'), startMs);
  const failures: unknown[] = [];
  const admit = async (): Promise<void> => {
    throw new BantamError('QUOTA_EXCEEDED', 'too many are waiting');
  };
  bench.go({ runner: runnerOn(bench.pool, 1_000_000, admit), onError: (error) => failures.push(error) });
  await bench.advanceTo(startMs + 2_000);
  assert.deepEqual(await bench.runsOf('kept-out'), []);
  const told = await bench.eventsOf('kept-out');
  assert.deepEqual(
    told.map(({ data }) => data),
    [1, 2].map((second) => ({
      schedule: 'kept-out',
      tick: at(second).toISOString(),
      reason: 'error',
      code: 'QUOTA_EXCEEDED',
      detail: 'too many are waiting',
    })),
  );
  assert.deepEqual(failures, []);
});

test('1,500 schedules that are due at once are each run once', async () => {
  await bench.pool.query(
    `insert into schedules (name, function, every_ms, time_zone, body, overlap, missed, paused, created_at, next_at)
     select 'many-' || n, 'fib', 60000, 'UTC', '{"n":1}', 'skip', 'skip', false, $1, $2 from generate_series(1, 1500) n`,
    [at(0), at(60)],
  );
  for (let i = 0; i < 2; i++) bench.go();
  await bench.advanceTo(startMs + 60_000);
  const { rows } = await bench.pool.query<{ runs: number; schedules: number; told: number }>(
    `select count(*)::integer as runs, count(distinct schedule)::integer as schedules,
       (select count(*)::integer from events where type = 'schedule.run') as told from invocations`,
  );
  assert.deepEqual(rows, [{ runs: 1_500, schedules: 1_500, told: 1_500 }]);
});
