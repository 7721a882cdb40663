/** Counts calls and failures of the last while. Pure: the clock comes from outside. */

export interface Counts {
  readonly calls: number;
  readonly failed: number;
}

interface Slice {
  /** Number of the slice since the epoch. */
  readonly number: number;
  calls: number;
  failed: number;
}

/** The window moves on in steps of a tenth of it. */
const slicesPerWindow = 10;

export class GuardWindow {
  readonly #sliceMs: number;
  /** Oldest first; none without calls. */
  #slices: Slice[] = [];

  constructor(windowMs: number) {
    this.#sliceMs = windowMs / slicesPerWindow;
  }

  /** @param nowMs of a clock that does not go back. @returns what the window holds, this call included */
  record(nowMs: number, failed: boolean): Counts {
    const number = Math.floor(nowMs / this.#sliceMs);
    if ((this.#slices[0]?.number ?? number) <= number - slicesPerWindow) {
      this.#slices = this.#slices.filter((slice) => slice.number > number - slicesPerWindow);
    }
    let slice = this.#slices.at(-1);
    if (slice?.number !== number) {
      slice = { number, calls: 0, failed: 0 };
      this.#slices.push(slice);
    }
    slice.calls += 1;
    if (failed) slice.failed += 1;
    return this.#slices.reduce((sum, one) => ({ calls: sum.calls + one.calls, failed: sum.failed + one.failed }), { calls: 0, failed: 0 });
  }
}
