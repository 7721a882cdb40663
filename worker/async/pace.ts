/** How many attempts a worker has in hand, and when the next guest may start: decisions as functions of numbers. Pure. */

/** Most attempts in hand where guests are short; more slots than this are still all used. */
const mostInHand = 256;
/** Work of a slot that is worth having in hand: some times what claims and ends take on their way to Postgres and back, so that many share one. */
const inHandMs = 100;

/**
 * A worker takes more attempts than it has slots only where guests are so short that it would wait for Postgres most of the time. Those of
 * longer ones another worker could run meanwhile.
 * @param slots  guests that may run at a time
 * @param meanMs recent duration of a guest, undefined when unknown
 * @returns attempts to have in hand: a power of two for each slot, so that it does not change with every guest
 */
export function concurrencyFor(slots: number, meanMs: number | undefined): number {
  if (meanMs === undefined) return slots;
  const perSlot = 2 ** Math.max(0, Math.floor(Math.log2(inHandMs / Math.max(meanMs, 0.01))));
  return Math.max(slots, Math.min(mostInHand, slots * perSlot));
}

/** Exponentially weighted, and no sample is held back as those of outliers are elsewhere: a single long guest must show at once. */
export function meanAfter(meanMs: number | undefined, sampleMs: number): number {
  return meanMs === undefined ? sampleMs : meanMs + (sampleMs - meanMs) / 4;
}

/**
 * @param running  guests of asynchronous attempts in the pool
 * @param capacity what the pool could take now, of either lane
 * @returns whether one more may go to the pool. One always may: a flood of synchronous calls leaves no room, and must not stop the others for good
 */
export function mayStart(slots: number, running: number, capacity: number): boolean {
  return running === 0 || (running < slots && capacity > 0);
}
