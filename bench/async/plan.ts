/** How much `async` measures, what it compares, and what is wanted of it. */
import type { Goal } from '../statistics.ts';

export interface AsyncPace {
  readonly rounds: number;
  readonly warmUpSeconds: number;
  /** Of one lane's load, in one round. */
  readonly seconds: number;
  /** Handed in at once, and timed to the end of the last. */
  readonly finished: number;
  readonly latency: { readonly perSecond: number; readonly count: number };
  readonly growth: { readonly steps: number; readonly perStep: number };
}

export const asyncPaces: Readonly<Record<'full' | 'quick', AsyncPace>> = {
  full: {
    rounds: 3,
    warmUpSeconds: 3,
    seconds: 5,
    finished: 20_000,
    latency: { perSecond: 10, count: 300 },
    growth: { steps: 5, perStep: 10_000 },
  },
  quick: {
    rounds: 3,
    warmUpSeconds: 3,
    seconds: 1,
    finished: 2_000,
    latency: { perSecond: 10, count: 50 },
    growth: { steps: 5, perStep: 1_000 },
  },
};

export interface AsyncRule {
  readonly numerator: string;
  readonly denominator: string;
  readonly measure: 'accepted' | 'finished';
  readonly goal?: Goal;
}

export const asyncRules: readonly AsyncRule[] = ['bullmq-add', 'bullmq-http'].flatMap((denominator): AsyncRule[] => [
  { numerator: 'bantam', denominator, measure: 'accepted', goal: { atLeast: 0.5 } },
  { numerator: 'bantam', denominator, measure: 'finished' },
]);

/** How much Redis' memory at the last step may be over that at the first. */
export const mostGrown = 1.1;
/** Readings at each step: what they differ by is noise. */
export const readingsPerStep = 5;
