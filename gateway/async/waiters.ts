/** Long polls: those who wait for invocations to be finished share one question at a time. */

export interface WaitersOptions {
  /** @returns those of `ids` that need not be waited for any more */
  readonly finished: (ids: readonly string[]) => Promise<ReadonlySet<string>>;
}

/** Without being woken: notifications can be missed. */
const lookEveryMs = 1_000;

export class Waiters {
  readonly #finished: WaitersOptions['finished'];
  /** By id: what ends their waits. */
  readonly #waiting = new Map<string, Set<() => void>>();
  #timer: NodeJS.Timeout | undefined;
  #looking = false;
  #lookAgain = false;
  #closed = false;

  constructor({ finished }: WaitersOptions) {
    this.#finished = finished;
  }

  /**
   * Resolves when the invocation is finished or gone, when the time is over, or when nobody waits any more.
   * @param ms at most
   * @param signal aborted when the caller hung up
   */
  async wait(id: string, ms: number, signal: AbortSignal): Promise<void> {
    if (this.#closed || signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => resolve(), { once: true });
    this.#add(id, resolve);
    this.wake();
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#remove(id, resolve);
    }
  }

  /** Something was finished: looks at once, or right after the look under way. */
  wake(): void {
    if (this.#looking) this.#lookAgain = true;
    else if (this.#waiting.size > 0) void this.#look();
  }

  /** Ends all waits, now and later. */
  close(): void {
    this.#closed = true;
    for (const id of this.#waiting.keys()) this.#release(id);
  }

  async #look(): Promise<void> {
    this.#looking = true;
    do {
      this.#lookAgain = false;
      // When Postgres is away there is nothing to say; the next look asks again.
      const finished = await this.#finished([...this.#waiting.keys()]).catch(() => []);
      for (const id of finished) this.#release(id);
    } while (this.#lookAgain && this.#waiting.size > 0);
    this.#looking = false;
  }

  #add(id: string, resolve: () => void): void {
    const waits = this.#waiting.get(id) ?? new Set();
    this.#waiting.set(id, waits.add(resolve));
    this.#timer ??= setInterval(() => this.wake(), lookEveryMs);
  }

  #remove(id: string, resolve: () => void): void {
    const waits = this.#waiting.get(id);
    waits?.delete(resolve);
    if (waits?.size === 0) this.#waiting.delete(id);
    if (this.#waiting.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #release(id: string): void {
    for (const resolve of this.#waiting.get(id) ?? []) resolve();
  }
}
