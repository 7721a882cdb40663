/** Clocks of both WASI hosts. One millisecond is the finest a guest sees: finer clocks tell guests about each other. */

export const clockResolutionNs = 1_000_000n;

/** What `sleepUntilMs` waits on. Nobody writes to it. */
const pillow = new Int32Array(new SharedArrayBuffer(4));
/** Longest single wait; a sleep is as many as it needs. */
const sliceMs = 60_000;

/** Epoch nanoseconds. */
export function realtimeNs(): bigint {
  return BigInt(Date.now()) * clockResolutionNs;
}

/** Nanoseconds since some point in the past; never goes back. */
export function monotonicNs(): bigint {
  return BigInt(monotonicMs()) * clockResolutionNs;
}

/** The same clock in whole milliseconds. */
export function monotonicMs(): number {
  return Math.floor(performance.now());
}

/**
 * Sleeps without using the processor; the worker ends what sleeps past its deadline.
 * @param atMs of the monotonic clock; may be infinite, or past
 */
export function sleepUntilMs(atMs: number): void {
  for (let left = atMs - performance.now(); left > 0; left = atMs - performance.now()) {
    Atomics.wait(pillow, 0, 0, Math.min(left, sliceMs));
  }
}
