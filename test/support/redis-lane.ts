/** One real Redis, one gateway and any number of workers for the tests of a file; what Redis holds is wiped before each test. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach } from 'node:test';
import { Redis } from 'ioredis';
import type { InvocationConsumer, InvocationProducer } from '../../queue/port.ts';
import { createRedisConsumer } from '../../queue/redis/consumer.ts';
import { group, laneKeys } from '../../queue/redis/keys.ts';
import { createRedisProducer } from '../../queue/redis/producer.ts';
import { eventually } from './eventually.ts';
import { anInvocation, type TestHandler } from './invocations.ts';
import { startWorker, type WorkerProcess } from './queue-worker.ts';
import { startRedis, type TestRedis } from './redis.ts';

export interface RedisLane {
  readonly redis: TestRedis;
  /** The test's own look into Redis. */
  readonly look: Redis;
  readonly gateway: InvocationProducer;
  /** Starts a worker in this process, and waits until it is ready. */
  consume(handler: TestHandler): Promise<InvocationConsumer>;
  /** Closes the worker of this process that has been there longest. */
  closeOldest(): Promise<void>;
  startProcess(mode: 'echo' | 'hold', room: number): WorkerProcess;
  gatewaySees(workers: number): Promise<void>;
  /** Fails unless stream and claims are empty in the end. */
  nothingIsLeft(): Promise<void>;
  /** Milliseconds until a call succeeds; until then each answers its failure at once. */
  msUntilItWorks(): Promise<number>;
  /** Breaks all connections of this name. */
  disconnect(connectionName: string): Promise<void>;
}

/** Call it once, at the top of a test file. */
export function useRedisLane(): RedisLane {
  const { stream } = laneKeys('s0');
  const consumers: InvocationConsumer[] = [];
  const handlers: TestHandler[] = [];
  const workers: WorkerProcess[] = [];
  let redis: TestRedis;
  let look: Redis;
  let gateway: InvocationProducer;

  before(async () => {
    redis = await startRedis();
    look = new Redis(redis.url, { retryStrategy: () => 50, maxRetriesPerRequest: null });
    look.on('error', () => {});
  });
  after(async () => {
    look.disconnect();
    await redis.stop();
  });
  beforeEach(async () => {
    await look.flushall();
    gateway = createRedisProducer({ url: redis.url, onError: () => {} });
  });
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.end()));
    for (const { held } of handlers.splice(0)) while (held.length > 0) held[0]?.answer();
    await Promise.all(consumers.splice(0).map((consumer) => consumer.close()));
    await gateway.close();
  });

  return {
    get redis() {
      return redis;
    },
    get look() {
      return look;
    },
    get gateway() {
      return gateway;
    },
    async consume(handler) {
      const consumer = createRedisConsumer({ url: redis.url, onError: () => {} });
      consumers.push(consumer);
      handlers.push(handler);
      await consumer.start(handler);
      await eventually(() => consumer.ready());
      return consumer;
    },
    async closeOldest() {
      await consumers.shift()?.close();
    },
    startProcess(mode, room) {
      const worker = startWorker(redis.url, mode, room);
      workers.push(worker);
      return worker;
    },
    async gatewaySees(count) {
      await eventually(() => gateway.ready() && gateway.load().workers === count);
    },
    async nothingIsLeft() {
      await eventually(async () => (await look.xlen(stream)) === 0);
      await eventually(async () => {
        const [pending] = (await look.xpending(stream, group)) as [number];
        assert.equal(pending, 0);
        return true;
      });
    },
    async msUntilItWorks() {
      const startMs = performance.now();
      await eventually(async () => (await gateway.call(anInvocation())).ok);
      return performance.now() - startMs;
    },
    async disconnect(connectionName) {
      const list = (await look.client('LIST')) as string;
      for (const line of list.split('\n')) {
        if (line.includes(`name=${connectionName} `)) await look.client('KILL', 'ID', Number(/id=(\d+)/.exec(line)?.[1]));
      }
    },
  };
}
