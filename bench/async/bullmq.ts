/** `bullmq-add` and `bullmq-http`: bare BullMQ, its worker doing nothing; handed in by callers within one process, or by HTTP behind bare Fastify. */
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { parseAmount, sendAmount } from '../load/amount.ts';
import { generateLoad } from '../load/load.ts';
import { parseReport } from '../load/report.ts';
import type { Stage } from '../path.ts';
import { answersHttp } from '../paths/http.ts';
import { startRedis } from '../paths/redis.ts';
import { freePort } from '../processes.ts';
import { becomesIdle } from './idle.ts';
import type { Drained, Lane, RunningLane } from './lane.ts';
import { usedMemoryBytes } from './redis-memory.ts';
import { callers, echoCall } from './work.ts';

const body = String(echoCall.body);

export const bullmqAdd: Lane = {
  name: 'bullmq-add',
  async start(stage) {
    const { origin, common } = await startPeer(stage);
    return {
      ...common,
      acceptFor: async (seconds) => parseReport(await order(origin, '/add', { body, callers, seconds })),
      acceptMany: async (count) => parseAmount(await order(origin, '/add', { body, callers, count })),
      async latencies(perSecond, count) {
        const ms = JSON.parse(await order(origin, '/latencies', { body, perSecond, count })) as number[];
        return [{ of: 'answer to add -> its event "completed"', ms }];
      },
    };
  },
};

export const bullmqHttp: Lane = {
  name: 'bullmq-http',
  async start(stage, generator) {
    const { processes } = stage;
    const { origin, common } = await startPeer(stage);
    const load = { url: origin + echoCall.path, call: echoCall, connections: callers };
    return {
      ...common,
      acceptFor: (seconds) => generateLoad(processes, generator, { ...load, seconds }),
      acceptMany: (count) => sendAmount(processes, load, count),
      // Those of `bullmq-add`: between the answer and the end there is no HTTP.
      latencies: () => Promise.resolve([]),
    };
  },
};

interface Peer {
  readonly origin: string;
  readonly common: Pick<RunningLane, 'drain' | 'redisBytes' | 'tables'>;
}

async function startPeer(stage: Stage): Promise<Peer> {
  const { processes, repository } = stage;
  const folder = join(repository, 'bench/peers/bullmq-async');
  const redisPort = await startRedis(stage);
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  // The worker listens to nothing: whether it works shows in the first drain.
  await processes.serve(process.execPath, [join(folder, 'worker/main.ts'), `${redisPort}`], {}, () => Promise.resolve(true));
  await processes.serve(
    process.execPath,
    [join(folder, 'producer/main.ts'), `${redisPort}`, `${port}`],
    {},
    answersHttp(`${origin}/readyz`),
  );
  await order(origin, '/add', { body, callers: 1, count: 1 });
  const redis = new Redis(redisPort, '127.0.0.1');
  processes.onStop(() => Promise.resolve(redis.disconnect()));
  return { origin, common: commonOf(redis) };
}

function commonOf(redis: Redis): Peer['common'] {
  // As BullMQ names what it keeps of the queue.
  const key = (name: 'wait' | 'active' | 'failed' | 'id' | 'events'): string => `bull:async:${name}`;
  let finishedBefore = 0;
  return {
    async drain(): Promise<Drained> {
      await becomesIdle(async () => (await redis.llen(key('wait'))) + (await redis.llen(key('active'))));
      const failed = await redis.zcard(key('failed'));
      if (failed > 0) throw new Error(`${failed} failed`);
      // Numbered from 1, and none is left: the last number is how many were done.
      const finishedEver = Number(await redis.get(key('id')));
      const finished = finishedEver - finishedBefore;
      finishedBefore = finishedEver;
      return { finished, lastAtMs: await lastEventAtMs(redis, key('events')) };
    },
    redisBytes: () => usedMemoryBytes(redis),
    tables: () => Promise.resolve([]),
  };
}

/** When the last one was completed, by the clock of Redis: its stream numbers entries by it. Asking for an idle queue would tell when we asked. */
async function lastEventAtMs(redis: Redis, events: string): Promise<number> {
  const [last] = await redis.xrevrange(events, '+', '-', 'COUNT', 1);
  if (last === undefined) throw new Error(`${events} is empty`);
  return Number.parseInt(last[0], 10);
}

/** Tells the producer what to do. @returns its report */
async function order(origin: string, path: string, what: object): Promise<string> {
  const response = await fetch(origin + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(what),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path} answered ${response.status} ${text}`);
  return text;
}
