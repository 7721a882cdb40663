/** Makes the attempts of asynchronous invocations: claims each in the record, runs its guest in the pool, ends it in the record. */
import { setTimeout as wait } from 'node:timers/promises';
import { failure, type Reply } from '../../contracts/invocation.ts';
import type { AsyncHandler, AsyncProducer, AttemptName } from '../../queue/async/port.ts';
import type { InvocationHandler } from '../../queue/port.ts';
import type { AttemptEnd, ClaimedAttempt, InvocationStore, WorkerStore } from '../../registry/invocations/port.ts';
import { Batcher } from '../../shared/batcher.ts';
import type { Logger } from '../../shared/logger.ts';
import { isOutage } from '../../shared/postgres.ts';
import { endOf } from './attempt-end.ts';
import { Ends } from './ends.ts';
import { Presence } from './presence.ts';
import { PoolShare } from './share.ts';
import { type FindVersion, type Runnable, Versions } from './versions.ts';

export interface AsyncRunnerOptions {
  /** UUID of this worker in the record; a new one for every start of a process. */
  readonly workerId: string;
  readonly host: string;
  readonly store: Pick<InvocationStore, 'claim' | 'begun' | 'end'>;
  readonly workers: Pick<WorkerStore, 'join' | 'beat' | 'leave'>;
  readonly engine: Pick<AsyncProducer, 'enqueue'>;
  readonly versions: FindVersion;
  readonly handler: InvocationHandler;
  /** Guests that run at a time. */
  readonly slots: number;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Told of every attempt and its reply, before it is ended in the record. */
  readonly onReply: (attempt: ClaimedAttempt, reply: Reply, tookMs: number) => void;
  /** From 0 to below 1, for the jitter of retries. */
  readonly random?: () => number;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/** An attempt in hand, from its claim until its end is written. */
interface Attempt {
  readonly claimed: ClaimedAttempt;
  readonly claimedAtMs: number;
  /** Not this worker's any more: its end is nobody's concern. */
  lost: boolean;
  readonly over: Promise<void>;
}

interface Claim {
  readonly name: AttemptName;
  /** Whether it was tried before, in an outage. */
  readonly again: boolean;
}

const maxClaims = 128;
/** With a second one each would carry half as much, and most of what a claim costs is the statement. */
const maxFlights = 1;
const retryMs = 200;
/** For the last ends to be written, when the grace period is over. */
const lastEndsMs = 1_000;

export class AsyncRunner implements AsyncHandler {
  readonly #options: AsyncRunnerOptions;
  readonly #presence: Presence<Attempt>;
  readonly #share: PoolShare;
  readonly #versions: Versions;
  readonly #claims: Batcher<Claim, ClaimedAttempt | undefined>;
  readonly #ends: Ends;
  /** By invocation. */
  readonly #inHand = new Map<string, Attempt>();
  /** Names of attempts that are claimed or being made. */
  readonly #names = new Set<string>();
  readonly #runs = new Set<Promise<void>>();
  readonly #listeners: (() => void)[] = [];
  #closing = false;

  constructor(options: AsyncRunnerOptions) {
    const { workerId, host, workers, handler, slots, versions, store, engine, log } = options;
    this.#options = options;
    this.#versions = new Versions(versions);
    this.#share = new PoolShare({ handler, slots, onConcurrency: () => this.#listeners.forEach((listener) => listener()) });
    this.#claims = new Batcher({ flush: (claims) => this.#claimAll(claims), maxItems: maxClaims, maxFlights });
    this.#ends = new Ends({ store, engine, log });
    this.#presence = new Presence({ workerId, host, workers, running: this.#inHand, onLost: (attempt) => this.#stop(attempt), log });
  }

  /** Joins and begins to beat. Never rejects: without Postgres it goes on trying. */
  start(): Promise<void> {
    return this.#presence.start();
  }

  concurrency(): number {
    return this.#share.concurrency;
  }

  onConcurrency(listener: () => void): void {
    this.#listeners.push(listener);
  }

  run(name: AttemptName): Promise<void> {
    const run = this.#run(name).finally(() => this.#runs.delete(run));
    this.#runs.add(run);
    return run;
  }

