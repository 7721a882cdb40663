/** Hands waiting calls to executors and their replies back. Decisions: policy.ts; processes: fleet.ts; running calls: warden.ts. */
import { failure, type Invocation, type Reply } from '../../contracts/invocation.ts';
import { defaultNamespace, namespaceOf } from '../../contracts/names.ts';
import { monotonicUs } from '../../executor/protocol.ts';
import type { PooledCall } from './call.ts';
import type { ExecutorEvents, ExecutorHandle } from './executor-handle.ts';
import { Fleet, type FleetOptions } from './fleet.ts';
import { batchSize, chooseTaker, ewma, intake, type PoolCensus } from './policy.ts';
import { cancelled, describeCrash } from './replies.ts';
import { Vigil } from './vigil.ts';
import { slowestMeanUs, WaitingCalls } from './waiting.ts';
import { type StopReason, Warden } from './warden.ts';

export interface PoolOptions extends Omit<FleetOptions, 'spawn' | 'count'> {
  /** Whether an executor may run guests of several namespaces. */
  readonly shareExecutors: boolean;
  /** Starts the process of a new executor. @throws when the system refuses */
  readonly spawn: (slot: number, events: ExecutorEvents) => ExecutorHandle;
  /** Told when capacity() may have risen from zero. */
  readonly onCapacity: () => void;
  /** Told of what is worth counting. */
  readonly count: (event: PoolEvent) => void;
  /** Told what a guest wrote to its log in a call. @param text what is no UTF-8 in it is replaced by U+FFFD */
  readonly guestLog: (invocation: Invocation, text: string) => void;
}

export type PoolEvent = 'boot' | 'recycle' | 'crash' | StopReason;

export class Pool implements ExecutorEvents {
  readonly #options: PoolOptions;
  readonly #fleet: Fleet;
  readonly #warden: Warden;
  readonly #waiting: WaitingCalls;
  /** Of the waiting, after the last pump: those of namespaces for which there is no executor yet. */
  #stranded = 0;
  /** Invocations to be stopped that an executor has. */
  readonly #unwanted = new Set<string>();
  /** Calls taken and not yet replied to. */
  #outstanding = 0;
  #meanUs: number | undefined;
  /** capacity() was asked for and was zero. */
  #saturated = false;
  #abandoned = false;
  #pumping = false;
  readonly #booted = new WeakSet<ExecutorHandle>();
  readonly #vigil = new Vigil({ outstanding: () => this.#outstanding, nowUs: monotonicUs, nextTurn: setImmediate });

