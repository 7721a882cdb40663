/** Keeps the executors alive: starts them, replaces the old and the dead, lets go of the surplus. Does not know what they run. */
import { monotonicUs } from '../../executor/protocol.ts';
import type { ExecutorHandle } from './executor-handle.ts';
import { residentBytes } from './memory-watch.ts';
import { executorsToBoot, freeSlots, type PoolCensus, type PoolSize, surplusExecutors } from './policy.ts';

export interface FleetOptions extends PoolSize {
  /** A call running for longer gives its slot back (policy.ts). */
  readonly longCallMs: number;
  /** An executor past one of these is replaced when it is idle. */
  readonly maxCalls: number;
  readonly maxAgeMs: number;
  readonly maxRssBytes: number;
  /** Starts the process of a new executor. @throws when the system refuses */
  readonly spawn: (slot: number) => ExecutorHandle;
  readonly log: { warn(fields: object, message: string): void };
  readonly count: (event: 'boot' | 'recycle') => void;
}

const recycleCheckMs = 1_000;
const bootPauseMs = 250;
/** A boot takes a tenth of a second; on a machine so busy that it takes this long, another one would not help. */
const bootTimeoutMs = 30_000;
/** An executor that only long calls had made necessary goes after this time. */
const idleExecutorTimeoutMs = 10_000;

export class Fleet {
  readonly executors: ReadonlySet<ExecutorHandle>;
  readonly #executors = new Set<ExecutorHandle>();
  readonly #options: FleetOptions;
  #recycleTimer: NodeJS.Timeout | undefined;
  #bootTimer: NodeJS.Timeout | undefined;
  #closing = false;

  constructor(options: FleetOptions) {
    this.#options = options;
    this.executors = this.#executors;
  }

  start(): void {
    this.#recycleTimer = setInterval(() => this.#recycle(), recycleCheckMs).unref();
    this.balance(0);
  }

  census(): PoolCensus {
    let booting = 0;
    let idle = 0;
    let busy = 0;
    let long = 0;
    const nowUs = monotonicUs();
    for (const executor of this.#executors) {
      if (executor.state === 'idle') idle++;
      else if (executor.state === 'booting') booting++;
      else if (executor.state === 'busy') {
        busy++;
        if (executor.runningForUs(nowUs) > this.#options.longCallMs * 1_000) long++;
      }
    }
    return { booting, idle, busy, long };
  }

  /** Idle executors; how many of them may take a call, `freeSlots` says. */
  takers(): ExecutorHandle[] {
    const idle: ExecutorHandle[] = [];
    for (const executor of this.#executors) if (executor.state === 'idle') idle.push(executor);
    return idle;
  }

  freeSlots(): number {
    return freeSlots(this.census(), this.#options);
  }

  /** Starts what is missing. @param waiting calls that no executor has */
  balance(waiting: number): void {
    if (this.#closing || this.#bootTimer !== undefined) return;
    for (let missing = executorsToBoot(this.census(), this.#options, waiting); missing > 0; missing--) this.#boot();
  }

  /** An executor has ended; a new one takes its place. @param booted whether it had ever been ready */
  remove(executor: ExecutorHandle, booted: boolean): void {
    this.#executors.delete(executor);
    if (!booted && !this.#closing && this.#bootTimer === undefined) {
      // It could not even start: do not spin.
      this.#bootTimer = setTimeout(() => {
        this.#bootTimer = undefined;
        this.balance(0);
      }, bootPauseMs);
    }
    this.balance(0);
  }

  /** Ends all executors, whatever they run. */
  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#recycleTimer);
    clearTimeout(this.#bootTimer);
    const ended = [...this.#executors].map((executor) => executor.ended);
    for (const executor of this.#executors) executor.kill();
    await Promise.all(ended);
  }

  #boot(): void {
    const taken = new Set([...this.#executors].map((executor) => executor.slot));
    let slot = 1;
    while (taken.has(slot)) slot++;
    try {
      this.#executors.add(this.#options.spawn(slot));
      this.#options.count('boot');
    } catch (error) {
      this.#options.log.warn({ err: error }, 'an executor could not be started');
    }
  }

  #recycle(): void {
    const { maxCalls, maxAgeMs, maxRssBytes } = this.#options;
    const nowMs = performance.now();
    let surplus = surplusExecutors(this.census(), this.#options);
    for (const executor of this.#executors) {
      // Retired a look ago and still here, or never ready: it does not do what it is told.
      if (executor.state === 'dying' || (executor.state === 'booting' && nowMs - executor.bornAtMs >= bootTimeoutMs)) executor.kill();
      if (executor.state !== 'idle') continue;
      const unused = surplus > 0 && nowMs - executor.idleSinceMs >= idleExecutorTimeoutMs;
      const old = executor.calls >= maxCalls || nowMs - executor.bornAtMs >= maxAgeMs || (residentBytes(executor.pid) ?? 0) >= maxRssBytes;
      if (!unused && !old) continue;
      executor.retire();
      this.#options.count('recycle');
      if (unused) surplus--;
      // Old ones go one at a time, so that a warm one is always there.
      else break;
    }
    this.balance(0);
  }
}
