/** How many attempts wait, known well enough to refuse more, without asking Postgres for each. */
import { BantamError } from '../../contracts/errors.ts';

export interface BacklogOptions {
  /** @returns how many wait, at most `atMost` */
  readonly count: (atMost: number) => Promise<number>;
  readonly max: number;
  /** Told when a look failed. */
  readonly onFault: (error: unknown) => void;
}

const lookEveryMs = 1_000;
const retryAfterMs = 5_000;

export class Backlog {
  readonly #options: BacklogOptions;
  /** At the last look, and what came since. Undefined before the first look. */
  #waiting: number | undefined;
  #nextLookMs = Number.NEGATIVE_INFINITY;
  #look: Promise<void> | undefined;

  constructor(options: BacklogOptions) {
    this.#options = options;
  }

  /** Counts one more. @throws BantamError ASYNC_BACKLOG_FULL */
  async enter(): Promise<void> {
    if (performance.now() >= this.#nextLookMs) this.#look ??= this.#count().finally(() => (this.#look = undefined));
    if (this.#waiting === undefined) await this.#look;
    const waiting = this.#waiting ?? 0;
    if (waiting >= this.#options.max)
      throw new BantamError('ASYNC_BACKLOG_FULL', `${this.#options.max} asynchronous invocations are waiting`, { retryAfterMs });
    this.#waiting = waiting + 1;
  }

  async #count(): Promise<void> {
    try {
      this.#waiting = await this.#options.count(this.#options.max);
    } catch (error) {
      // What is known stays; when Postgres is away, accepting says so itself.
      this.#options.onFault(error);
    }
    this.#nextLookMs = performance.now() + lookEveryMs;
  }
}
