/** The gateway's side of the lane: enqueues what was called in a tick as one command, and gets replies from its own channel. */
import { randomUUID } from 'node:crypto';
import { ReplyError, type Redis } from 'ioredis';
import type { ErrorCode } from '../../contracts/errors.ts';
import { failure, type Invocation, type Reply } from '../../contracts/invocation.ts';
import { createRedis, toError } from '../../shared/redis.ts';
import { answerGraceMs, DeadlineSweep } from '../deadlines.ts';
import type { InvocationProducer, LaneLoad } from '../port.ts';
import { decodeFrame, encodeHead, fromRow, type ReplyRow } from './codec.ts';
import { bodyKey, cancelChannelPrefix, group, laneKeys, type LaneKeys, replyChannel } from './keys.ts';
import type { RedisObserver } from './observer.ts';
import { PendingCall } from './pending-call.ts';
import { Sampler } from './sampler.ts';
import { type LaneRedis, withScripts } from './scripts.ts';

export interface RedisProducerOptions {
  readonly url: string;
  /** Told of every connection error, so several times a second while Redis is away. */
  readonly onError: (error: Error) => void;
  readonly observer?: RedisObserver;
}

/** A larger batch goes out in parts, so that no script holds Redis for long. */
const maxBatchCalls = 500;
const maxBatchBytes = 1_048_576;

/** Connects at once; `ready()` turns true when the reply channel is subscribed and the lane has been looked at. */
export function createRedisProducer(options: RedisProducerOptions): InvocationProducer {
  return new RedisProducer(options);
}

class RedisProducer implements InvocationProducer {
  readonly #gatewayId = randomUUID();
  readonly #keys: LaneKeys = laneKeys('s0');
  readonly #commands: LaneRedis;
  readonly #replies: Redis;
  readonly #sampler: Sampler;
  readonly #onError: (error: Error) => void;
  readonly #deadlines = new DeadlineSweep((nowMs) => this.#sweep(nowMs));
  /** Every call without a reply, by invocation id; in #batch until it is sent. */
  readonly #calls = new Map<string, PendingCall>();
  #batch: PendingCall[] = [];
  /** Entries of calls that were given up when the queue was lost: they must not run for nobody. */
  readonly #orphans: string[] = [];
  #subscribed = false;
  #onDrained: (() => void) | undefined;
  #closing = false;
  readonly #flush = (): void => this.#send();
  readonly #hangUp = (call: PendingCall): void => this.#takeBack(call);

