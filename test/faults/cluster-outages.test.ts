/** A gateway and a worker whose Postgres and Redis come late, go away and come back. The processes are never started again. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { Redis } from 'ioredis';
import { checkIncrement, endless, increment } from '../fixtures/fault-guests.ts';
import { call, type Outcome, publish } from '../support/client.ts';
import { untilReady } from '../support/deployment.ts';
import { eventually } from '../support/eventually.ts';
import { createOwnPostgres, type OwnPostgres } from '../support/own-postgres.ts';
import { executorsOf, workingExecutor } from '../support/processes.ts';
import { Program } from '../support/program.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { SteadyLoad } from '../support/steady-load.ts';

let postgres: OwnPostgres;
let redis: TestRedis;
let dataDir: string;
let gateway: Program;
let worker: Program;
let url: string;

/** Codes of the roles that are not ready. */
async function notReady(): Promise<string[]> {
  const { roles } = (await (await fetch(`${url}/readyz`)).json()) as { roles: Record<string, { ready: boolean }> };
  return Object.entries(roles).flatMap(([role, { ready }]) => (ready ? [] : [role]));
}

async function codeOf(answer: Promise<Outcome>): Promise<string> {
  const { status, code } = await answer;
  return `${status} ${code}`;
}

async function msUntilItWorks(): Promise<number> {
  const startMs = performance.now();
  await eventually(async () => (await checkIncrement(url, 'fast')) === undefined);
  return performance.now() - startMs;
}

suite('Postgres and Redis come late, go and come back', { timeout: 60_000 }, () => {
  before(async () => {
    [postgres, redis, dataDir] = await Promise.all([createOwnPostgres(), startRedis(), mkdtemp(join(tmpdir(), 'bantam-test-'))]);
    await redis.kill();
    const env = {
      DATABASE_URL: postgres.url,
      REDIS_URL: redis.url,
      BANTAM_PORT: '0',
      BANTAM_WORKER_PORT: '0',
      BANTAM_DATA_DIR: dataDir,
      BANTAM_EXECUTORS: '2',
    };
    worker = new Program('worker/main.ts', env);
    gateway = new Program('gateway/main.ts', env);
    [, url = ''] = await gateway.prints(/"url":"(http:[^"]+)"/);
  });
  after(async () => {
    const codes = await Promise.all([gateway.stop(), worker.stop()]);
    await postgres.stop();
    await redis.stop();
    await Promise.all([postgres.remove(), rm(dataDir, { recursive: true })]);
    assert.deepEqual(codes, [0, 0]);
  });

  test('without Postgres and Redis at start they say so once and become ready when these come', async () => {
    assert.deepEqual(await notReady(), ['database', 'queue']);
    assert.equal(await codeOf(call(url, 'fast?n=1')), '503 REGISTRY_UNAVAILABLE');
    for (const program of [gateway, worker]) await program.prints(/Postgres cannot be reached yet/);
    await postgres.start();
    await eventually(async () => (await notReady()).join() === 'queue');
    await worker.prints(/Redis cannot be reached/);
    await redis.restart();
    await untilReady(url);
    await worker.prints(/taking invocations/);
    const { status } = await publish(url, 'fast', await increment(), { timeoutMs: 5_000 });
    assert.equal(status, 201);
    await publish(url, 'slow', await endless(), { timeoutMs: 20_000 });
    await msUntilItWorks();
    for (const program of [gateway, worker]) {
      await program.prints(/Redis is back/);
      assert.equal(program.output.match(/Postgres cannot be reached yet/g)?.length, 1);
      assert.equal(program.output.match(/Redis cannot be reached/g)?.length, 1);
    }
  });

  test('while Postgres is away cached functions keep serving, the control API answers 503 REGISTRY_UNAVAILABLE, and all is back with it', async (t) => {
    const load = SteadyLoad.during(t, () => checkIncrement(url, 'fast'));
    await postgres.stop();
    assert.equal(await codeOf(publish(url, 'fast', await endless())), '503 REGISTRY_UNAVAILABLE');
    assert.equal(await codeOf(call(url, 'never-asked-for')), '503 REGISTRY_UNAVAILABLE');
    await eventually(async () => (await notReady()).join() === 'database');
    const { answered } = load;
    await eventually(() => load.answered > answered + 20);
    await postgres.start();
    await untilReady(url);
    assert.equal(await codeOf(publish(url, 'later', await increment())), '201 OK');
    assert.equal(await checkIncrement(url, 'later'), undefined);
    await load.stop();
    assert.deepEqual(load.failures, []);
  });

  test('when Redis is killed calls in flight and new ones get 503 at once, and work again within 2 s of its return', async (t) => {
    const idle = executorsOf(worker.pid);
    const inFlight = call(url, 'slow');
    const working = await eventually(() => workingExecutor(worker.pid, idle));
    const startMs = performance.now();
    t.after(() => redis.restart());
    await redis.kill();
    assert.equal(await codeOf(inFlight), '503 QUEUE_LOST');
    assert.equal(await codeOf(call(url, 'fast?n=1')), '503 QUEUE_UNAVAILABLE');
    const tookMs = performance.now() - startMs;
    assert.ok(tookMs < 1_000, `took ${tookMs} ms`);
    // Nobody waits for it any more.
    process.kill(working.pid, 'SIGKILL');
    await redis.restart();
    const backMs = await msUntilItWorks();
    t.diagnostic(`back ${backMs.toFixed(0)} ms after Redis`);
    assert.ok(backMs < 2_000, `took ${backMs} ms`);
  });

  test('FLUSHALL under load fails calls with retryable codes at most, and all is well again within 3 s', async (t) => {
    const codes = new Set<string>();
    const load = SteadyLoad.during(
      t,
      async () => {
        const code = await codeOf(call(url, 'fast?n=41'));
        codes.add(code);
        return code === '200 OK' ? undefined : code;
      },
      8,
    );
    const look = new Redis(redis.url);
    t.after(() => look.disconnect());
    await eventually(() => load.answered > 50);
    await look.flushall();
    const backMs = await msUntilItWorks();
    const { answered } = load;
    await eventually(() => load.answered > answered + 50);
    await load.stop();
    assert.ok(backMs < 3_000, `took ${backMs} ms`);
    assert.deepEqual(
      [...codes].filter((code) => !['200 OK', '503 QUEUE_LOST', '503 QUEUE_UNAVAILABLE', '503 NO_WORKER'].includes(code)),
      [],
    );
  });
});