  constructor(options: PoolOptions) {
    this.#options = options;
    // As long as all share, all are of one.
    this.#waiting = new WaitingCalls(
      options.shareExecutors ? () => defaultNamespace : ({ invocation }) => namespaceOf(invocation.target.function),
    );
    this.#fleet = new Fleet({ ...options, spawn: (slot) => options.spawn(slot, this) });
    this.#warden = new Warden({
      executors: this.#fleet.executors,
      active: () => this.#outstanding > 0,
      unwanted: (invocationId) => this.#unwanted.has(invocationId),
      onSlow: (executor) => this.returned(executor.takeBack()),
      onStop: (executor, reason, reply) => {
        this.#fleet.lookAtUsage();
        const call = executor.stop();
        options.count(reason);
        if (call !== undefined) this.#reply(call, reply);
        this.#fleet.balance(this.#waiting.namespaces);
      },
      onLook: (nowMs) => this.#look(nowMs),
    });
  }

  start(): void {
    this.#fleet.start();
  }

  census(): PoolCensus {
    return this.#fleet.census();
  }

  /** @returns what executors cost, and keep */
  gauges(): ReturnType<Fleet['gauges']> {
    return this.#fleet.gauges();
  }

  /** @returns how many more calls could be taken now */
  capacity(): number {
    if (this.#abandoned) return 0;
    const free = intake(this.#fleet.census(), this.#options, this.#waiting.size, this.#outstanding, this.#meanUs, this.#stranded);
    this.#saturated = free === 0;
    return free;
  }

  run(call: PooledCall): void {
    this.#outstanding++;
    this.#vigil.came();
    if (this.#abandoned) return this.#refuse(call);
    this.#waiting.push(call);
    this.#warden.wake();
    this.#pumpSoon();
  }

  /** Takes a waiting call back; its `done` is then never called. @returns false when it has been handed to an executor or is not here */
  cancel(invocationId: string): boolean {
    if (this.#waiting.remove(invocationId) === undefined) return false;
    this.#outstanding--;
    return true;
  }

  /**
   * Ends a call, also one that runs: its executor is killed once it is certain that it really runs, and what waits behind it runs elsewhere.
   * @returns false when it is not here
   */
  stop(invocationId: string): boolean {
    const waiting = this.#waiting.remove(invocationId);
    if (waiting !== undefined) {
      this.#reply(waiting, cancelled());
      return true;
    }
    const held = this.#fleet.executors.values().some((executor) => executor.holds(invocationId));
    if (held) this.#unwanted.add(invocationId);
    return held;
  }

  /** Stops running guests; every call that waits or is still to come is refused. */
  abandon(): void {
    this.#abandoned = true;
    for (const call of this.#waiting.removeAll(() => true)) this.#refuse(call);
    void this.#fleet.close();
  }

  /** As `abandon`; resolves when all executors have ended, and with that every call has its reply. */
  async close(): Promise<void> {
    this.abandon();
    this.#warden.stop();
    await this.#fleet.close();
  }

  idle(executor: ExecutorHandle): void {
    this.#booted.add(executor);
    this.#offer();
    this.#pumpSoon();
  }

  replied(call: PooledCall, reply: Reply): void {
    if (reply.timing !== undefined) {
      const tookUs = reply.timing.loadUs + reply.timing.runUs;
      call.artifact.meanUs = ewma(call.artifact.meanUs, tookUs);
      this.#meanUs = ewma(this.#meanUs, tookUs);
    }
    this.#reply(call, reply);
  }

  logged({ invocation }: PooledCall, log: Buffer): void {
    this.#options.guestLog(invocation, log.toString());
  }

  /** To the front, in order: these have waited longest. */
  returned(calls: PooledCall[]): void {
    if (this.#abandoned) return calls.forEach((call) => this.#refuse(call));
    const wanted = calls.filter((call) => {
      const unwanted = this.#unwanted.has(call.invocation.id);
      if (unwanted) this.#reply(call, cancelled());
      return !unwanted;
    });
    this.#waiting.unshift(wanted);
    this.#pump();
  }

  gone(executor: ExecutorHandle, running: PooledCall | undefined, lastWords: string): void {
    this.#fleet.remove(executor, this.#booted.has(executor));
    if (running !== undefined && this.#abandoned) {
      this.#reply(running, failure('WORKER_LOST', 'the worker was shut down before the guest was done'));
    } else if (running !== undefined) {
      this.#options.count('crash');
      const { id: invocationId, target } = running.invocation;
      this.#options.log.warn(
        { pid: executor.pid, invocationId, function: target.function, version: target.version, lastWords },
        'an executor ended while it ran a call',
      );
      this.#reply(running, describeCrash(lastWords));
    } else if (!this.#booted.has(executor) && !this.#abandoned) {
      this.#options.log.warn({ pid: executor.pid, lastWords }, 'an executor ended before it was ready');
    }
    this.#pump();
  }

  /** Once per turn of the event loop: what arrived in it is handed out together, in fair shares. */
  #pumpSoon(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    setImmediate(() => {
      this.#pumping = false;
      this.#pump();
    });
  }

  #pump(): void {
    this.#stranded = 0;
    if (this.#waiting.size === 0) return;
    const idle = this.#fleet.takers();
    for (let slots = Math.min(idle.length, this.#fleet.freeSlots()); slots > 0; slots--) {
      if (!this.#dispatchNext(idle, slots)) break;
    }
    for (const namespace of this.#waiting.namespaces) {
      if (this.#fleet.strands(namespace)) this.#stranded += this.#waiting.of(namespace).length;
    }
  }

  /** Calls of the next namespace in turn that one of the executors may take. @returns false when there is none */
  #dispatchNext(idle: ExecutorHandle[], slots: number): boolean {
    for (const namespace of this.#waiting.namespaces) {
      const calls = this.#waiting.of(namespace);
      const [first] = calls;
      const at = first === undefined ? -1 : chooseTaker(idle, namespace, first.artifact.key);
      const executor = idle[at];
      if (executor === undefined) continue;
      idle.splice(at, 1);
      const meanUs = slowestMeanUs(calls);
      this.#fleet.dispatch(executor, namespace, this.#waiting.take(namespace, batchSize(calls.length, slots, meanUs)));
      this.#vigil.keep(meanUs);
      return true;
    }
    return false;
  }

  #look(nowMs: number): void {
    for (const call of this.#waiting.removeAll(({ invocation }) => invocation.deadlineAtMs <= nowMs)) {
      this.#reply(call, failure('QUEUE_DEADLINE_EXCEEDED', 'the deadline passed before an executor was free'));
    }
    // Calls may have become long meanwhile and given their slots back.
    this.#fleet.balance(this.#waiting.namespaces);
    this.#pump();
    this.#offer();
  }

  #offer(): void {
    if (this.#saturated && this.capacity() > 0) this.#options.onCapacity();
  }

  #refuse(call: PooledCall): void {
    this.#reply(call, failure('DRAINING', 'the worker shut down before the call was started'));
  }

  #reply(call: PooledCall, reply: Reply): void {
    // Nearly always empty: looking an id up would cost more than the rest of this.
    if (this.#unwanted.size > 0) this.#unwanted.delete(call.invocation.id);
    call.done(reply);
    this.#outstanding--;
  }
}
