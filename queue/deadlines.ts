/** One coarse timer for the deadlines of all calls in flight, instead of a timer per call. */

/** How late a deadline may be noticed. */
const sweepMs = 50;

/** How long after its deadline a call that was taken may still be answered, before it is ANSWER_OVERDUE. */
export const answerGraceMs = 1_000;

export class DeadlineSweep {
  readonly #sweep: (nowMs: number) => number;
  #timer: NodeJS.Timeout | undefined;

  /** @param sweep called every 50 ms with epoch milliseconds; returns how many calls are left: with none the timer stops */
  constructor(sweep: (nowMs: number) => number) {
    this.#sweep = sweep;
  }

  /** Call it with every new call; it costs nothing while the timer runs. */
  watch(): void {
    this.#timer ??= setInterval(() => {
      if (this.#sweep(Date.now()) === 0) this.stop();
    }, sweepMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
