/** What becomes of the claims of a dead worker (queue/redis/scripts/reap.lua), with hand-made claims in a real Redis. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { Redis } from 'ioredis';
import { decodeFrame, encodeHead } from '../../queue/redis/codec.ts';
import { group, laneKeys, replyChannel } from '../../queue/redis/keys.ts';
import { leave, reap } from '../../queue/redis/reaper.ts';
import { type LaneRedis, withScripts } from '../../queue/redis/scripts.ts';
import { eventually } from '../support/eventually.ts';
import { anInvocation } from '../support/invocations.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

const keys = laneKeys('s0');
let server: TestRedis;
let redis: LaneRedis;
let gateway: Redis;
let told: string[] = [];

before(async () => {
  server = await startRedis();
  redis = withScripts(new Redis(server.url));
  gateway = new Redis(server.url);
  await gateway.subscribe(replyChannel('g1'));
  gateway.on('messageBuffer', (_channel: Buffer, frame: Buffer) => told.push(...decodeFrame(frame).map(([id, code]) => `${id} ${code}`)));
});
after(async () => {
  redis.disconnect();
  gateway.disconnect();
  await server.stop();
});
beforeEach(async () => {
  await redis.flushall();
  await redis.xgroup('CREATE', keys.stream, group, '0', 'MKSTREAM');
  told = [];
});

/** @param heartbeatMsAgo of the worker; undefined for none  @param deliveredMsAgo of the one call it has claimed */
async function claim(workerId: string, heartbeatMsAgo: number | undefined, deliveredMsAgo: number): Promise<string> {
  const invocation = anInvocation();
  const [entryId] = await redis.enqueue(keys.stream, encodeHead('g1', invocation), Buffer.from(invocation.payload));
  await redis.xreadgroup('GROUP', group, workerId, 'COUNT', 1, 'STREAMS', keys.stream, '>');
  await redis.xclaim(keys.stream, group, workerId, 0, entryId ?? '', 'IDLE', deliveredMsAgo);
  if (heartbeatMsAgo !== undefined) await redis.zadd(keys.workers, await msAgo(heartbeatMsAgo), workerId);
  return invocation.id;
}

/** By the clock of Redis. */
async function msAgo(ms: number): Promise<number> {
  const [seconds, micros] = (await redis.time()) as unknown as [string, string];
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000) - ms;
}

/** A gateway's look. */
async function look(deadAfterMs: number): Promise<{ depth: number; workers: number; dead: string[] }> {
  const { stream, workers: workersKey, epoch, looked, unwatched } = keys;
  const [depth, workers, , , ...dead] = await redis.sample(stream, workersKey, epoch, looked, unwatched, group, deadAfterMs, 'e1', 1_000);
  return { depth, workers, dead };
}

async function consumers(): Promise<unknown[]> {
  return (await redis.xinfo('CONSUMERS', keys.stream, group)) as unknown[];
}

test('a call delivered while the worker held its lease fails with WORKER_LOST', async () => {
  const id = await claim('w1', 3_000, 2_500);
  await reap(redis, keys, 'w1');
  await eventually(() => told.length > 0);
  assert.deepEqual(told, [`${id} WORKER_LOST`]);
  assert.equal(await redis.xlen(keys.stream), 0);
  assert.deepEqual(await consumers(), []);
  assert.equal(await redis.zcard(keys.workers), 0);
});

test('a call delivered after the lease had run out goes back to the stream, since it was not started', async () => {
  await claim('w1', 3_000, 1_500);
  await reap(redis, keys, 'w1');
  const reply = (await redis.xreadgroupBuffer('GROUP', group, 'w2', 'COUNT', 10, 'STREAMS', keys.stream, '>')) as
    | [[Buffer, unknown[]]]
    | null;
  assert.equal(reply?.[0][1].length, 1);
  assert.deepEqual(told, []);
});

test('a worker that is alive after all is left alone', async () => {
  await claim('w1', 2_000, 1_500);
  await reap(redis, keys, 'w1');
  assert.equal((await consumers()).length, 1);
  assert.equal(await redis.zcard(keys.workers), 1);
});

test('a consumer without a heartbeat is found, and its calls fail', async () => {
  const id = await claim('ghost', undefined, 3_000);
  assert.partialDeepStrictEqual(await look(2_500), { depth: 1, workers: 0 });
  const dead = await eventually(async () => {
    const { dead: found } = await look(100);
    return found.length > 0 && found;
  });
  assert.deepEqual(dead, ['ghost']);
  await reap(redis, keys, 'ghost');
  await eventually(() => told.length > 0);
  assert.deepEqual(told, [`${id} WORKER_LOST`]);
});

test('where nobody looked for a while the workers that were alive by then have time to give a sign, and no more', async () => {
  await redis.zadd(keys.workers, await msAgo(60_100), 'w1', await msAgo(70_000), 'dead before');
  await redis.set(keys.looked, await msAgo(60_000));
  assert.deepEqual(await look(500), { depth: 0, workers: 1, dead: ['dead before'] });
  assert.deepEqual(await look(500), { depth: 0, workers: 1, dead: ['dead before'] });
  await eventually(async () => {
    await redis.beat(keys.workers, 'w2');
    assert.deepEqual(await look(500), { depth: 0, workers: 1, dead: ['dead before', 'w1'] });
    return true;
  });
});

test('without such a gap a silent worker is dead at once', async () => {
  await redis.zadd(keys.workers, await msAgo(600), 'w1');
  await redis.set(keys.looked, await msAgo(900));
  assert.deepEqual(await look(500), { depth: 0, workers: 0, dead: ['w1'] });
});

test('of two gateways that reap the same worker only one tells the caller', async () => {
  const id = await claim('w1', 3_000, 2_500);
  await Promise.all([reap(redis, keys, 'w1'), reap(redis, keys, 'w1')]);
  const done = anInvocation().id;
  await redis.publish(replyChannel('g1'), Buffer.from([0x91, 0x92, 0xd9, done.length, ...Buffer.from(done), 0xa4, ...Buffer.from('DONE')]));
  await eventually(() => told.includes(`${done} DONE`));
  assert.deepEqual(told, [`${id} WORKER_LOST`, `${done} DONE`]);
});

test('a worker that leaves puts back what it never handed over', async () => {
  await claim('w1', 10, 5);
  await leave(redis, keys, 'w1');
  assert.equal(await redis.xlen(keys.stream), 1);
  assert.deepEqual(await consumers(), []);
  assert.deepEqual(told, []);
});
