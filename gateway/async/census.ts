/** Counts what the record holds, again and again, where this gateway leads; for metrics, which must not ask Postgres while they are read. */
import type { Census } from '../../registry/invocations/census.ts';
import { Rounds } from './rounds.ts';

export interface CensusTakerOptions {
  readonly leader: { readonly leading: boolean };
  readonly count: () => Promise<Census>;
  /** Told of the first failure in a row. */
  readonly onError: (error: unknown) => void;
}

const lookEveryMs = 5_000;
/** Between two looks whether this gateway leads now. */
const standbyMs = 1_000;
/** Counting never takes a larger share of the time than one in so many. */
const mostShare = 20;

/** Counts from construction until `close()`. */
export class CensusTaker {
  readonly #options: CensusTakerOptions;
  readonly #rounds: Rounds;
  #last: Census | undefined;

  constructor(options: CensusTakerOptions) {
    this.#options = options;
    this.#rounds = new Rounds({ work: () => this.#look(), onError: options.onError });
  }

  /** What was counted last; undefined where this gateway does not lead, or Postgres is away. */
  get last(): Census | undefined {
    return this.#options.leader.leading ? this.#last : undefined;
  }

  /** Waits for what is under way. */
  close(): Promise<void> {
    return this.#rounds.close();
  }

  async #look(): Promise<number> {
    if (!this.#options.leader.leading) return standbyMs;
    const beganMs = performance.now();
    const counted = this.#options.count();
    this.#last = await counted.catch(() => undefined);
    await counted;
    return Math.max(lookEveryMs, (performance.now() - beganMs) * mostShare);
  }
}
