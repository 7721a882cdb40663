/** Does the same thing again and again, never twice at a time, until it is closed. */

export interface RoundsOptions {
  /** @returns milliseconds until the next round, 0 for at once */
  readonly work: () => Promise<number>;
  /** Told of the first failure in a row. */
  readonly onError: (error: unknown) => void;
}

const afterErrorMs = 1_000;

export class Rounds {
  readonly #options: RoundsOptions;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void>;
  #failing = false;
  #woken = false;
  #closed = false;

  constructor(options: RoundsOptions) {
    this.#options = options;
    this.#round = this.#run();
  }

  /** The next round begins now, or right after the one under way. */
  wake(): void {
    if (this.#timer === undefined) this.#woken = true;
    else this.#begin();
  }

  /** Waits for the round under way. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#round;
  }

  async #run(): Promise<void> {
    const pauseMs = await this.#attempt();
    if (this.#closed) return;
    this.#timer = setTimeout(() => this.#begin(), this.#woken ? 0 : pauseMs);
  }

  #begin(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#woken = false;
    this.#round = this.#run();
  }

  async #attempt(): Promise<number> {
    try {
      const pauseMs = await this.#options.work();
      this.#failing = false;
      return pauseMs;
    } catch (error) {
      if (!this.#failing) this.#options.onError(error);
      this.#failing = true;
      return afterErrorMs;
    }
  }
}
