/** One real Redis, one producer and any number of consumers of the engine on BullMQ for the tests of a file; Redis is wiped before each test. */
import { after, afterEach, before, beforeEach } from 'node:test';
import { Redis } from 'ioredis';
import { createBullmqConsumer, createBullmqProducer } from '../../queue/async/bullmq.ts';
import type { AsyncConsumer, AsyncProducer } from '../../queue/async/port.ts';
import type { TestAttempts } from './attempts.ts';
import { eventually } from './eventually.ts';
import { startRedis, type TestRedis } from './redis.ts';

export interface BullmqLane {
  readonly redis: TestRedis;
  /** The test's own look into Redis. */
  readonly look: Redis;
  readonly producer: AsyncProducer;
  /** What producer and consumers complained of since the test began. */
  readonly errors: readonly Error[];
  /** Starts a consumer, and waits until it is ready. */
  consume(handler: TestAttempts): Promise<AsyncConsumer>;
  /** Keys in Redis that belong to an attempt. */
  attemptKeys(): Promise<string[]>;
}

/** Call it once, at the top of a test file. */
export function useBullmqLane(): BullmqLane {
  const consumers: AsyncConsumer[] = [];
  const handlers: TestAttempts[] = [];
  const errors: Error[] = [];
  const onError = (error: Error): number => errors.push(error);
  let redis: TestRedis;
  let look: Redis;
  let producer: AsyncProducer;

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
    await redis.restart();
    await look.flushall();
    producer = createBullmqProducer({ url: redis.url, onError });
    await eventually(() => producer.ready());
    errors.length = 0;
  });
  afterEach(async () => {
    for (const handler of handlers.splice(0)) handler.release();
    await Promise.all(consumers.splice(0).map((consumer) => consumer.close()));
    await producer.close();
  });

  return {
    get redis() {
      return redis;
    },
    get look() {
      return look;
    },
    get producer() {
      return producer;
    },
    errors,
    async consume(handler) {
      const consumer = createBullmqConsumer({ url: redis.url, onError });
      consumers.push(consumer);
      handlers.push(handler);
      await consumer.start(handler);
      await eventually(() => consumer.ready());
      return consumer;
    },
    async attemptKeys() {
      const keys = await look.keys('*');
      return keys.filter((key) => /\.\d+(:|$)/.test(key));
    },
  };
}
