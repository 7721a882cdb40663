/** The engine within one process: attempts wait in memory. It forgets them when the process ends, as every engine may. */
import { attemptKey } from './attempt-key.ts';
import { DueHeap } from './due-heap.ts';
import type { AsyncConsumer, AsyncHandler, AsyncProducer, AttemptName, DueAttempt } from './port.ts';

/** Both ends share one queue; each is closed on its own. */
export function createLocalEngine(): { producer: AsyncProducer; consumer: AsyncConsumer } {
  const engine = new LocalEngine();
  return {
    producer: {
      enqueue: async (attempts) => engine.enqueue(attempts),
      missing: async (attempts) => attempts.filter((attempt) => !engine.has(attempt)),
      ready: () => true,
      close: async () => engine.forget(),
    },
    consumer: {
      start: async (handler) => engine.start(handler),
      ready: () => engine.taking,
      close: () => engine.stop(),
    },
  };
}

/** The longest that setTimeout waits. */
const maxTimerMs = 2_147_483_647;

class LocalEngine {
  /** Keys of all that waits or runs. */
  readonly #keys = new Set<string>();
  readonly #waiting = new DueHeap<AttemptName>();
  readonly #running = new Set<Promise<void>>();
  #handler: AsyncHandler | undefined;
  #timer: NodeJS.Timeout | undefined;

  get taking(): boolean {
    return this.#handler !== undefined;
  }

  has(attempt: AttemptName): boolean {
    return this.#keys.has(attemptKey(attempt));
  }

  enqueue(attempts: readonly DueAttempt[]): void {
    const nowMs = performance.now();
    for (const { id, attempt, delayMs } of attempts) {
      const item = { id, attempt };
      if (this.has(item)) continue;
      this.#keys.add(attemptKey(item));
      this.#waiting.push({ atMs: nowMs + delayMs, item });
    }
    this.#deliver();
  }

  start(handler: AsyncHandler): void {
    this.#handler = handler;
    handler.onConcurrency(() => this.#deliver());
    this.#deliver();
  }

  async stop(): Promise<void> {
    this.#handler = undefined;
    clearTimeout(this.#timer);
    await Promise.all(this.#running);
  }

  forget(): void {
    clearTimeout(this.#timer);
    while (this.#waiting.pop() !== undefined);
    this.#keys.clear();
  }

  #deliver(): void {
    const handler = this.#handler;
    clearTimeout(this.#timer);
    if (handler === undefined) return;
    for (let next = this.#waiting.peek(); next !== undefined; next = this.#waiting.peek()) {
      const inMs = next.atMs - performance.now();
      if (inMs > 0) {
        // A timer may fire a moment early.
        this.#timer = setTimeout(() => this.#deliver(), Math.min(Math.ceil(inMs), maxTimerMs));
        return;
      }
      if (this.#running.size >= handler.concurrency()) return;
      this.#waiting.pop();
      this.#run(handler, next.item);
    }
  }

  #run(handler: AsyncHandler, attempt: AttemptName): void {
    const run = handler.run(attempt).finally(() => {
      this.#running.delete(run);
      this.#keys.delete(attemptKey(attempt));
      this.#deliver();
    });
    this.#running.add(run);
  }
}
