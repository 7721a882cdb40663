/** `bantam`: POST /async at a cluster of one gateway and one worker, on a real Redis and a real Postgres. A guest runs for each and its answer is kept. */
import { Redis } from 'ioredis';
import pg from 'pg';
import type { InvocationRecord } from '../../contracts/async.ts';
import { sendAmount } from '../load/amount.ts';
import { generateLoad } from '../load/load.ts';
import { publish } from '../paths/bantam.ts';
import { startCluster } from '../paths/bantam-cluster.ts';
import { atEvenPace, becomesIdle } from './idle.ts';
import type { Drained, Lane, TableSize } from './lane.ts';
import { usedMemoryBytes } from './redis-memory.ts';
import { callers, echoCall, echoModule } from './work.ts';

/** What grows with every invocation. */
const tables = ['invocations', 'events', 'deliveries', 'idempotency_keys'] as const;

export const bantam: Lane = {
  name: 'bantam',
  async start(stage, generator) {
    const { processes, repository } = stage;
    const { origin, redisPort, databaseUrl } = await startCluster(stage);
    await publish(origin, 'echo', echoModule(repository));
    await verifyResult(origin);
    const redis = new Redis(redisPort, '127.0.0.1');
    processes.onStop(() => Promise.resolve(redis.disconnect()));
    const postgres = new pg.Client({ connectionString: databaseUrl });
    await postgres.connect();
    processes.onStop(() => postgres.end());
    const load = { url: origin + echoCall.path, call: echoCall, connections: callers };
    return {
      acceptFor: (seconds) => generateLoad(processes, generator, { ...load, seconds }),
      acceptMany: (count) => sendAmount(processes, load, count),
      drain: drainOf(postgres),
      async latencies(perSecond, count) {
        const runs = await atEvenPace(perSecond, count, () => runOnce(origin));
        return [
          { of: '202 -> GET ?wait=10s answers', ms: runs.map(({ seenMs }) => seenMs) },
          { of: 'acceptedAt -> finishedAt of the record', ms: runs.map(({ recordedMs }) => recordedMs) },
        ];
      },
      redisBytes: () => usedMemoryBytes(redis),
      async tables() {
        const sizes: TableSize[] = [];
        for (const table of tables) sizes.push(await sizeOf(postgres, table));
        return sizes;
      },
    };
  },
};

/** @throws Error unless an invocation's result is what the guest was given */
async function verifyResult(origin: string): Promise<void> {
  const { id } = await accept(origin);
  const response = await fetch(`${origin}/api/invocations/${id}/result?wait=30s`);
  const answer = Buffer.from(await response.arrayBuffer());
  if (response.status !== 200 || !answer.equals(echoCall.expected)) {
    throw new Error(`the result is ${response.status} ${answer.toString('utf8', 0, 200)}`);
  }
}

async function accept(origin: string): Promise<{ id: string }> {
  const { method, path, contentType, body } = echoCall;
  const response = await fetch(origin + path, {
    method,
    headers: { 'content-type': contentType ?? '' },
    body: Buffer.from(body ?? []),
  });
  if (response.status !== 202) throw new Error(`${path} answered ${response.status} ${await response.text()}`);
  return (await response.json()) as { id: string };
}

async function runOnce(origin: string): Promise<{ seenMs: number; recordedMs: number }> {
  const { id } = await accept(origin);
  const acceptedMs = performance.now();
  const response = await fetch(`${origin}/api/invocations/${id}?wait=10s`);
  const record = (await response.json()) as InvocationRecord;
  const seenMs = performance.now() - acceptedMs;
  if (record.status !== 'succeeded' || record.finishedAt === undefined) throw new Error(`${id} is ${record.status} after 10 s`);
  return { seenMs, recordedMs: Date.parse(record.finishedAt) - Date.parse(record.acceptedAt) };
}

/** Asks the record: what is open, then what became of all, and when the last one ended. */
function drainOf(postgres: pg.Client): () => Promise<Drained> {
  let before = 0;
  return async () => {
    // Each half is answered by a partial index, however many are finished.
    await becomesIdle(async () => {
      const { rows } = await postgres.query<{ open: number }>(
        `select exists (select from invocations where status = 'queued')::int
           + exists (select from invocations where status = 'running')::int as open`,
      );
      return rows[0]?.open ?? 0;
    });
    const { rows } = await postgres.query<{ total: number; succeeded: number; lastAtMs: number }>(
      `select count(*)::int as total, count(*) filter (where status = 'succeeded')::int as succeeded,
         (extract(epoch from max(finished_at)) * 1000)::float8 as "lastAtMs" from invocations`,
    );
    const { total, succeeded, lastAtMs } = rows[0] ?? { total: 0, succeeded: 0, lastAtMs: 0 };
    if (succeeded < total) throw new Error(`${total - succeeded} of ${total} did not succeed`);
    const finished = total - before;
    before = total;
    return { finished, lastAtMs };
  };
}

async function sizeOf(postgres: pg.Client, table: (typeof tables)[number]): Promise<TableSize> {
  const { rows } = await postgres.query<Omit<TableSize, 'table'>>(
    `select count(*)::int as rows, pg_total_relation_size($1)::float8 as bytes from ${table}`,
    [table],
  );
  return { table, ...(rows[0] ?? { rows: 0, bytes: 0 }) };
}
