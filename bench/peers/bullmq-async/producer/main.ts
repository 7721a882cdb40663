/**
 * Producer of the lanes `bullmq-add` and `bullmq-http`. Arguments: port of Redis, port to listen on.
 * `POST /async/echo` adds its body, one per request. `POST /add` is an order to add the same without HTTP, and answers with how that went.
 */
import { Queue, QueueEvents } from 'bullmq';
import fastify from 'fastify';
import { addFor, addMany, latenciesOf } from './orders.ts';

const [redisPort, port] = process.argv.slice(2);
const connection = { host: '127.0.0.1', port: Number(redisPort) };
const queue = new Queue('async', { connection });
await queue.waitUntilReady();

async function add(body: string): Promise<string> {
  const job = await queue.add('echo', { body }, { removeOnComplete: true });
  return String(job.id);
}

interface Order {
  readonly body: string;
  readonly callers: number;
  readonly seconds?: number;
  readonly count?: number;
}

const app = fastify();
app.get('/readyz', () => ({ ready: true }));
app.post<{ Body: string }>('/async/echo', async (request, reply) => {
  const id = await add(request.body);
  return reply.code(202).send({ id });
});
app.post<{ Body: Order }>('/add', ({ body: { body, callers, seconds, count } }) =>
  seconds === undefined ? addMany(() => add(body), callers, count ?? 0) : addFor(() => add(body), callers, seconds),
);
app.post<{ Body: { body: string; perSecond: number; count: number } }>('/latencies', async ({ body: { body, perSecond, count } }) => {
  const events = new QueueEvents('async', { connection });
  await events.waitUntilReady();
  try {
    return await latenciesOf(() => add(body), events, perSecond, count);
  } finally {
    await events.close();
  }
});
await app.listen({ host: '127.0.0.1', port: Number(port) });
