/** A worker of BullMQ on connections of ours, so that their state is known, with what it leaves open: to take more at once, and to rest. */
import { type Job, QueueKeys, RedisConnection, RedisQueueBackend, Worker, type WorkerOptions } from 'bullmq';
import { type Redis, ReplyError } from 'ioredis';

export const queueName = 'async';

/** With a hash tag: all keys of the queue are in one slot of Redis Cluster. */
export const prefix = '{bantam}';

/**
 * What a worker took that has been silent for so long is delivered again, however often: the record refuses what was begun, and what was
 * not must not wait. A worker that was only slow loses nothing by it.
 */
const redelivery = {
  lockDuration: 4_000,
  stalledInterval: 2_000,
  maxStalledCount: Number.MAX_SAFE_INTEGER,
} satisfies Partial<WorkerOptions>;

/** Pause after Redis refused a command, because it is out of memory or read-only: BullMQ would repeat it without one. */
const restMs = 1_000;

export interface AttemptWorkerOptions {
  /** Of the role `waiting`, as is `reader`. The caller closes both. */
  readonly commands: Redis;
  readonly reader: Redis;
  /** How many may be under way at once, at first. */
  readonly concurrency: number;
  /** @param key as it was enqueued */
  readonly run: (key: string) => Promise<void>;
  /** Told of what Redis refuses; the connections tell of their own errors. */
  readonly onRefused: (error: Error) => void;
}

/** Takes attempts from now on. */
export function startWorker({ commands, reader, concurrency, run, onRefused }: AttemptWorkerOptions): Worker {
  const worker = new Worker(
    queueName,
    ({ id = '' }: Job) => run(id),
    { connection: commands, prefix, concurrency, ...redelivery },
    (name, options) => {
      const keys = new QueueKeys(prefix);
      const main = new RedisConnection(commands, { shared: true, blocking: false });
      const blocking = new RedisConnection(reader, { shared: true });
      return new RedisQueueBackend(main, name, keys.getKeys(name), (type) => keys.toKey(name, type), options, blocking);
    },
  );
  worker.on('error', (error) => {
    // All others are of the connections, or say that Redis has lost an attempt or given it to another worker.
    if (!(error instanceof ReplyError)) return;
    onRefused(error);
    void worker.pause(true);
    setTimeout(() => void worker.resume(), restMs).unref();
  });
  return worker;
}

/** BullMQ looks whether it may have more under way only after one has ended, or when it is resumed. */
export function changeConcurrency(worker: Worker, concurrency: number): void {
  const isMore = concurrency > worker.concurrency;
  worker.concurrency = concurrency;
  if (!isMore) return;
  void worker.pause(true);
  void worker.resume();
}
