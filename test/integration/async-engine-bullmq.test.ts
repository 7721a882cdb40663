/** The engine on BullMQ, as far as it does what every engine does; for what only Redis can do to it see async-engine-outages.test.ts. */
import { after, before } from 'node:test';
import { Redis } from 'ioredis';
import { createBullmqConsumer, createBullmqProducer } from '../../queue/async/bullmq.ts';
import { describeEngine } from '../conformance/async-engine.suite.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

let redis: TestRedis;
let look: Redis;
before(async () => {
  redis = await startRedis();
  look = new Redis(redis.url);
});
after(async () => {
  look.disconnect();
  await redis.stop();
});

describeEngine('BullMQ', async () => {
  await look.flushall();
  const options = { url: redis.url, onError: () => {} };
  return { producer: createBullmqProducer(options), consumer: () => createBullmqConsumer(options) };
});
