/** The counts of a histogram in plain numbers: one entry is a few nanoseconds, with nothing to look up. */
import type { Sample } from './read-metric.ts';

/** Seconds, 50 us to 60 s: a fresh instance of a small module takes tens of microseconds, a slow guest many seconds. */
export const durationBuckets: readonly number[] = [
  0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
];

export class Tally {
  /** By bucket; what is beyond the last one is counted in `count` alone. */
  readonly #counts = new Float64Array(durationBuckets.length);
  #count = 0;
  #sum = 0;

  get count(): number {
    return this.#count;
  }

  /** @param seconds below zero counts as zero: two clocks were compared */
  add(seconds: number): void {
    const value = Math.max(0, seconds);
    this.#count++;
    this.#sum += value;
    for (let i = 0; i < durationBuckets.length; i++) {
      if (value > (durationBuckets[i] as number)) continue;
      this.#counts[i] = (this.#counts[i] as number) + 1;
      return;
    }
  }

  /** @returns the counts of all of them together */
  static sum(tallies: Iterable<Tally>): Tally {
    const total = new Tally();
    for (const tally of tallies) {
      total.#count += tally.#count;
      total.#sum += tally.#sum;
      for (let i = 0; i < durationBuckets.length; i++) total.#counts[i] = (total.#counts[i] as number) + (tally.#counts[i] as number);
    }
    return total;
  }

  /**
   * @param name   of the histogram
   * @param bounds some of durationBuckets, ascending
   */
  samples(name: string, labels: Sample['labels'], bounds = durationBuckets): Sample[] {
    const samples: Sample[] = [];
    let below = 0;
    let next = 0;
    for (const le of bounds) {
      for (; next < durationBuckets.length && (durationBuckets[next] as number) <= le; next++) below += this.#counts[next] as number;
      samples.push({ metricName: `${name}_bucket`, labels: { ...labels, le }, value: below });
    }
    samples.push(
      { metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: this.#count },
      { metricName: `${name}_sum`, labels, value: this.#sum },
      { metricName: `${name}_count`, labels, value: this.#count },
    );
    return samples;
  }
}
