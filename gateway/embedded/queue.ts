/** Both lanes of the embedded server: in this process, or on the Redis that REDIS_URL names. */
import type { AsyncConsumer, AsyncProducer } from '../../queue/async/port.ts';
import { createBullmqConsumer, createBullmqProducer } from '../../queue/async/bullmq.ts';
import { createLocalEngine } from '../../queue/async/local.ts';
import { createLocalQueue } from '../../queue/local.ts';
import type { InvocationConsumer, InvocationProducer } from '../../queue/port.ts';
import { createRedisConsumer } from '../../queue/redis/consumer.ts';
import { createRedisProducer } from '../../queue/redis/producer.ts';
import type { Logger } from '../../shared/logger.ts';
import { watchOutage } from '../../shared/outage.ts';

export interface Lanes {
  readonly producer: InvocationProducer;
  readonly consumer: InvocationConsumer;
  readonly engine: { readonly producer: AsyncProducer; readonly consumer: AsyncConsumer };
  /** For when everything is closed. */
  stopWatching(): void;
}

export function openLanes(url: string | undefined, log: Logger): Lanes {
  if (url === undefined) return { ...createLocalQueue(), engine: createLocalEngine(), stopWatching: () => {} };
  const redis = watchOutage('Redis', log, () => producer.ready() && consumer.ready());
  const connection = { url, onError: redis.onError };
  const producer = createRedisProducer(connection);
  const consumer = createRedisConsumer(connection);
  const engine = { producer: createBullmqProducer(connection), consumer: createBullmqConsumer(connection) };
  return { producer, consumer, engine, stopWatching: () => redis.stop() };
}