  /**
   * Starts nothing more, and gives back what has not started; waits for the guests that run, and stops them when `graceMs` is over: they
   * run again elsewhere. Then it leaves. The queue is to be told first to take no more.
   */
  async close(graceMs: number): Promise<void> {
    this.#closing = true;
    this.#share.close();
    const grace = setTimeout(() => {
      for (const id of this.#inHand.keys()) this.#share.stop(id);
    }, graceMs);
    const last = setTimeout(() => this.#ends.giveUp(), graceMs + lastEndsMs);
    await Promise.all(this.#runs);
    clearTimeout(grace);
    clearTimeout(last);
    await this.#presence.leave();
  }

  async #run(name: AttemptName): Promise<void> {
    const key = `${name.id}.${name.attempt}`;
    // Delivered twice, it is under way already.
    if (this.#closing || this.#names.has(key)) return;
    this.#names.add(key);
    try {
      const claimed = await this.#claim(name);
      if (claimed !== undefined) await this.#make(claimed);
    } catch (error) {
      this.#options.log.error({ err: error, invocationId: name.id }, 'an attempt could not be made');
    } finally {
      this.#names.delete(key);
    }
  }

  /** Tries until the record answers: it may have begun the attempt and been cut off before it could say so. */
  async #claim(name: AttemptName): Promise<ClaimedAttempt | undefined> {
    for (let again = false; ; again = true) {
      try {
        return await this.#claims.add({ name, again });
      } catch (error) {
        if (!isOutage(error)) throw error;
        if (this.#closing) return undefined;
        await wait(retryMs);
      }
    }
  }

  async #claimAll(claims: readonly Claim[]): Promise<readonly (ClaimedAttempt | undefined)[]> {
    const { store, workerId } = this.#options;
    const again = claims.filter((claim) => claim.again).map(({ name }) => name);
    const begun = again.length === 0 ? [] : await store.begun(workerId, again);
    const claimed = await store.claim(
      workerId,
      claims.map(({ name }) => name),
    );
    const all = [...begun, ...claimed];
    return claims.map(({ name }) => all.find(({ id, attempt }) => id === name.id && attempt === name.attempt + 1));
  }

  async #make(claimed: ClaimedAttempt): Promise<void> {
    const { id } = claimed;
    const over = Promise.withResolvers<void>();
    const attempt: Attempt = { claimed, claimedAtMs: this.#nowMs(), lost: false, over: over.promise };
    const earlier = this.#inHand.get(id);
    this.#inHand.set(id, attempt);
    try {
      if (earlier !== undefined) {
        // Ended by others while it ran on here. The pool knows invocations only, and must not take one attempt for the other.
        this.#stop(earlier);
        await earlier.over;
      }
      await this.#runAndEnd(attempt);
    } finally {
      if (this.#inHand.get(id) === attempt) this.#inHand.delete(id);
      over.resolve();
    }
  }

  async #runAndEnd(attempt: Attempt): Promise<void> {
    const { claimed, claimedAtMs } = attempt;
    const { random = Math.random } = this.#options;
    const { runnable, reply } = await this.#reply(attempt);
    this.#options.onReply(claimed, reply, this.#nowMs() - claimedAtMs);
    const endWith = (outcome: Reply): AttemptEnd => {
      const nowMs = this.#nowMs();
      return endOf(claimed, runnable, outcome, { random: random(), nowMs, elapsedMs: nowMs - claimedAtMs });
    };
    await this.#ends.write(attempt, endWith(reply), () => endWith(failure('INTERNAL', 'the result could not be kept')));
  }

  async #reply(attempt: Attempt): Promise<{ readonly runnable: Runnable | undefined; readonly reply: Reply }> {
    const { id, function: name, version, payload, remainingMs } = attempt.claimed;
    let runnable: Runnable | undefined;
    try {
      runnable = await this.#versions.of(name, version);
    } catch (error) {
      const detail = `${name}@${version} could not be looked up: ${error instanceof Error ? error.message : String(error)}`;
      return { runnable, reply: failure(isOutage(error) ? 'REGISTRY_UNAVAILABLE' : 'INTERNAL', detail) };
    }
    if (runnable === undefined)
      return { runnable, reply: failure('VERSION_NOT_FOUND', `${name}@${version} was deleted before the attempt`) };
    if (remainingMs <= 0) return { runnable, reply: failure('INVOCATION_EXPIRED', 'it grew too old before an attempt was started') };
    if (attempt.lost) return { runnable, reply: failure('INVOCATION_CANCELLED', 'it was cancelled before its guest was started') };
    const { target, timeoutMs } = runnable;
    const reply = await this.#share.run({ id, target, payload, timeoutMs });
    const stopped = !reply.ok && reply.code === 'INVOCATION_CANCELLED';
    // Of what is lost nobody wants to know; else it is this worker that stopped it.
    return { runnable, reply: stopped ? failure('WORKER_LOST', 'the worker was shut down before the guest was done') : reply };
  }

  #stop(attempt: Attempt): void {
    attempt.lost = true;
    this.#share.stop(attempt.claimed.id);
  }

  #nowMs(): number {
    const { now = Date.now } = this.#options;
    return now();
  }
}
