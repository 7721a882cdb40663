/** How many executors, whose, and how many calls at once: decisions as functions of numbers. Pure. */

/** Executors by what they do. `long`: running a call for longer than `longCallMs`. */
export interface PoolCensus {
  readonly booting: number;
  readonly idle: number;
  /** Busy with a call, long ones included. */
  readonly busy: number;
  readonly long: number;
  /** Of the idle: those that have run no guest yet. */
  readonly unused: number;
  /** Whether they have run guests of more than one namespace. */
  readonly divided: boolean;
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
/** An executor idle for so long is not between two calls of a busy namespace: starting a process takes a tenth of it. */
const settledMs = 1_000;
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
 * @returns executors to start, whatever waits: as many as run short calls, plus one warm spare; where namespaces have divided them, one that
 *   none of them has used
 */
export function executorsToBoot(census: PoolCensus, pool: PoolSize): number {
  const missing = pool.size + 1 - living(census);
  if (missing > 0) return missing;
  return census.divided && census.unused === 0 && census.booting === 0 && living(census) <= pool.max ? 1 : 0;
}

/** What a namespace whose calls wait finds. */
export interface Standing {
  /** Idle executors that may take its calls: its own, and those that have run no guest yet. */
  readonly fitting: number;
  /** Living ones that have run its guests, and of these the ones that are busy with a short call. */
  readonly own: number;
  readonly short: number;
}

/**
 * What to do for a namespace whose calls wait: start an executor, beyond the usual number; or in place of an idle one of another namespace, that
 * idles for `settledMs` at least where the namespace will have one of its own soon. One at a time, since on a busy machine every call looks long, and
 * starting many processes would make it busier still. A namespace without any executor gets one also while others take all slots: its
 * turn comes once it can use a slot.
 */
export function relief(
  census: PoolCensus,
  pool: PoolSize,
  { fitting, own, short }: Standing,
): 'none' | 'boot' | { readonly idleForMs: number } {
  if (fitting > 0 || census.booting > 0 || (own > 0 && freeSlots(census, pool) === 0)) return 'none';
  if (living(census) <= pool.max) return 'boot';
  return { idleForMs: short > 0 ? settledMs : 0 };
}

/** What is needed of an idle executor to choose one. */
export interface Taker {
  /** Whose guests it has run; undefined: nobody's yet. */
  readonly namespace: string | undefined;
  readonly loaded: { has(artifactKey: string): boolean };
}

/**
 * @returns the index of the idle executor for a call: where the module is compiled already, else one of the namespace, else one that has run no
 *   guest yet; -1 when all are of other namespaces
 */
export function chooseTaker(idle: readonly Taker[], namespace: string, artifactKey: string): number {
  const warm = idle.findIndex((taker) => taker.namespace === namespace && taker.loaded.has(artifactKey));
  if (warm >= 0) return warm;
  const own = idle.findIndex((taker) => taker.namespace === namespace);
  return own >= 0 ? own : idle.findIndex((taker) => taker.namespace === undefined);
}

/** @returns executors beyond the usual number, of which idle ones can go */
export function surplusExecutors(census: PoolCensus, pool: PoolSize): number {
  return Math.max(0, Math.min(census.idle, living(census) - (pool.size + 1)));
}

function living({ booting, idle, busy }: PoolCensus): number {
  return booting + idle + busy;
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
 * @param stranded    of the waiting: those for which an executor is only now started; up to some of them do not hold up the others
 * @returns how many more calls to take from the queue: what can start now, or a little more where calls are so short that fetching them
 *   one by one would cost more than running them
 */
export function intake(
  census: PoolCensus,
  pool: PoolSize,
  waiting: number,
  outstanding: number,
  meanUs: number | undefined,
  stranded: number = 0,
): number {
  const inHand = pool.size * maxBatch;
  const aside = Math.min(stranded, waiting, inHand);
  const startable = Math.max(0, freeSlots(census, pool) - (waiting - aside));
  if (meanUs === undefined || meanUs > shortCallUs || census.long > 0) return startable;
  const room = inHand - (outstanding - aside);
  return room >= inHand / 4 ? room : 0;
}

/**
 * Exponentially weighted mean, weight 1/8. A sample counts for four times the mean at most: a process that had to wait for its core must
 * not make a short call look long, while a function that really became slow shows within a few calls.
 */
export function ewma(mean: number | undefined, sample: number): number {
  return mean === undefined ? sample : mean + (Math.min(sample, mean * 4 + 1) - mean) / 8;
}
