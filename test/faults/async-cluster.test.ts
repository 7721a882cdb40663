/** What was accepted for later is done, whatever dies meanwhile: workers, Redis, Postgres, gateways. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { after, before, suite, test, type TestContext } from 'node:test';
import { Redis } from 'ioredis';
import { counter, maybeEndless } from '../fixtures/fault-guests.ts';
import { Accepting, allSucceedOnce } from '../support/accepted.ts';
import { publish } from '../support/client.ts';
import { untilReady } from '../support/deployment.ts';
import { eventually } from '../support/eventually.ts';
import { createOwnPostgres, type OwnPostgres } from '../support/own-postgres.ts';
import { runSql } from '../support/postgres.ts';
import { executorsOf, readProcess, workingExecutor } from '../support/processes.ts';
import { Program } from '../support/program.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

/** Some milliseconds of work. */
const work = 'counter?rounds=1500000';
/** Ten times that: more than two workers get done while it is accepted, so one that is killed always runs some. */
const longWork = 'counter?rounds=15000000';

let postgres: OwnPostgres;
let redis: TestRedis;
let dataDir: string;
let env: Record<string, string>;
let gateway: Program;
let url: string;
/** Those that should be alive. */
let workers: Program[];

async function startWorker(): Promise<Program> {
  const worker = new Program('worker/main.ts', env);
  await worker.prints(/taking invocations/);
  return worker;
}

async function startGateway(): Promise<void> {
  gateway = new Program('gateway/main.ts', env);
  [, url = ''] = await gateway.prints(/"url":"(http:[^"]+)"/);
  await untilReady(url);
}

/** Every second, or as fast as workers start, the oldest worker is killed and another one joins. @returns how many were killed */
async function killWorkers(t: TestContext, until: () => boolean): Promise<number> {
  let kills = 0;
  while (!until() && !t.signal.aborted) {
    const [[oldest, ...others], joining] = [workers, await startWorker()];
    workers = [...others, joining];
    oldest?.child.kill('SIGKILL');
    kills++;
    await wait(1_000, undefined, { signal: t.signal });
  }
  return kills;
}

/** Half of them are accepted and some are done. */
async function inTheMiddle(accepting: Accepting, count: number): Promise<void> {
  await eventually(() => accepting.ids.length >= count / 2, { timeoutMs: 30_000 });
  await eventually(
    async () =>
      (await runSql(postgres.url, `select from invocations where id = any($1) and status = 'succeeded' limit 1`, [accepting.ids])).length >
      0,
    { timeoutMs: 30_000 },
  );
}

