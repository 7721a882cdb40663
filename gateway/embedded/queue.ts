/** Both lanes of the embedded server: in this process, or on the Redis that REDIS_URL names. */
import type { AsyncConsumer, AsyncProducer } from '../../queue/async/port.ts';
import { createBullmqConsumer, createBullmqProducer } from '../../queue/async/bullmq.ts';
import { createLocalEngine } from '../../queue/async/local.ts';
import { createLocalQueue } from '../../queue/local.ts';
import type { InvocationConsumer, InvocationProducer } from '../../queue/port.ts';
import { LocalRateLimiter } from '../../queue/quotas/local.ts';
import type { RateLimiter } from '../../queue/quotas/port.ts';
import { createRedisRateLimiter } from '../../queue/quotas/redis.ts';
import { createRedisConsumer } from '../../queue/redis/consumer.ts';
import type { RedisObserver } from '../../queue/redis/observer.ts';
import { createRedisProducer } from '../../queue/redis/producer.ts';
import type { Logger } from '../../shared/logger.ts';
import { watchOutage } from '../../shared/outage.ts';

export interface Lanes {
  readonly producer: InvocationProducer;
  readonly consumer: InvocationConsumer;
  readonly engine: { readonly producer: AsyncProducer; readonly consumer: AsyncConsumer };
  /** Closed by whoever opened the lanes. */
  readonly rates: RateLimiter;
  /** For when everything is closed. */
  stopWatching(): void;
}

/** @param observer told of Redis, where there is one */
export function openLanes(url: string | undefined, observer: RedisObserver, log: Logger): Lanes {
  if (url === undefined)
    return { ...createLocalQueue(), engine: createLocalEngine(), rates: new LocalRateLimiter(), stopWatching: () => {} };
  const redis = watchOutage('Redis', log, () => producer.ready() && consumer.ready());
  const connection = { url, onError: redis.onError };
  const producer = createRedisProducer({ ...connection, observer });
  const consumer = createRedisConsumer({ ...connection, observer });
  const engine = { producer: createBullmqProducer(connection), consumer: createBullmqConsumer(connection) };
  const rates = createRedisRateLimiter(connection);
  return { producer, consumer, engine, rates, stopWatching: () => redis.stop() };
}
