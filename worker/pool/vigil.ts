/** Keeps the event loop awake while one short call runs and there is no other: to be woken up takes longer than such a call (docs/decisions/0017). */

export const vigilLimits = {
  /** So many calls in a row, each of which found no other, are a caller that waits for each answer. With more callers somebody else needs the processor. */
  callsAlone: 16,
  /** Longest mean duration of a call that is waited for awake. */
  meanUs: 100,
  /** Longest vigil, from the moment the call is handed over. */
  awakeUs: 150,
} as const;

export interface VigilOptions {
  /** Calls taken and not yet answered. */
  readonly outstanding: () => number;
  readonly nowUs: () => number;
  /** Runs something in the next turn of the event loop, which does not sleep until then: `setImmediate`. */
  readonly nextTurn: (watch: () => void) => void;
}

export class Vigil {
  readonly #options: VigilOptions;
  #callsAlone = 0;
  #untilUs = 0;
  readonly #watch = (): void => {
    const { outstanding, nowUs, nextTurn } = this.#options;
    if (outstanding() === 1 && nowUs() < this.#untilUs) nextTurn(this.#watch);
  };

  constructor(options: VigilOptions) {
    this.#options = options;
  }

  /** A call has come, and is counted among the outstanding. */
  came(): void {
    this.#callsAlone = this.#options.outstanding() === 1 ? this.#callsAlone + 1 : 0;
  }

  /** Calls were handed to an executor. @param meanUs recent duration of one of them, undefined when unknown */
  keep(meanUs: number | undefined): void {
    if (this.#callsAlone < vigilLimits.callsAlone || meanUs === undefined || meanUs > vigilLimits.meanUs) return;
    const { nowUs, nextTurn } = this.#options;
    this.#untilUs = nowUs() + vigilLimits.awakeUs;
    nextTurn(this.#watch);
  }
}
