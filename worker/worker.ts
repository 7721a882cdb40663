/** A worker: takes invocations, finds their artifacts, lets the pool run them. */
import { BantamError } from '../contracts/errors.ts';
import { type Failure, failure, type Invocation, type Reply } from '../contracts/invocation.ts';
import type { InvocationHandler } from '../queue/port.ts';
import type { WorkerGauges } from '../shared/metrics/worker.ts';
import type { Artifacts } from './artifacts/artifacts.ts';
import type { RunnableArtifact } from './pool/call.ts';
import { Pool, type PoolOptions } from './pool/pool.ts';

export interface WorkerOptions {
  readonly artifacts: Artifacts;
  readonly pool: Omit<PoolOptions, 'onCapacity'>;
}

export class Worker implements InvocationHandler {
  readonly #artifacts: Artifacts;
  readonly #pool: Pool;
  /** Invocations whose artifact is being loaded, with those who wait for their replies. */
  readonly #loading = new Map<string, (reply: Reply) => void>();
  readonly #listeners: (() => void)[] = [];

  constructor(options: WorkerOptions) {
    this.#artifacts = options.artifacts;
    this.#pool = new Pool({ ...options.pool, onCapacity: () => this.#onCapacity() });
  }

  start(): void {
    this.#pool.start();
  }

  /** @returns executors by state */
  census(): ReturnType<Pool['census']> {
    return this.#pool.census();
  }

  /** @returns what metrics tell of executors and caches, but for events */
  gauges(): WorkerGauges {
    return {
      census: this.#pool.census(),
      ...this.#pool.gauges(),
      artifacts: this.#artifacts.lookups,
      artifactBytes: this.#artifacts.cachedBytes,
    };
  }

  capacity(): number {
    return Math.max(0, this.#pool.capacity() - this.#loading.size);
  }

  onCapacity(listener: () => void): void {
    this.#listeners.push(listener);
  }

  run(invocation: Invocation, done: (reply: Reply) => void): void {
    const artifact = this.#artifacts.peek(invocation.target);
    if (artifact !== undefined) this.#pool.run({ invocation, artifact, done });
    else this.#loadAndRun(invocation, done);
  }

  cancel(invocationId: string): boolean {
    return this.#loading.delete(invocationId) || this.#pool.cancel(invocationId);
  }

  stop(invocationId: string): boolean {
    const done = this.#loading.get(invocationId);
    if (done === undefined) return this.#pool.stop(invocationId);
    this.#loading.delete(invocationId);
    done(failure('INVOCATION_CANCELLED', 'the invocation was cancelled while its module was loaded'));
    this.#onCapacity();
    return true;
  }

  /**
   * Ends the executors when everything taken has its reply.
   * @param drained resolves when that is so and nothing more will be handed over: until its last read has ended, a queue still hands over
   * @param graceMs after it running guests are stopped and waiting invocations refused
   */
  async close(drained: Promise<unknown>, graceMs: number): Promise<void> {
    const grace = setTimeout(() => this.abandon(), graceMs);
    await drained;
    clearTimeout(grace);
    await this.#pool.close();
  }

  /** Stops running guests and refuses what waits, so that everything taken has its reply at once. */
  abandon(): void {
    this.#pool.abandon();
  }

  #loadAndRun(invocation: Invocation, done: (reply: Reply) => void): void {
    const { id } = invocation;
    const take = (next: () => void): void => {
      // Not there any more: the caller has gone meanwhile, or another attempt of the same invocation has come.
      if (this.#loading.get(id) === done) {
        this.#loading.delete(id);
        next();
      }
      // What was loading counted against the capacity, which the pool does not know.
      this.#onCapacity();
    };
    const loaded = (artifact: RunnableArtifact): void => take(() => this.#pool.run({ invocation, artifact, done }));
    const failed = (error: unknown): void => take(() => done(describe(error)));
    this.#loading.set(id, done);
    void this.#artifacts.load(invocation.target).then(loaded, failed);
  }

  #onCapacity(): void {
    for (const listener of this.#listeners) listener();
  }
}

function describe(error: unknown): Failure {
  if (error instanceof BantamError) return failure(error.code, error.message, error.extra);
  return failure('INTERNAL', `the module could not be prepared: ${error instanceof Error ? error.message : String(error)}`);
}
