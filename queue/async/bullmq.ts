/** The engine on Redis: BullMQ carries the names of attempts to whichever worker has room. Its retries, payloads and results are not used. */
import {
  type BackendFactory,
  type JobsOptions,
  Queue,
  QueueKeys,
  RedisConnection,
  RedisQueueBackend,
  Worker,
  type WorkerOptions,
} from 'bullmq';
import { type Redis, ReplyError } from 'ioredis';
import { createRedis } from '../../shared/redis.ts';
import { attemptKey, attemptOf } from './attempt-key.ts';
import type { AsyncConsumer, AsyncHandler, AsyncProducer, AttemptName, DueAttempt } from './port.ts';

export interface BullmqOptions {
  readonly url: string;
  /** Told of every connection error, so several times a second while Redis is away, and of what Redis refuses. */
  readonly onError: (error: Error) => void;
}

const queueName = 'async';
/** A hash tag: all keys of the queue in one slot of Redis Cluster. */
const prefix = '{bantam}';
/** A larger batch goes out in parts, so that none holds Redis for long. */
const maxBatch = 256;
/** Nobody reads BullMQ's stream of events. */
const maxEvents = 100;

/** What is finished must not stay: Redis would grow, and the attempt could not be enqueued again. */
const attemptOptions: JobsOptions = { attempts: 1, removeOnComplete: true, removeOnFail: true };

/**
 * The silence of a worker after which what it took is delivered again, however often: the record refuses what it had begun, and what it
 * had not begun must not wait. A worker that was only slow loses nothing by it.
 */
const redelivery = {
  lockDuration: 4_000,
  stalledInterval: 2_000,
  maxStalledCount: Number.MAX_SAFE_INTEGER,
} satisfies Partial<WorkerOptions>;

/** Pause after Redis refused a command (out of memory, read-only): BullMQ would repeat it without one. */
const refusedMs = 1_000;

/** Connects at once. Without a connection everything is refused at once, and within 2 s when Redis hangs. */
export function createBullmqProducer(options: BullmqOptions): AsyncProducer {
  return new BullmqProducer(options);
}

/** Connects when started. Redis may be away, come back, and come back empty. */
export function createBullmqConsumer(options: BullmqOptions): AsyncConsumer {
  return new BullmqConsumer(options);
}

class BullmqProducer implements AsyncProducer {
  readonly #redis: Redis;
  readonly #queue: Queue;
  readonly #underWay = new Set<Promise<void>>();
  #closing = false;

  constructor({ url, onError }: BullmqOptions) {
    this.#redis = createRedis(url, { role: 'command', onError });
    this.#queue = new Queue(queueName, {
      connection: this.#redis,
      prefix,
      defaultJobOptions: attemptOptions,
      streams: { events: { maxLen: maxEvents } },
      // A connection that breaks during the check would leave the queue unusable for good.
      skipVersionCheck: true,
    });
    // It repeats those of the connection.
    this.#queue.on('error', () => {});
  }

  async enqueue(attempts: readonly DueAttempt[]): Promise<void> {
    const adding = this.#add(attempts).finally(() => this.#underWay.delete(adding));
    this.#underWay.add(adding);
    await adding;
  }

  async missing<A extends AttemptName>(attempts: readonly A[]): Promise<readonly A[]> {
    this.#mustBeReady();
    const pipeline = this.#redis.pipeline();
    for (const attempt of attempts) pipeline.exists(this.#queue.toKey(attemptKey(attempt)));
    const replies = (await pipeline.exec()) ?? [];
    return attempts.filter((_, i) => {
      const [error, exists] = replies[i] ?? [new Error('Redis gave no answer')];
      if (error !== null) throw error;
      return exists === 0;
    });
  }

  ready(): boolean {
    return this.#redis.status === 'ready' && !this.#closing;
  }

  async close(): Promise<void> {
    this.#closing = true;
    await Promise.allSettled(this.#underWay);
    await this.#queue.close();
    this.#redis.disconnect();
  }

  async #add(attempts: readonly DueAttempt[]): Promise<void> {
    for (let from = 0; from < attempts.length; from += maxBatch) {
      // BullMQ itself would wait for the first connection, however long that takes.
      this.#mustBeReady();
      await this.#queue.addBulk(
        attempts.slice(from, from + maxBatch).map(({ id, attempt, delayMs }) => ({
          name: 'attempt',
          data: {},
          opts: { jobId: attemptKey({ id, attempt }), delay: Math.ceil(delayMs) },
        })),
      );
    }
  }

  #mustBeReady(): void {
    if (!this.ready()) throw new Error(this.#closing ? 'the engine takes no more attempts' : 'there is no connection to Redis');
  }
}

