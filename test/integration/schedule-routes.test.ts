/** The control API of schedules on a real PostgreSQL. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import Fastify from 'fastify';
import type pg from 'pg';
import problems from '../../gateway/plugins/problems.ts';
import { scheduleRoutes } from '../../gateway/routes/schedules.ts';
import { publish } from '../../registry/publish.ts';
import { openSchedules } from '../../registry/schedules.ts';
import { createPool } from '../../shared/postgres.ts';
import { registerOpenAuth } from '../support/open-auth.ts';
import { usePostgres } from '../support/postgres.ts';
import { publicationOf } from '../support/publications.ts';
import { runnerOn } from '../support/schedules.ts';

const postgres = usePostgres();
const app = Fastify();
let pool: pg.Pool;
let changes = 0;

before(async () => {
  pool = createPool(await postgres.createRegistry(), { max: 10, applicationName: 'test', onError: () => {} });
  await publish(pool, publicationOf('fib', 'fib'));
  await app.register(problems);
  await registerOpenAuth(app);
  await app.register(async (scope) =>
    scheduleRoutes(scope, { store: openSchedules(pool), runner: runnerOn(pool), onChange: () => (changes += 1) }),
  );
});
after(async () => {
  await app.close();
  await pool.end();
});

interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly json: Readonly<Record<string, unknown>>;
}

async function call(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: object): Promise<Answer> {
  const answer = await app.inject({ method, url: `/api/schedules${path}`, ...(body !== undefined && { payload: body }) });
  return {
    status: answer.statusCode,
    location: answer.headers.location,
    json: answer.body === '' ? {} : answer.json<Answer['json']>(),
  };
}

const daily = { function: 'fib', cron: '0 3 * * *', timeZone: 'Europe/Berlin', body: { n: 1 } };

test('a schedule is made with 201, replaced with 200, and shown with all that is in force', async () => {
  const changesBefore = changes;
  const made = await call('PUT', '/daily', daily);
  assert.deepEqual([made.status, made.location], [201, '/api/schedules/daily']);
  const { createdAt, nextAt, ...rest } = made.json;
  assert.deepEqual(rest, { name: 'daily', namespace: 'default', ...daily, overlap: 'skip', missed: 'skip', paused: false });
  assert.ok(Math.abs(Date.parse(String(createdAt)) - Date.now()) < 60_000);
  assert.ok(Date.parse(String(nextAt)) > Date.now() && Date.parse(String(nextAt)) <= Date.now() + 25 * 3_600_000);
  assert.deepEqual((await call('PUT', '/daily', daily)).json, made.json);
  const replaced = await call('PUT', '/daily', { function: 'fib@1', everyMs: 5_000, body: [1], overlap: 'queue' });
  assert.equal(replaced.status, 200);
  assert.partialDeepStrictEqual(replaced.json, { function: 'fib@1', everyMs: 5_000, body: [1], overlap: 'queue' });
  assert.deepEqual([replaced.json['cron'], replaced.json['timeZone']], [undefined, 'UTC']);
  assert.deepEqual(await call('GET', '/daily'), { status: 200, location: undefined, json: replaced.json });
  assert.equal(changes, changesBefore + 3);
});

test('a schedule that could not be run is refused, and nothing is kept of it', async () => {
  for (const [change, status, code] of [
    [{ ...daily, function: 'nobody' }, 404, 'FUNCTION_NOT_FOUND'],
    [{ ...daily, body: { m: 1 } }, 400, 'INVALID_ARGUMENTS'],
    [{ ...daily, body: undefined }, 400, 'INVALID_ARGUMENTS'],
    [{ ...daily, cron: '0 3 * *' }, 400, 'INVALID_SCHEDULE'],
    [{ ...daily, function: 'fib@' }, 400, 'INVALID_NAME'],
  ] as const) {
    const answer = await call('PUT', '/refused', change);
    assert.deepEqual([answer.status, answer.json['code']], [status, code]);
  }
  assert.equal((await call('PUT', '/Refused', daily)).json['code'], 'INVALID_NAME');
  assert.equal((await call('GET', '/refused')).json['code'], 'SCHEDULE_NOT_FOUND');
});

test('a run by hand is accepted with 202 and is the last invocation', async () => {
  await call('PUT', '/by-hand', { ...daily, paused: true });
  const run = await call('POST', '/by-hand/run');
  const id = String(run.json['id']);
  assert.deepEqual(run, { status: 202, location: `/api/invocations/${id}`, json: { id, statusUrl: `/api/invocations/${id}` } });
  const { json } = await call('GET', '/by-hand');
  assert.equal(json['lastInvocation'], id);
  assert.ok(Math.abs(Date.parse(String(json['lastAt'])) - Date.now()) < 60_000);
  const again = await call('POST', '/by-hand/run');
  assert.notEqual(again.json['id'], id);
  const { rows } = await pool.query('select schedule, status from invocations where id = $1', [id]);
  assert.deepEqual(rows, [{ schedule: 'by-hand', status: 'queued' }]);
});

test('a schedule is paused and resumed, each as often as one likes', async () => {
  const made = await call('PUT', '/pausing', daily);
  for (let i = 0; i < 2; i++) {
    const { status, json } = await call('POST', '/pausing/pause');
    assert.deepEqual([status, json['paused'], json['nextAt']], [200, true, undefined]);
  }
  for (let i = 0; i < 2; i++) assert.deepEqual((await call('POST', '/pausing/resume')).json, made.json);
});

test('schedules are listed page by page', async () => {
  for (const name of ['z-1', 'z-2', 'z-3']) await call('PUT', `/${name}`, daily);
  const { json: first } = await call('GET', '?limit=2&after=z');
  assert.partialDeepStrictEqual(first, { schedules: [{ name: 'z-1' }, { name: 'z-2' }], next: 'z-2' });
  const { json: last } = await call('GET', '?limit=2&after=z-2');
  assert.deepEqual([(last['schedules'] as unknown[]).length, last['next']], [1, undefined]);
  for (const query of ['?limit=0', '?limit=1001', '?after=Z', '?limit=x']) assert.equal((await call('GET', query)).status, 400, query);
});

test('a schedule is deleted with 204, and then there is none', async () => {
  await call('PUT', '/short', daily);
  assert.equal((await call('DELETE', '/short')).status, 204);
  for (const [method, path] of [
    ['GET', '/short'],
    ['DELETE', '/short'],
    ['POST', '/short/run'],
    ['POST', '/short/pause'],
    ['POST', '/short/resume'],
  ] as const)
    assert.deepEqual((await call(method, path)).json['code'], 'SCHEDULE_NOT_FOUND', `${method} ${path}`);
});
