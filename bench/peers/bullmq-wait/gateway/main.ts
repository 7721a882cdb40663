/** HTTP side of the path `bullmq-wait`. Arguments: port of Redis, port to listen on. */
import { Queue, QueueEvents } from 'bullmq';
import fastify from 'fastify';

const [redisPort, port] = process.argv.slice(2);
const connection = { host: '127.0.0.1', port: Number(redisPort) };
const waitMs = 2_000;

const queue = new Queue('fib', { connection });
const events = new QueueEvents('fib', { connection });
await events.waitUntilReady();

const schema = {
  querystring: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] },
  response: { 200: { type: 'integer' } },
} as const;

const app = fastify();
app.get<{ Querystring: { n: number } }>('/fn/fib', { schema }, async (request): Promise<unknown> => {
  // Kept for a while: with `removeOnComplete: true` many calls fail ("Missing key for job"), the result being gone before waitUntilFinished looks.
  const job = await queue.add('fib', { n: request.query.n }, { removeOnComplete: { count: 1_000 }, removeOnFail: { count: 10_000 } });
  return job.waitUntilFinished(events, waitMs);
});
await app.listen({ host: '127.0.0.1', port: Number(port) });