class BullmqConsumer implements AsyncConsumer {
  readonly #options: BullmqOptions;
  readonly #runs = new Set<Promise<void>>();
  #connections: readonly Redis[] = [];
  #worker: Worker | undefined;
  #closing = false;

  constructor(options: BullmqOptions) {
    this.#options = options;
  }

  start(handler: AsyncHandler): Promise<void> {
    const { url, onError } = this.#options;
    const commands = createRedis(url, { role: 'waiting', onError });
    const reader = createRedis(url, { role: 'waiting', onError });
    const options = { connection: commands, prefix, concurrency: handler.concurrency(), ...redelivery };
    const worker = new Worker(queueName, ({ id = '' }) => this.#run(handler, attemptOf(id)), options, on(commands, reader));
    worker.on('error', (error) => {
      // The connections tell of their own errors; all others mean that Redis has lost an attempt or given it to another worker.
      if (!(error instanceof ReplyError)) return;
      onError(error);
      rest(worker);
    });
    handler.onConcurrency(() => follow(worker, handler));
    this.#connections = [commands, reader];
    this.#worker = worker;
    return Promise.resolve();
  }

  ready(): boolean {
    return this.#worker !== undefined && !this.#closing && this.#connected();
  }

  async close(): Promise<void> {
    this.#closing = true;
    const connected = this.#connected();
    // A connection that is lost from here on stays lost, and one that is lost already is given up: else BullMQ would wait for its return.
    for (const connection of this.#connections) connection.options.retryStrategy = () => null;
    if (!connected) this.#disconnect();
    await this.#worker?.close(!connected);
    await Promise.all(this.#runs);
    this.#disconnect();
  }

  #connected(): boolean {
    return this.#connections.every(({ status }) => status === 'ready');
  }

  #disconnect(): void {
    for (const connection of this.#connections) connection.disconnect();
  }

  #run(handler: AsyncHandler, attempt: AttemptName): Promise<void> {
    const run = handler.run(attempt).finally(() => this.#runs.delete(run));
    this.#runs.add(run);
    return run;
  }
}

/** BullMQ on our connections, whose state it would not tell us of. */
function on(commands: Redis, reader: Redis): BackendFactory<RedisQueueBackend> {
  return (name, options) => {
    const keys = new QueueKeys(prefix);
    const main = new RedisConnection(commands, { shared: true, blocking: false });
    const blocking = new RedisConnection(reader, { shared: true });
    return new RedisQueueBackend(main, name, keys.getKeys(name), (type) => keys.toKey(name, type), options, blocking);
  };
}

/** BullMQ looks whether it may have more under way only after one has ended, or when it is resumed. */
function follow(worker: Worker, handler: AsyncHandler): void {
  const concurrency = handler.concurrency();
  const isMore = concurrency > worker.concurrency;
  worker.concurrency = concurrency;
  if (!isMore) return;
  void worker.pause(true);
  void worker.resume();
}

function rest(worker: Worker): void {
  void worker.pause(true);
  setTimeout(() => void worker.resume(), refusedMs).unref();
}
