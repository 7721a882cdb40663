/** A gateway's look at the lane, four times a second: depth, live workers, whether Redis was wiped, whom to give up. */
import { randomUUID } from 'node:crypto';
import { toError } from '../../shared/redis.ts';
import type { LaneLoad } from '../port.ts';
import { group, type LaneKeys } from './keys.ts';
import type { RedisObserver } from './observer.ts';
import { deadAfterMs } from './presence.ts';
import { reap } from './reaper.ts';
import type { LaneRedis } from './scripts.ts';

const sampleEveryMs = 250;
/** A longer time without any gateway's look says nothing about the workers. */
const blinkMs = 1_000;
/** Redis is asked for its memory at every so manieth look. */
const memoryEvery = 20;

export interface SamplerEvents {
  /** A look failed or came to an end; connection errors are told by the connection, too. */
  onError(error: Error): void;
  /** After every look. */
  onSample(): void;
  /** Redis lost its data since the last look. */
  onWiped(): void;
}

export class Sampler {
  readonly #redis: LaneRedis;
  readonly #keys: LaneKeys;
  readonly #events: SamplerEvents;
  #timer: NodeJS.Timeout | undefined;
  #looking = false;
  #epoch: string | undefined;
  #looks = 0;
  readonly #observer: RedisObserver | undefined;
  /** See InvocationProducer. */
  oldestWaitMs = 0;
  /** The last look; undefined until the first one on this connection. */
  load: LaneLoad | undefined;

  constructor(redis: LaneRedis, keys: LaneKeys, events: SamplerEvents, observer?: RedisObserver) {
    this.#redis = redis;
    this.#keys = keys;
    this.#events = events;
    this.#observer = observer;
    redis.on('ready', () => this.#look());
    redis.on('close', () => {
      this.load = undefined;
    });
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), sampleEveryMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    if (this.#looking || this.#redis.status !== 'ready') return;
    this.#looking = true;
    this.#sample()
      .catch((error: unknown) => this.#events.onError(toError(error)))
      .finally(() => {
        this.#looking = false;
      });
  }

  async #sample(): Promise<void> {
    const { stream, workers, epoch: epochKey, looked, unwatched } = this.#keys;
    const [depth, live, epoch, oldestMs, ...dead] = await this.#redis.sample(
      stream,
      workers,
      epochKey,
      looked,
      unwatched,
      group,
      deadAfterMs,
      randomUUID(),
      blinkMs,
    );
    if (this.#redis.status !== 'ready') return;
    this.load = { queueDepth: depth, workers: live };
    this.oldestWaitMs = oldestMs;
    if (this.#epoch !== undefined && this.#epoch !== epoch) this.#events.onWiped();
    this.#epoch = epoch;
    this.#events.onSample();
    for (const workerId of dead) await reap(this.#redis, this.#keys, workerId, this.#observer);
    if (this.#observer !== undefined && this.#looks++ % memoryEvery === 0) await this.#lookAtMemory(this.#observer);
  }

  async #lookAtMemory(observer: RedisObserver): Promise<void> {
    const text = await this.#redis.info('memory');
    const valueOf = (field: string): number => Number(new RegExp(`^${field}:(\\d+)`, 'm').exec(text)?.[1] ?? 0);
    observer.memory(valueOf('used_memory'), valueOf('maxmemory'));
  }
}