  constructor({ url, onError, observer }: RedisProducerOptions) {
    this.#onError = onError;
    this.#commands = withScripts(createRedis(url, { role: 'command', onError }), observer);
    this.#replies = createRedis(url, { role: 'subscriber', onError });
    const events = { onError, onSample: () => this.#afterSample(), onWiped: () => this.#loseAll('Redis lost its data') };
    this.#sampler = new Sampler(this.#commands, this.#keys, events, observer);
    this.#replies.on('ready', () => this.#subscribe());
    for (const connection of [this.#replies, this.#commands]) connection.on('close', () => this.#disconnected());
    this.#replies.on('messageBuffer', (_channel: Buffer, frame: Buffer) => {
      for (const row of decodeFrame(frame)) this.#receive(row);
    });
    this.#sampler.start();
  }

  call(invocation: Invocation, signal?: AbortSignal): Promise<Reply> {
    if (this.#closing) return Promise.resolve(failure('DRAINING', 'the queue takes no more calls'));
    if (!this.ready()) return Promise.resolve(failure('QUEUE_UNAVAILABLE', 'there is no connection to Redis'));
    if (this.#sampler.load?.workers === 0) return Promise.resolve(failure('NO_WORKER', 'no worker is registered in Redis'));
    if (signal?.aborted === true) return Promise.resolve(hungUp());
    return new Promise((resolve) => {
      const call = new PendingCall(invocation, signal, resolve, this.#hangUp);
      this.#calls.set(invocation.id, call);
      this.#deadlines.watch();
      if (this.#batch.push(call) === 1) setImmediate(this.#flush);
    });
  }

  load(): LaneLoad {
    const { queueDepth, workers } = this.#sampler.load ?? { queueDepth: 0, workers: 0 };
    return { queueDepth: Math.max(queueDepth, this.#calls.size), workers };
  }

  oldestWaitMs(): number {
    return this.#sampler.oldestWaitMs;
  }

  ready(): boolean {
    return this.#subscribed && this.#sampler.load !== undefined && !this.#closing;
  }

  async close(): Promise<void> {
    this.#closing = true;
    if (this.#calls.size > 0) {
      await new Promise<void>((resolve) => {
        this.#onDrained = resolve;
      });
    }
    this.#deadlines.stop();
    this.#sampler.stop();
    this.#commands.disconnect();
    this.#replies.disconnect();
  }

  #subscribe(): void {
    this.#replies.subscribe(replyChannel(this.#gatewayId)).then(() => {
      this.#subscribed = true;
    }, this.#onError);
  }

  /** The two connections live and die together: a server that hangs is noticed on one of them first. */
  #disconnected(): void {
    this.#subscribed = false;
    this.#loseAll('the connection to Redis was lost');
    if (this.#replies.status === 'ready' && !this.#closing) this.#replies.disconnect(true);
  }

  /** The first look after a reconnect is where the entries of the calls lost by then can be removed. */
  #afterSample(): void {
    // A ping makes a half-open connection notice that it is dead (socketTimeout in shared/redis.ts).
    if (this.#subscribed) this.#replies.ping().catch(this.#onError);
    const orphans = this.#orphans.splice(0, maxBatchCalls);
    if (orphans.length > 0) this.#commands.xdel(this.#keys.stream, ...orphans).catch(this.#onError);
  }

  #send(): void {
    const calls = this.#batch;
    this.#batch = [];
    let from = 0;
    let bytes = 0;
    for (let i = 0; i < calls.length; i++) {
      bytes += calls[i]?.invocation.payload.length ?? 0;
      if (i + 1 - from >= maxBatchCalls || bytes >= maxBatchBytes || i + 1 === calls.length) {
        this.#enqueue(calls.slice(from, i + 1));
        from = i + 1;
        bytes = 0;
      }
    }
  }

  #enqueue(batch: PendingCall[]): void {
    // Lost or hung up since they were called: those have their reply.
    const calls = batch.filter((call) => this.#calls.has(call.invocation.id));
    if (calls.length === 0) return;
    const args: Buffer[] = [];
    for (const { invocation } of calls) {
      const { payload } = invocation;
      args.push(encodeHead(this.#gatewayId, invocation), Buffer.from(payload.buffer, payload.byteOffset, payload.length));
    }
    this.#commands.enqueue(this.#keys.stream, ...args).then(
      (entryIds) => this.#accepted(calls, entryIds),
      (cause: unknown) => {
        const error = toError(cause);
        const refused = error instanceof ReplyError;
        const reply = failure(refused ? 'QUEUE_UNAVAILABLE' : 'QUEUE_LOST', `Redis did not confirm the call: ${error.message}`);
        for (const call of calls) this.#settle(call, reply);
        this.#onError(error);
      },
    );
  }

  #accepted(calls: readonly PendingCall[], entryIds: readonly string[]): void {
    for (let i = 0; i < calls.length; i++) {
      const call = calls[i] as PendingCall;
      call.entryId = entryIds[i];
      if (call.hungUp) this.#takeBack(call);
    }
  }

  #receive(row: ReplyRow): void {
    const call = this.#calls.get(row[0]);
    // The late reply of a worker that had been given up, or of a call that was overdue.
    if (call === undefined) return;
    const reply = fromRow(row);
    if (reply !== undefined) this.#settle(call, reply);
    else void this.#fetchBody(call, row);
  }

  async #fetchBody(call: PendingCall, row: ReplyRow): Promise<void> {
    const body = await this.#commands.getdelBuffer(bodyKey(this.#gatewayId, call.invocation.id)).catch(() => null);
    const reply = body === null ? undefined : fromRow(row, body);
    this.#settle(call, reply ?? failure('QUEUE_LOST', 'the body of the reply was lost in Redis'));
  }

  /** The caller hung up. A call that a worker has started goes on, and its reply is waited for. */
  #takeBack(call: PendingCall): void {
    if (call.entryId !== undefined) void this.#withdraw([call], '1', 'ANSWER_OVERDUE', 'the caller hung up');
    else if (this.#batch.includes(call)) this.#settle(call, hungUp());
    // Else it is on its way to Redis: #accepted comes back to it.
  }

  #sweep(nowMs: number): number {
    const expired: PendingCall[] = [];
    for (const call of this.#calls.values()) {
      const late = nowMs - call.invocation.deadlineAtMs;
      if (late >= answerGraceMs) {
        this.#settle(call, failure('ANSWER_OVERDUE', `no worker gave an answer within ${answerGraceMs} ms of the deadline`));
      } else if (late >= 0 && !call.expiring && call.entryId !== undefined) {
        call.expiring = true;
        expired.push(call);
      }
    }
    if (expired.length > 0) void this.#withdraw(expired, '0', 'QUEUE_DEADLINE_EXCEEDED', 'the deadline passed while the call was waiting');
    return this.#calls.size;
  }

  /** Takes back those that no worker has claimed; the others are left to their worker. */
  async #withdraw(calls: readonly PendingCall[], tellWorkers: '0' | '1', code: ErrorCode, detail: string): Promise<void> {
    const ids = calls.flatMap((call) => [call.entryId ?? '', call.invocation.id]);
    const taken = await this.#commands.withdraw(this.#keys.stream, group, cancelChannelPrefix, tellWorkers, ...ids).catch(() => []);
    for (let i = 0; i < taken.length; i++) {
      if (taken[i] === 1) this.#settle(calls[i] as PendingCall, failure(code, detail));
    }
  }

  #loseAll(why: string): void {
    const reply = failure('QUEUE_LOST', why);
    for (const call of this.#calls.values()) {
      if (call.entryId !== undefined) this.#orphans.push(call.entryId);
      this.#settle(call, reply);
    }
  }

  #settle(call: PendingCall, reply: Reply): void {
    if (!this.#calls.delete(call.invocation.id)) return;
    call.settle(reply);
    if (this.#calls.size === 0) this.#onDrained?.();
  }
}

function hungUp(): Reply {
  return failure('ANSWER_OVERDUE', 'the caller hung up');
}
