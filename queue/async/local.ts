/** The engine within one process: attempts wait in memory, in the order in which they are due. */
import { attemptKey } from './attempt-key.ts';
import { DueHeap } from './due-heap.ts';
import type { AsyncConsumer, AsyncHandler, AsyncProducer, AttemptName, DueAttempt } from './port.ts';

/** Both ends share one engine; each is closed on its own, and the consumer can be started again. */
export function createLocalEngine(): { producer: AsyncProducer; consumer: AsyncConsumer } {
  const engine = new LocalEngine();
  return {
    producer: {
      enqueue: async (attempts) => engine.enqueue(attempts),
      missing: async (attempts) => engine.missing(attempts),
      ready: () => engine.accepting,
      close: async () => engine.closeProducer(),
    },
    consumer: {
      start: async (handler) => engine.start(handler),
      ready: () => engine.taking,
      close: () => engine.closeConsumer(),
    },
  };
}

/** The longest that a timer can wait; what is due later is looked at again then. */
const maxTimerMs = 2 ** 31 - 1;

class LocalEngine {
  readonly #waiting = new DueHeap<AttemptName>();
  /** Of those that are waiting or being made. */
  readonly #keys = new Set<string>();
  readonly #runs = new Set<Promise<void>>();
  #handler: AsyncHandler | undefined;
  #timer: NodeJS.Timeout | undefined;
  #accepting = true;

  get accepting(): boolean {
    return this.#accepting;
  }

  get taking(): boolean {
    return this.#handler !== undefined;
  }

  enqueue(attempts: readonly DueAttempt[]): void {
    if (!this.#accepting) throw new Error('the engine takes no more attempts');
    const nowMs = performance.now();
    for (const { id, attempt, delayMs } of attempts) {
      const key = attemptKey({ id, attempt });
      if (this.#keys.has(key)) continue;
      this.#keys.add(key);
      this.#waiting.push(nowMs + delayMs, { id, attempt });
    }
    this.#deliver();
  }

  missing<A extends AttemptName>(attempts: readonly A[]): A[] {
    return attempts.filter((attempt) => !this.#keys.has(attemptKey(attempt)));
  }

  closeProducer(): void {
    this.#accepting = false;
  }

  start(handler: AsyncHandler): void {
    this.#handler = handler;
    handler.onConcurrency(() => this.#deliver());
    this.#deliver();
  }

  async closeConsumer(): Promise<void> {
    this.#handler = undefined;
    clearTimeout(this.#timer);
    await Promise.all(this.#runs);
  }

  #deliver(): void {
    clearTimeout(this.#timer);
    // Read again each time: while it is given an attempt, a handler may close, or take fewer.
    while (this.#handler !== undefined && this.#runs.size < this.#handler.concurrency()) {
      const inMs = this.#waiting.dueAtMs - performance.now();
      const attempt = inMs > 0 ? undefined : this.#waiting.pop();
      if (attempt === undefined) return this.#wake(inMs);
      this.#run(this.#handler, attempt);
    }
  }

  #wake(inMs: number): void {
    if (inMs === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(() => this.#deliver(), Math.min(Math.ceil(inMs), maxTimerMs)).unref();
  }

  #run(handler: AsyncHandler, attempt: AttemptName): void {
    const run = handler.run(attempt).finally(() => {
      this.#runs.delete(run);
      this.#keys.delete(attemptKey(attempt));
      this.#deliver();
    });
    this.#runs.add(run);
  }
}
