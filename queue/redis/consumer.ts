/** The worker's side of the lane: claims what the handler has room for, never more, and sends the replies back. */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { createRedis, toError } from '../../shared/redis.ts';
import type { InvocationConsumer, InvocationHandler } from '../port.ts';
import { Claims, type Entry } from './claims.ts';
import { cancelChannelPrefix, group, laneKeys, type LaneKeys } from './keys.ts';
import type { RedisObserver } from './observer.ts';
import { Presence } from './presence.ts';
import { leave } from './reaper.ts';
import { type LaneRedis, withScripts } from './scripts.ts';

export interface RedisConsumerOptions {
  readonly url: string;
  /** Told of every connection error, so several times a second while Redis is away. */
  readonly onError: (error: Error) => void;
  readonly observer?: RedisObserver;
}

const maxBatch = 64;
const blockMs = 1_000;
/** Pause after a failure, and between looks whether it is over. */
const retryMs = 100;
/** Longest wait for the handler's word that it has room again. */
const roomMs = 1_000;
const unblockEveryMs = 20;
/** A worker never holds more claims than fit into this. */
const allClaims = 100_000;

/** Connects when started. Every call makes a new worker id. */
export function createRedisConsumer(options: RedisConsumerOptions): InvocationConsumer {
  return new RedisConsumer(options);
}

class RedisConsumer implements InvocationConsumer {
  readonly #options: RedisConsumerOptions;
  #running: RunningConsumer | undefined;

  constructor(options: RedisConsumerOptions) {
    this.#options = options;
  }

  start(handler: InvocationHandler): Promise<void> {
    this.#running ??= new RunningConsumer(this.#options, handler);
    return Promise.resolve();
  }

  ready(): boolean {
    return this.#running?.ready() ?? false;
  }

  async close(): Promise<void> {
    await this.#running?.close();
  }
}

/**
 * One loop. It is `settled` while it holds a lease, its group exists and its claims are squared with Redis; only then does it read
 * new entries. A failed read, a lapsed lease and a wiped Redis unsettle it.
 */
class RunningConsumer {
  readonly #workerId = randomUUID();
  readonly #keys: LaneKeys = laneKeys('s0');
  readonly #handler: InvocationHandler;
  readonly #onError: (error: Error) => void;
  readonly #reader: Redis;
  readonly #commands: LaneRedis;
  readonly #cancels: Redis;
  readonly #presence: Presence;
  readonly #claims: Claims;
  readonly #loop: Promise<void>;
  #settled = false;
  #closing = false;
  #readerId = 0;
  #wake: (() => void) | undefined;

  constructor({ url, onError, observer }: RedisConsumerOptions, handler: InvocationHandler) {
    this.#handler = handler;
    this.#onError = onError;
    this.#reader = createRedis(url, { role: 'blocking', onError });
    this.#commands = withScripts(createRedis(url, { role: 'command', onError }), observer);
    this.#cancels = createRedis(url, { role: 'subscriber', onError });
    const unsettle = (): void => {
      this.#settled = false;
    };
    this.#presence = new Presence(this.#commands, this.#keys, this.#workerId, unsettle);
    this.#claims = new Claims(this.#commands, this.#keys, handler, { onError, onUnconfirmed: unsettle });
    this.#cancels.on('ready', () => {
      this.#cancels.subscribe(cancelChannelPrefix + this.#workerId).catch(onError);
    });
    this.#cancels.on('message', (_channel: string, invocationId: string) => this.#claims.cancel(invocationId));
    for (const connection of [this.#reader, this.#commands]) connection.on('ready', () => this.#wake?.());
    handler.onCapacity(() => this.#wake?.());
    this.#presence.start();
    this.#loop = this.#pull();
  }

  ready(): boolean {
    return this.#settled && !this.#closing && this.#presence.holdsLease() && this.#reader.status === 'ready';
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#wake?.();
    await this.#unblock();
    const allConfirmed = await this.#claims.drain();
    this.#presence.stop();
    // What was answered must not go back to the stream; with a reply on the way the gateways give this worker up instead.
    if (allConfirmed) await leave(this.#commands, this.#keys, this.#workerId).catch(this.#onError);
    for (const connection of [this.#reader, this.#commands, this.#cancels]) connection.disconnect();
  }

  async #pull(): Promise<void> {
    while (!this.#closing) {
      try {
        if (this.#reader.status !== 'ready' || this.#commands.status !== 'ready') await this.#pause(retryMs);
        else if (!this.#settled || !this.#presence.holdsLease()) await this.#settle();
        else if (this.#handler.capacity() <= 0) await this.#pause(roomMs);
        else await this.#read();
      } catch (error) {
        this.#settled = false;
        if (!this.#closing) {
          this.#onError(toError(error));
          await this.#pause(retryMs);
        }
      }
    }
  }

  async #read(): Promise<void> {
    const count = Math.min(this.#handler.capacity(), maxBatch);
    const entries = await this.#claim(count, blockMs, '>');
    // If this worker was given up meanwhile these are not its own any more; #settle finds out what is.
    if (this.#settled && this.#presence.holdsLease()) this.#claims.take(entries);
    else this.#settled = false;
  }

  async #settle(): Promise<void> {
    this.#readerId = await this.#reader.client('ID');
    await this.#presence.beat();
    await this.#createGroup();
    const entries = await this.#claim(allClaims, 0, '0');
    if (!this.#presence.holdsLease()) return;
    this.#claims.reconcile(entries);
    this.#settled = true;
  }

  async #createGroup(): Promise<void> {
    try {
      await this.#reader.xgroup('CREATE', this.#keys.stream, group, '0', 'MKSTREAM');
    } catch (error) {
      if (!toError(error).message.startsWith('BUSYGROUP')) throw error;
    }
  }

  /** @param from '>' for what nobody has claimed, '0' for all that this worker has */
  async #claim(count: number, waitMs: number, from: '>' | '0'): Promise<readonly Entry[]> {
    const id = this.#workerId;
    const reply = await this.#reader.xreadgroupBuffer(
      'GROUP',
      group,
      id,
      'COUNT',
      count,
      'BLOCK',
      waitMs,
      'STREAMS',
      this.#keys.stream,
      from,
    );
    return (reply as readonly [readonly [Buffer, readonly Entry[]]] | null)?.[0][1] ?? [];
  }

  /** Ends a blocking read without losing what Redis may be delivering; asked again in case the read had only been on its way. */
  async #unblock(): Promise<void> {
    const ended = this.#loop.then(() => true);
    for (;;) {
      // Without a connection there is no blocking read either.
      this.#commands.client('UNBLOCK', this.#readerId).catch(() => {});
      if (await Promise.race([ended, wait(unblockEveryMs, false)])) return;
    }
  }

  /** Until #wake or `ms`, whichever is first. */
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
