/** The keeper and a real Redis that forgets everything. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Redis } from 'ioredis';
import { Keeper } from '../../gateway/async/keeper.ts';
import { createBullmqProducer } from '../../queue/async/bullmq.ts';
import type { AsyncProducer } from '../../queue/async/port.ts';
import { type AsyncLane, openAsyncLane } from '../support/async-lane.ts';
import { eventually } from '../support/eventually.ts';
import { usePostgres } from '../support/postgres.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

const postgres = usePostgres();
const day = 86_400_000;
const bounds = {
  resultAgeMs: day,
  resultBytes: 1_000_000_000,
  deadLetterAgeMs: day,
  idempotencyAgeMs: day,
  eventAgeMs: day,
  logAgeMs: day,
};

let lane: AsyncLane;
let redis: TestRedis;
let engine: AsyncProducer;
before(async () => {
  [lane, redis] = await Promise.all([openAsyncLane(postgres), startRedis()]);
  engine = createBullmqProducer({ url: redis.url, onError: () => {} });
  await eventually(() => engine.ready());
  await lane.publish('plain');
});
after(async () => {
  await engine.close();
  await Promise.all([redis.stop(), lane.close()]);
});

test('what waits is back in the queue after FLUSHALL, and after Redis was killed', async (t) => {
  const attempts = (await lane.accept('plain', 2_500)).map((id) => ({ id, attempt: 0, delayMs: 0 }));
  await engine.enqueue(attempts);
  assert.deepEqual(await engine.missing(attempts), []);
  const { store, workers, registry } = lane;
  const keeper = new Keeper({
    store,
    workers,
    engine,
    secrets: { sweep: () => Promise.resolve(0) },
    version: (name, version) => registry.version(name, version),
    leader: { leading: true },
    bounds,
    log: { warn: () => {} },
  });
  t.after(() => keeper.close());
  const client = new Redis(redis.url);
  client.on('error', () => {});
  await client.flushall();
  client.disconnect();
  const isBack = async (): Promise<boolean> => (await engine.missing(attempts)).length === 0;
  await eventually(isBack, { timeoutMs: 20_000, intervalMs: 100 });
  await redis.kill();
  await redis.restart();
  await eventually(isBack, { timeoutMs: 20_000, intervalMs: 100 });
});
