/** The queue on Redis, as far as it does what every queue does; for what only Redis can do to it see test/faults/queue-*.test.ts. */
import { after, before } from 'node:test';
import { createRedisConsumer } from '../../queue/redis/consumer.ts';
import { createRedisProducer } from '../../queue/redis/producer.ts';
import { describeQueue, type QueueEnds } from '../conformance/queue.suite.ts';
import { describeQueueWait } from '../conformance/queue-wait.suite.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

let redis: TestRedis;
before(async () => {
  redis = await startRedis();
});
after(() => redis.stop());

function create(): QueueEnds {
  const options = { url: redis.url, onError: () => {} };
  return { producer: createRedisProducer(options), consumer: createRedisConsumer(options) };
}

describeQueue('Redis', create);
describeQueueWait('Redis', create);
