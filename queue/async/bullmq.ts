/** The engine on Redis: BullMQ carries the names of attempts to whichever worker has room. Its payloads, results and retries are not used. */
import { type JobsOptions, Queue, type Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { createRedis } from '../../shared/redis.ts';
import { attemptKey, attemptOf } from './attempt-key.ts';
import { changeConcurrency, prefix, queueName, startWorker } from './bullmq-worker.ts';
import type { AsyncConsumer, AsyncHandler, AsyncProducer, AttemptName, DueAttempt } from './port.ts';

export interface BullmqOptions {
  readonly url: string;
  /** Told of every connection error, so several times a second while Redis is away, and of what Redis refuses. */
  readonly onError: (error: Error) => void;
}

/** A larger batch goes out in parts, so that none holds Redis for long. */
const maxBatch = 256;

/** Nobody reads BullMQ's stream of events. After Redis lost its data BullMQ keeps 10,000 of them instead, about 1 MB. */
const maxEvents = 100;

/** What is finished must not stay: Redis would grow, and the attempt could not be enqueued again. */
const attemptOptions: JobsOptions = { attempts: 1, removeOnComplete: true, removeOnFail: true };

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
    const worker = startWorker({
      commands,
      reader,
      concurrency: handler.concurrency(),
      run: (key) => this.#run(handler, attemptOf(key)),
      onRefused: onError,
    });
    handler.onConcurrency(() => changeConcurrency(worker, handler.concurrency()));
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
    // What is lost from here on stays lost, and what is lost already is given up: BullMQ would wait for Redis to return.
    for (const connection of this.#connections) connection.options.retryStrategy = () => null;
    const closed = this.#worker?.close(!connected);
    if (!connected) this.#disconnect();
    await closed;
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
