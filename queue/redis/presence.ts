/** A worker's heartbeat, and the lease it gets by it: without a lease it must not start anything, for it may have been given up. */
import type { LaneKeys } from './keys.ts';
import type { LaneRedis } from './scripts.ts';

const beatEveryMs = 500;

/** Silence after which any gateway gives a worker up. */
export const deadAfterMs = 2_500;

/**
 * How long after sending its last answered heartbeat a worker may start invocations. What Redis delivers to it later than this after
 * the heartbeat has provably not been started when the worker is given up (reap.lua), unless the machine's monotonic clock was halted.
 */
export const leaseMs = 1_000;

export class Presence {
  readonly #redis: LaneRedis;
  readonly #keys: LaneKeys;
  readonly #workerId: string;
  readonly #onReturn: () => void;
  #leaseFromMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  /** @param onReturn called when a heartbeat finds the worker unknown, before the lease is renewed: it is new, was given up, or Redis was wiped */
  constructor(redis: LaneRedis, keys: LaneKeys, workerId: string, onReturn: () => void) {
    this.#redis = redis;
    this.#keys = keys;
    this.#workerId = workerId;
    this.#onReturn = onReturn;
  }

  start(): void {
    this.#timer = setInterval(() => {
      // The connection says by itself what is wrong with it; the lease runs out meanwhile.
      this.beat().catch(() => {});
    }, beatEveryMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Renews the lease; rejects when Redis cannot be reached. */
  async beat(): Promise<void> {
    const sentAtMs = performance.now();
    const added = await this.#redis.beat(this.#keys.workers, this.#workerId);
    if (added === 1) this.#onReturn();
    this.#leaseFromMs = Math.max(this.#leaseFromMs, sentAtMs);
  }

  /** Whether invocations may be started now. */
  holdsLease(): boolean {
    return performance.now() - this.#leaseFromMs < leaseMs;
  }
}
