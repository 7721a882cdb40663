/** How many executors, how many calls at once: decisions as functions of numbers. Pure. */

/** Executors by what they do. `long`: running a call for longer than `longCallMs`. */
export interface PoolCensus {
  readonly booting: number;
  readonly idle: number;
  /** Busy with a call, long ones included. */
  readonly busy: number;
  readonly long: number;
}

export interface PoolSize {
  /** Calls that run at the same time as long as they are short: usually the cores. */
  readonly size: number;
  /** Calls that run at the same time, long ones included. */
  readonly max: number;
}

/** Past this mean duration (microseconds) calls are handed over one by one. */
const shortCallUs = 500;
/** Most calls handed to an executor at once, and the work they may add up to. */
export const maxBatch = 16;
const maxBatchUs = 1_000;
/** Less work than this is not worth waking a second executor for: a wake-up costs both sides tens of microseconds. */
const worthwhileBatchUs = 250;

/**
 * A call that turned out long gives its slot back, so that a few slow or endless calls never hold up the others; the machine then shares
 * its cores between more processes, up to `max`.
 * @returns executors that may take a call now, whether or not they are there yet
 */
export function freeSlots(census: PoolCensus, pool: PoolSize): number {
  return Math.max(0, Math.min(pool.size - (census.busy - census.long), pool.max - census.busy));
}

/**
 * @param waiting calls that no executor has
 * @returns executors to start: as many as run short calls, plus one warm spare; and beyond that one at a time, when calls have slots but
 *   no executor. One at a time, since on a busy machine every call looks long, and starting many processes would make it busier still.
 */
export function executorsToBoot(census: PoolCensus, pool: PoolSize, waiting: number): number {
  const living = census.booting + census.idle + census.busy;
  const missing = pool.size + 1 - living;
  if (missing > 0) return missing;
  const wanting = waiting > 0 && census.idle === 0 && census.booting === 0 && freeSlots(census, pool) > 0;
  return wanting && living <= pool.max ? 1 : 0;
}

/** @returns executors beyond the usual number, of which idle ones can go */
export function surplusExecutors(census: PoolCensus, pool: PoolSize): number {
  const living = census.booting + census.idle + census.busy;
  return Math.max(0, Math.min(census.idle, living - (pool.size + 1)));
}

/**
 * @param waiting calls that wait now
 * @param takers  executors that could take them now
 * @param meanUs  recent duration of such a call, undefined when unknown
 * @returns how many to hand to one executor: its fair share, when they are known to be short
 */
export function batchSize(waiting: number, takers: number, meanUs: number | undefined): number {
  if (meanUs === undefined || meanUs > shortCallUs) return 1;
  const share = Math.ceil(waiting / Math.max(1, takers));
  const worthwhile = Math.floor(worthwhileBatchUs / Math.max(1, meanUs));
  return Math.max(1, Math.min(Math.max(share, worthwhile), maxBatch, Math.floor(maxBatchUs / Math.max(1, meanUs))));
}

/**
 * @param waiting     calls taken that no executor has
 * @param outstanding calls taken and not yet answered
 * @param meanUs      recent duration of all calls
 * @returns how many more calls to take from the queue: what can start now, or a little more where calls are so short that fetching them
 *   one by one would cost more than running them
 */
export function intake(census: PoolCensus, pool: PoolSize, waiting: number, outstanding: number, meanUs: number | undefined): number {
  const startable = Math.max(0, freeSlots(census, pool) - waiting);
  if (meanUs === undefined || meanUs > shortCallUs || census.long > 0) return startable;
  const inHand = pool.size * maxBatch;
  const room = inHand - outstanding;
  return room >= inHand / 4 ? room : 0;
}

/**
 * Exponentially weighted mean, weight 1/8. A sample counts for four times the mean at most: a process that had to wait for its core must
 * not make a short call look long, while a function that really became slow shows within a few calls.
 */
export function ewma(mean: number | undefined, sample: number): number {
  return mean === undefined ? sample : mean + (Math.min(sample, mean * 4 + 1) - mean) / 8;
}
