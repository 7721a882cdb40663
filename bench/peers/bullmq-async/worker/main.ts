/** Worker side of the lanes `bullmq-add` and `bullmq-http`: does nothing with each, 64 at once. Argument: port of Redis. */
import { Worker } from 'bullmq';

const [redisPort] = process.argv.slice(2);

const worker = new Worker('async', () => Promise.resolve(), {
  connection: { host: '127.0.0.1', port: Number(redisPort), maxRetriesPerRequest: null },
  concurrency: 64,
});
worker.on('error', (error) => console.error(error.message));
