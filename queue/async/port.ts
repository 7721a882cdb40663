/**
 * How attempts of asynchronous invocations get to workers. It carries names of attempts only and may lose all of them at any moment:
 * Postgres is the record, and a sweep puts back what is missing here. Two adapters: local.ts and bullmq.ts.
 */

/** One attempt: of an invocation, with as many attempts started before it. The engine has each once, however often it is enqueued. */
export interface AttemptName {
  readonly id: string;
  /** Attempts started before; 0 for the first. */
  readonly attempt: number;
}

export interface DueAttempt extends AttemptName {
  /** Milliseconds from now before which it is not delivered. */
  readonly delayMs: number;
}

export interface AsyncProducer {
  /** Safe to repeat. @throws Error when it is not known whether they are kept */
  enqueue(attempts: readonly DueAttempt[]): Promise<void>;
  /** @returns those that are neither waiting nor being made, in order. @throws Error when it cannot be known */
  missing<A extends AttemptName>(attempts: readonly A[]): Promise<readonly A[]>;
  /** Whether attempts can be enqueued now. Cheap: state, not a probe. */
  ready(): boolean;
  close(): Promise<void>;
}

/** What a worker offers. */
export interface AsyncHandler {
  /** How many attempts may be under way at once, now: at least 1. */
  concurrency(): number;
  /** The handler calls `listener` whenever `concurrency()` has changed. */
  onConcurrency(listener: () => void): void;
  /** Makes an attempt. Never rejects; what goes wrong is in the record, or the sweep delivers it again. */
  run(attempt: AttemptName): Promise<void>;
}

export interface AsyncConsumer {
  /** Starts taking attempts; resolves once that has begun (the engine may still be out of reach: it keeps trying). */
  start(handler: AsyncHandler): Promise<void>;
  ready(): boolean;
  /** Takes no more, waits for what was taken, then lets go of everything. */
  close(): Promise<void>;
}
