/** The queue within one process: calls go straight to the handler while it has room, else they wait, served fairly between functions. */
import { failure, type Invocation, type Reply } from '../contracts/invocation.ts';
import { answerGraceMs, DeadlineSweep } from './deadlines.ts';
import { FairQueue, type Ticket } from './fair-queue.ts';
import type { InvocationConsumer, InvocationHandler, InvocationProducer, LaneLoad } from './port.ts';

export interface LocalQueueOptions {
  /** Most calls that may wait, past which a call gets QUEUE_FULL. Default: no bound here, admission keeps it. */
  readonly maxDepth?: number;
}

/** Both ends share one queue; each is closed on its own. */
export function createLocalQueue(options: LocalQueueOptions = {}): { producer: InvocationProducer; consumer: InvocationConsumer } {
  const lane = new LocalLane(options.maxDepth ?? Number.POSITIVE_INFINITY);
  return {
    producer: {
      call: (invocation, signal) => lane.call(invocation, signal),
      load: () => lane.load(),
      oldestWaitMs: () => lane.oldestWaitMs(Date.now()),
      ready: () => lane.accepting,
      close: () => lane.closeProducer(),
    },
    consumer: {
      start: (handler) => lane.start(handler),
      ready: () => lane.taking,
      close: () => lane.closeConsumer(),
    },
  };
}

/** One call from enqueueing to its reply. Listens to its own abort signal, which saves a closure. */
class LocalCall {
  readonly invocation: Invocation;
  readonly signal: AbortSignal | undefined;
  readonly #lane: LocalLane;
  readonly #resolve: (reply: Reply) => void;
  /** Set while waiting. */
  ticket: Ticket<LocalCall> | undefined;
  settled = false;

  constructor(lane: LocalLane, invocation: Invocation, signal: AbortSignal | undefined, resolve: (reply: Reply) => void) {
    this.#lane = lane;
    this.invocation = invocation;
    this.signal = signal;
    this.#resolve = resolve;
    signal?.addEventListener('abort', this);
  }

  handleEvent(): void {
    this.#lane.hangUp(this);
  }

  /** @returns false when there was a reply before */
  settle(reply: Reply): boolean {
    if (this.settled) return false;
    this.settled = true;
    this.signal?.removeEventListener('abort', this);
    this.#resolve(reply);
    return true;
  }
}

class LocalLane {
  readonly #maxDepth: number;
  readonly #waiting = new FairQueue<LocalCall>();
  readonly #calls = new Set<LocalCall>();
  readonly #deadlines = new DeadlineSweep((nowMs) => this.#sweep(nowMs));
  /** Handed over and not yet done; the overdue ones, too. */
  #running = 0;
  #handler: InvocationHandler | undefined;
  readonly #onDrained: (() => void)[] = [];
  accepting = true;
  taking = false;

  constructor(maxDepth: number) {
    this.#maxDepth = maxDepth;
  }

  call(invocation: Invocation, signal: AbortSignal | undefined): Promise<Reply> {
    if (!this.accepting) return Promise.resolve(failure('DRAINING', 'the queue takes no more calls'));
    const handler = this.#handler;
    if (!this.taking || handler === undefined) return Promise.resolve(failure('NO_WORKER', 'no worker takes calls'));
    if (signal?.aborted === true) return Promise.resolve(hungUp());
    if (this.#waiting.size >= this.#maxDepth) return Promise.resolve(failure('QUEUE_FULL', `${this.#maxDepth} calls are waiting`));
    return new Promise((resolve) => {
      const call = new LocalCall(this, invocation, signal, resolve);
      this.#calls.add(call);
      this.#deadlines.watch();
      if (this.#waiting.size === 0 && handler.capacity() > 0) this.#run(handler, call);
      else call.ticket = this.#waiting.push(invocation.target.function, call);
    });
  }

  load(): LaneLoad {
    return { queueDepth: this.#calls.size, workers: this.taking ? 1 : 0 };
  }

  oldestWaitMs(nowMs: number): number {
    // In the order in which they came.
    for (const { ticket, invocation } of this.#calls) if (ticket !== undefined) return Math.max(0, nowMs - invocation.enqueuedAtMs);
    return 0;
  }

  start(handler: InvocationHandler): Promise<void> {
    this.#handler = handler;
    this.taking = true;
    handler.onCapacity(() => this.#handOver());
    return Promise.resolve();
  }

  hangUp(call: LocalCall): void {
    if (call.ticket !== undefined) {
      this.#waiting.remove(call.ticket);
      this.#finish(call, hungUp());
    } else if (this.#handler?.cancel(call.invocation.id) === true) {
      this.#running--;
      this.#finish(call, hungUp());
    }
  }

  /** Calls still waiting when the consumer closes have nobody to go to. */
  async closeConsumer(): Promise<void> {
    this.taking = false;
    for (let call = this.#waiting.shift(); call !== undefined; call = this.#waiting.shift()) {
      this.#finish(call, failure('NO_WORKER', 'the worker is shutting down'));
    }
    await this.#until(() => this.#running === 0);
  }

  async closeProducer(): Promise<void> {
    this.accepting = false;
    await this.#until(() => this.#calls.size === 0);
    this.#deadlines.stop();
  }

  #handOver(): void {
    const handler = this.#handler;
    if (handler === undefined || !this.taking) return;
    while (this.#waiting.size > 0 && handler.capacity() > 0) {
      const call = this.#waiting.shift();
      if (call === undefined) return;
      this.#run(handler, call);
    }
  }

  #run(handler: InvocationHandler, call: LocalCall): void {
    call.ticket = undefined;
    this.#running++;
    handler.run(call.invocation, (reply) => {
      this.#running--;
      this.#finish(call, reply);
    });
  }

  #sweep(nowMs: number): number {
    for (const call of this.#calls) {
      const late = nowMs - call.invocation.deadlineAtMs;
      if (late < 0) continue;
      if (call.ticket !== undefined) {
        this.#waiting.remove(call.ticket);
        this.#finish(call, failure('QUEUE_DEADLINE_EXCEEDED', 'the deadline passed while the call was waiting'));
      } else if (late >= answerGraceMs) {
        this.#finish(call, failure('ANSWER_OVERDUE', `the worker gave no answer within ${answerGraceMs} ms of the deadline`));
      }
    }
    return this.#calls.size;
  }

  #finish(call: LocalCall, reply: Reply): void {
    call.ticket = undefined;
    if (call.settle(reply)) this.#calls.delete(call);
    if (this.#onDrained.length > 0) for (const check of this.#onDrained.splice(0)) check();
  }

  /** Resolves once `isSo`; looks again after every call that finished. */
  #until(isSo: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (isSo()) resolve();
        else this.#onDrained.push(check);
      };
      check();
    });
  }
}

function hungUp(): Reply {
  return failure('ANSWER_OVERDUE', 'the caller hung up');
}
