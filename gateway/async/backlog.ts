/** How many attempts wait, known well enough to refuse more, without asking Postgres for each. */
import type { BantamError } from '../../contracts/errors.ts';

export interface BacklogOptions {
  /** @returns how many wait, at most `atMost` */
  readonly count: (atMost: number) => Promise<number>;
  readonly max: number;
  /** What to say when as many wait. */
  readonly refusal: () => BantamError;
  /** Told when a look failed. */
  readonly onFault: (error: unknown) => void;
}

const lookEveryMs = 1_000;
/** Of the time between two looks to what one takes: looking at a long backlog must not be what Postgres is busy with. */
const restPerLook = 9;

export class Backlog {
  readonly #options: BacklogOptions;
  /** At the last look, and what came since. Undefined before the first look. */
  #waiting: number | undefined;
  #nextLookMs = Number.NEGATIVE_INFINITY;
  #look: Promise<void> | undefined;

  constructor(options: BacklogOptions) {
    this.#options = options;
  }

  /** Counts one more. @throws BantamError `refusal` */
  async enter(): Promise<void> {
    if (performance.now() >= this.#nextLookMs) this.#look ??= this.#count().finally(() => (this.#look = undefined));
    if (this.#waiting === undefined) await this.#look;
    const waiting = this.#waiting ?? 0;
    if (waiting >= this.#options.max) throw this.#options.refusal();
    this.#waiting = waiting + 1;
  }

  async #count(): Promise<void> {
    const beganMs = performance.now();
    try {
      this.#waiting = await this.#options.count(this.#options.max);
    } catch (error) {
      // What is known stays; when Postgres is away, accepting says so itself.
      this.#options.onFault(error);
    }
    const nowMs = performance.now();
    this.#nextLookMs = nowMs + Math.max(lookEveryMs, (nowMs - beganMs) * restPerLook);
  }
}
