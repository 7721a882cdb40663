/** The share of the asynchronous lane in the pool: guests wait here for their turn, so that synchronous calls find room there. */
import { type Failure, failure, type Invocation, type Reply } from '../../contracts/invocation.ts';
import type { InvocationHandler } from '../../queue/port.ts';
import { concurrencyFor, mayStart, meanAfter } from './pace.ts';

/** An invocation whose time begins when it starts. */
export interface Guest extends Omit<Invocation, 'enqueuedAtMs' | 'deadlineAtMs'> {
  readonly timeoutMs: number;
}

export interface PoolShareOptions {
  readonly handler: InvocationHandler;
  /** Guests that may be in the pool at a time. */
  readonly slots: number;
  /** Told whenever `concurrency` has changed. */
  readonly onConcurrency: () => void;
}

interface Waiting {
  readonly guest: Guest;
  readonly sinceMs: number;
  readonly done: (reply: Reply) => void;
}

/** What has waited for so long should run at another worker. */
const patienceMs = 2_000;

export class PoolShare {
  readonly #options: PoolShareOptions;
  #waiting: Waiting[] = [];
  #running = 0;
  #meanMs: number | undefined;
  #concurrency: number;
  #timer: NodeJS.Timeout | undefined;
  #pumping = false;
  #closed = false;

  constructor(options: PoolShareOptions) {
    this.#options = options;
    this.#concurrency = options.slots;
    options.handler.onCapacity(() => this.#pump());
  }

  /** Attempts that are worth having in hand now. */
  get concurrency(): number {
    return this.#concurrency;
  }

  /** Besides the pool's own replies: QUEUE_DEADLINE_EXCEEDED when its turn did not come in time, DRAINING after `close`. */
  run(guest: Guest): Promise<Reply> {
    return new Promise((done) => {
      if (this.#closed) return done(draining());
      this.#waiting.push({ guest, sinceMs: performance.now(), done });
      this.#watch();
      this.#pump();
    });
  }

  /** As that of the handler. */
  stop(invocationId: string): boolean {
    const at = this.#waiting.findIndex(({ guest }) => guest.id === invocationId);
    if (at < 0) return this.#options.handler.stop(invocationId);
    const [waiting] = this.#waiting.splice(at, 1);
    waiting?.done(failure('INVOCATION_CANCELLED', 'the invocation was cancelled before its guest was started'));
    return true;
  }

  /** Starts nothing more; what runs goes on. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const { done } of this.#waiting.splice(0)) done(draining());
  }

  #pump(): void {
    // A handler that is closed replies at once.
    if (this.#pumping) return;
    this.#pumping = true;
    const { handler, slots } = this.#options;
    while (this.#waiting.length > 0 && mayStart(slots, this.#running, handler.capacity())) {
      const waiting = this.#waiting.shift();
      if (waiting !== undefined) this.#start(waiting);
    }
    this.#pumping = false;
  }

  #start({ guest, done }: Waiting): void {
    const { timeoutMs, ...invocation } = guest;
    const startMs = performance.now();
    const nowMs = Date.now();
    this.#running++;
    this.#options.handler.run({ ...invocation, enqueuedAtMs: nowMs, deadlineAtMs: nowMs + timeoutMs }, (reply) => {
      this.#running--;
      this.#learn(performance.now() - startMs);
      done(reply);
      this.#pump();
    });
  }

  #learn(tookMs: number): void {
    this.#meanMs = meanAfter(this.#meanMs, tookMs);
    const concurrency = concurrencyFor(this.#options.slots, this.#meanMs);
    if (concurrency === this.#concurrency) return;
    this.#concurrency = concurrency;
    this.#options.onConcurrency();
  }

  #watch(): void {
    if (this.#timer !== undefined || this.#waiting.length === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#refuseLate();
      this.#watch();
    }, patienceMs / 2);
  }

  /** Not those for whom there are slots: they wait for the pool only, and elsewhere they would come behind others. */
  #refuseLate(): void {
    const nowMs = performance.now();
    const free = this.#options.slots - this.#running;
    const isLate = ({ sinceMs }: Waiting, i: number): boolean => i >= free && nowMs - sinceMs >= patienceMs;
    const late = this.#waiting.filter(isLate);
    this.#waiting = this.#waiting.filter((waiting, i) => !isLate(waiting, i));
    for (const { done, sinceMs } of late) {
      // Guests that have not ended yet take as long, at least.
      this.#learn(performance.now() - sinceMs);
      done(failure('QUEUE_DEADLINE_EXCEEDED', `no executor of the worker was free for ${patienceMs} ms`));
    }
  }
}

function draining(): Failure {
  return failure('DRAINING', 'the worker shut down before the guest was started');
}
