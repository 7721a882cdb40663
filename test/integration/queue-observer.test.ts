/** What the lane tells of Redis, for metrics: how long scripts take and whether they fail, its memory, and what becomes of dead workers. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Redis } from 'ioredis';
import { encodeHead } from '../../queue/redis/codec.ts';
import { group, laneKeys } from '../../queue/redis/keys.ts';
import type { RedisObserver } from '../../queue/redis/observer.ts';
import { createRedisProducer } from '../../queue/redis/producer.ts';
import { reap } from '../../queue/redis/reaper.ts';
import { type LaneRedis, withScripts } from '../../queue/redis/scripts.ts';
import { eventually } from '../support/eventually.ts';
import { anInvocation } from '../support/invocations.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

class Told implements RedisObserver {
  readonly commands: (readonly [name: string, ok: boolean])[] = [];
  readonly reapings: (readonly [requeued: number, lost: number])[] = [];
  readonly memories: (readonly [usedBytes: number, maxBytes: number])[] = [];

  command(name: string, tookMs: number, ok: boolean): void {
    assert.ok(tookMs >= 0);
    this.commands.push([name, ok]);
  }

  reaped(requeued: number, lost: number): void {
    this.reapings.push([requeued, lost]);
  }

  memory(usedBytes: number, maxBytes: number): void {
    this.memories.push([usedBytes, maxBytes]);
  }
}

const keys = laneKeys('s0');
let server: TestRedis;
let redis: LaneRedis;
const told = new Told();

before(async () => {
  server = await startRedis();
  redis = withScripts(new Redis(server.url), told);
});
after(async () => {
  redis.disconnect();
  await server.stop();
});

test('a script is told with its end, be it an error, which its caller gets all the same', async () => {
  assert.equal(await redis.beat(keys.workers, 'w'), 1);
  await redis.set('no-set', 'text');
  await assert.rejects(redis.beat('no-set', 'w'), /WRONGTYPE/);
  assert.deepEqual(told.commands, [
    ['beat', true],
    ['beat', false],
  ]);
  await redis.del(keys.workers);
});

test('of a dead worker it tells how many calls went back and how many were lost', async () => {
  await redis.xgroup('CREATE', keys.stream, group, '0', 'MKSTREAM');
  const deliver = async (idleMs: number): Promise<void> => {
    const invocation = anInvocation();
    const [entryId = ''] = await redis.enqueue(keys.stream, encodeHead('g1', invocation), Buffer.from(invocation.payload));
    await redis.xreadgroup('GROUP', group, 'w1', 'COUNT', 1, 'STREAMS', keys.stream, '>');
    await redis.xclaim(keys.stream, group, 'w1', 0, entryId, 'IDLE', idleMs);
  };
  for (const idleMs of [100, 200, 9_000]) await deliver(idleMs);
  await redis.zadd(keys.workers, Date.now() - 5_000, 'w1');
  await reap(redis, keys, 'w1', told);
  await reap(redis, keys, 'w1', told);
  assert.deepEqual(told.reapings, [
    [2, 1],
    [0, 0],
  ]);
});

test('a gateway tells of the memory of Redis', async () => {
  await redis.config('SET', 'maxmemory', '123mb');
  const gateway = createRedisProducer({ url: server.url, onError: () => {}, observer: told });
  await eventually(() => told.memories.length > 0);
  const [[usedBytes, maxBytes] = []] = told.memories;
  assert.ok((usedBytes ?? 0) > 100_000);
  assert.equal(maxBytes, 123 * 2 ** 20);
  await gateway.close();
});