suite('asynchronous invocations outlive everything', { timeout: 240_000 }, () => {
  before(async () => {
    [postgres, redis, dataDir] = await Promise.all([createOwnPostgres(), startRedis(), mkdtemp(join(tmpdir(), 'bantam-test-'))]);
    await postgres.start();
    env = {
      DATABASE_URL: postgres.url,
      REDIS_URL: redis.url,
      BANTAM_PORT: '0',
      BANTAM_WORKER_PORT: '0',
      BANTAM_DATA_DIR: dataDir,
      BANTAM_EXECUTORS: '2',
      BANTAM_LOG_LEVEL: 'info',
    };
    workers = await Promise.all([startWorker(), startWorker()]);
    await startGateway();
    await publish(url, 'counter', await counter(), { timeoutMs: 20_000 });
    await publish(url, 'endless', await maybeEndless(), { timeoutMs: 60_000 });
  });
  after(async () => {
    const codes = await Promise.all([gateway, ...workers].map((program) => program.stop()));
    await postgres.stop();
    await redis.stop();
    await Promise.all([postgres.remove(), rm(dataDir, { recursive: true })]);
    assert.deepEqual(
      codes.filter((code) => code !== 0),
      [],
    );
  });

  test('a worker that is killed while it runs one is noticed, and the attempt repeated elsewhere, within 5 s', async (t) => {
    const idle = new Map(workers.map(({ pid }) => [pid, executorsOf(pid)]));
    const works = ({ pid }: Program): boolean => workingExecutor(pid, idle.get(pid) ?? []) !== undefined;
    const [id = ''] = await new Accepting(() => url, 'endless?forever=1', 1).done();
    const running = await eventually(() => workers.find(works));
    const startMs = performance.now();
    running.child.kill('SIGKILL');
    const others = workers.filter((worker) => worker !== running);
    await eventually(() => others.some(works), { timeoutMs: 10_000 });
    const tookMs = performance.now() - startMs;
    t.diagnostic(`repeated after ${tookMs.toFixed(0)} ms`);
    assert.ok(tookMs < 5_000, `took ${tookMs} ms`);
    const cancelled = await fetch(`${url}/api/invocations/${id}`, { method: 'DELETE' });
    assert.equal(cancelled.status, 200);
    const { attempts } = (await cancelled.json()) as { attempts: { code?: string }[] };
    assert.equal(attempts[0]?.code, 'WORKER_LOST');
    // Its guest is stopped, too: its executor was busy for good.
    const stuck = others.flatMap(({ pid }) => workingExecutor(pid, idle.get(pid) ?? []) ?? []);
    await eventually(() => stuck.every(({ pid }) => readProcess(pid) === undefined));
    workers = [...others, await startWorker()];
  });

  test('2,000 invocations are done once each while a worker is killed every second', async (t) => {
    let over = false;
    const accepting = new Accepting(() => url, longWork, 2_000);
    const killing = killWorkers(t, () => over);
    const ids = await accepting.done();
    assert.deepEqual([ids.length, [...accepting.refusals]], [2_000, []]);
    const codes = await allSucceedOnce(postgres.url, ids, 120_000).finally(() => (over = true));
    const kills = await killing;
    t.diagnostic(`${kills} workers killed; failed attempts: ${JSON.stringify([...codes])}`);
    assert.ok(kills >= 2, `${kills} workers killed`);
    assert.deepEqual([...codes.keys()], ['WORKER_LOST']);
  });

  test('Redis is killed and comes back empty: all is accepted meanwhile, and done', async (t) => {
    t.after(() => redis.restart());
    const accepting = new Accepting(() => url, work, 1_000, 8);
    await inTheMiddle(accepting, 1_000);
    await redis.kill();
    const ids = await accepting.done();
    assert.deepEqual([ids.length, [...accepting.refusals]], [1_000, []]);
    await redis.restart();
    await allSucceedOnce(postgres.url, ids);
  });

  test('after FLUSHALL all that was accepted is done', async (t) => {
    const look = new Redis(redis.url);
    t.after(() => look.disconnect());
    const accepting = new Accepting(() => url, work, 1_000);
    await inTheMiddle(accepting, 1_000);
    await look.flushall();
    await allSucceedOnce(postgres.url, await accepting.done());
  });

  test('Postgres is restarted: what was accepted before, meanwhile and after it is done', async () => {
    const accepting = new Accepting(() => url, work, 1_000, 8);
    await inTheMiddle(accepting, 1_000);
    await postgres.stop();
    await postgres.start();
    const ids = await accepting.done();
    assert.deepEqual(
      [...accepting.refusals.keys()].filter((code) => code !== '503 REGISTRY_UNAVAILABLE'),
      [],
    );
    await allSucceedOnce(postgres.url, ids);
  });

  test('a gateway is killed right after its answers: what it accepted is done', async () => {
    const accepting = new Accepting(() => url, work, 1_000);
    await inTheMiddle(accepting, 1_000);
    gateway.child.kill('SIGKILL');
    const ids = [...(await accepting.stop())];
    assert.ok(accepting.refusals.has('no answer'));
    await startGateway();
    await allSucceedOnce(postgres.url, ids);
  });
});
