/** Keeps the executors alive: starts them, replaces the old and the dead, lets go of the surplus. Knows of what they run only whose it is. */
import { monotonicUs } from '../../executor/protocol.ts';
import type { WorkerGauges } from '../../shared/metrics/worker.ts';
import type { PooledCall } from './call.ts';
import type { ExecutorHandle } from './executor-handle.ts';
import { residentBytes } from './memory-watch.ts';
import { executorsToBoot, freeSlots, type PoolCensus, type PoolSize, relief, type Standing, surplusExecutors } from './policy.ts';
import { UsageWatch } from './usage.ts';

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
  readonly #usage = new UsageWatch();
  readonly #modules = { hit: 0, miss: 0 };
  #recycleTimer: NodeJS.Timeout | undefined;
  #bootTimer: NodeJS.Timeout | undefined;
  #closing = false;

  constructor(options: FleetOptions) {
    this.#options = options;
    this.executors = this.#executors;
  }

  start(): void {
    this.#recycleTimer = setInterval(() => this.#recycle(), recycleCheckMs).unref();
    this.balance([]);
  }

  census(): PoolCensus {
    let booting = 0;
    let idle = 0;
    let busy = 0;
    let long = 0;
    let unused = 0;
    let divided = false;
    let first: string | undefined;
    const nowUs = monotonicUs();
    for (const executor of this.#executors) {
      const { namespace } = executor;
      first ??= namespace;
      divided ||= namespace !== undefined && namespace !== first && executor.state !== 'dying';
      if (executor.state === 'idle') {
        idle++;
        if (namespace === undefined) unused++;
      } else if (executor.state === 'booting') booting++;
      else if (executor.state === 'busy') {
        busy++;
        if (executor.runningForUs(nowUs) > this.#options.longCallMs * 1_000) long++;
      }
    }
    return { booting, idle, busy, long, unused, divided };
  }

  /** Whether there are executors, but none that may ever run a guest of this namespace. */
  strands(namespace: string): boolean {
    let others = false;
    for (const executor of this.#executors) {
      if (executor.state !== 'idle' && executor.state !== 'busy') continue;
      if (executor.namespace === undefined || executor.namespace === namespace) return false;
      others = true;
    }
    return others;
  }

  /** Hands calls of a namespace to an executor, which from then on is for that one. @throws TypeError when it is for another */
  dispatch(executor: ExecutorHandle, namespace: string, calls: PooledCall[]): void {
    executor.namespace ??= namespace;
    if (executor.namespace !== namespace) throw new TypeError(`an executor of ${executor.namespace} was to run a guest of ${namespace}`);
    const misses = executor.dispatch(calls);
    this.#modules.miss += misses;
    this.#modules.hit += calls.length - misses;
  }

  /** @returns what executors cost, and the modules that they keep: their bytes, and for how many calls they were there or not */
  gauges(): Pick<WorkerGauges, 'usage' | 'modules' | 'moduleBytes'> {
    let moduleBytes = 0;
    for (const { loaded } of this.#executors) moduleBytes += loaded.bytes;
    return { usage: this.lookAtUsage(), modules: this.#modules, moduleBytes };
  }

  /** Done once a second, and before an executor is killed: it cannot be asked when it is gone. */
  lookAtUsage(): WorkerGauges['usage'] {
    return this.#usage.look([...this.#executors].map(({ pid }) => pid));
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

  /** Starts what is missing. @param waiting namespaces with calls that no executor has, the one whose turn it is first */
  balance(waiting: Iterable<string>): void {
    if (this.#closing || this.#bootTimer !== undefined) return;
    for (let missing = executorsToBoot(this.census(), this.#options); missing > 0; missing--) this.#boot();
    for (const namespace of waiting) this.#relieve(namespace);
  }

  /** An executor has ended; a new one takes its place. @param booted whether it had ever been ready */
  remove(executor: ExecutorHandle, booted: boolean): void {
    this.#executors.delete(executor);
    if (!booted && !this.#closing && this.#bootTimer === undefined) {
      // It could not even start: do not spin.
      this.#bootTimer = setTimeout(() => {
        this.#bootTimer = undefined;
        this.balance([]);
      }, bootPauseMs);
    }
    this.balance([]);
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

  #relieve(namespace: string): void {
    const remedy = relief(this.census(), this.#options, this.#standing(namespace));
    if (remedy === 'boot') this.#boot();
    else if (remedy !== 'none') this.#replace(remedy.idleForMs);
  }

  /** Ends the executor that is idle for longest, if it is so for long enough, and starts another. */
  #replace(idleForMs: number): void {
    const [longest] = this.takers().toSorted((a, b) => a.idleSinceMs - b.idleSinceMs);
    if (longest === undefined || performance.now() - longest.idleSinceMs < idleForMs) return;
    longest.retire();
    this.#options.count('recycle');
    this.#boot();
  }

  #standing(namespace: string): Standing {
    const nowUs = monotonicUs();
    let fitting = 0;
    let own = 0;
    let short = 0;
    for (const executor of this.#executors) {
      const isOwn = executor.namespace === namespace;
      if (executor.state === 'idle' && (isOwn || executor.namespace === undefined)) fitting++;
      if (!isOwn || executor.state === 'dying') continue;
      own++;
      if (executor.state === 'busy' && executor.runningForUs(nowUs) <= this.#options.longCallMs * 1_000) short++;
    }
    return { fitting, own, short };
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
    this.lookAtUsage();
    const nowMs = performance.now();
    const census = this.census();
    let surplus = surplusExecutors(census, this.#options);
    for (const executor of this.#executors) {
      // Retired a look ago and still here, or never ready: it does not do what it is told.
      if (executor.state === 'dying' || (executor.state === 'booting' && nowMs - executor.bornAtMs >= bootTimeoutMs)) executor.kill();
      if (executor.state !== 'idle') continue;
      // What no namespace has used is of use to any that comes.
      const isSpare = census.divided && executor.namespace === undefined;
      const unused = surplus > 0 && !isSpare && nowMs - executor.idleSinceMs >= idleExecutorTimeoutMs;
      const old = executor.calls >= maxCalls || nowMs - executor.bornAtMs >= maxAgeMs || (residentBytes(executor.pid) ?? 0) >= maxRssBytes;
      if (!unused && !old) continue;
      executor.retire();
      this.#options.count('recycle');
      if (unused) surplus--;
      // Old ones go one at a time, so that a warm one is always there.
      else break;
    }
    this.balance([]);
  }
}
