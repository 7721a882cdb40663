/** Rounds made into rows and ratios. Pure. */
import type { Sample } from './load/report.ts';

/** The measured result of one path at one number of connections. */
export interface Row extends Sample {
  readonly path: string;
  readonly connections: number;
}

/** What the project wants of a ratio. */
export type Goal = { readonly atLeast: number } | { readonly atMost: number };

export interface Ratio {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

/** @throws RangeError when there is no value */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  if (upper === undefined || lower === undefined) throw new RangeError('the median of nothing');
  return (lower + upper) / 2;
}

/** @param share of the values that are at most as great, 0 to 1. @throws RangeError when there is no value */
export function percentile(values: readonly number[], share: number): number {
  const value = values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)];
  if (value === undefined) throw new RangeError('a percentile of nothing');
  return value;
}

/** @returns the medians over the rounds; errors are added up, so that one bad round shows */
export function toRow(path: string, connections: number, rounds: readonly Sample[]): Row {
  return {
    path,
    connections,
    callsPerS: Math.round(median(rounds.map((round) => round.callsPerS))),
    p50Us: Math.round(median(rounds.map((round) => round.p50Us))),
    p99Us: Math.round(median(rounds.map((round) => round.p99Us))),
    errors: rounds.reduce((sum, round) => sum + round.errors, 0),
  };
}

/**
 * Divides round by round, since the two runs of a round are neighbours in time: what slows the machine slows both.
 * @returns undefined when one of them has no rounds
 */
export function toRatio(numerators: readonly number[], denominators: readonly number[]): Ratio | undefined {
  const ratios = numerators.flatMap((numerator, round) => {
    const denominator = denominators[round];
    return denominator === undefined || denominator === 0 ? [] : [numerator / denominator];
  });
  if (ratios.length === 0) return undefined;
  return { median: median(ratios), lowest: Math.min(...ratios), highest: Math.max(...ratios) };
}

/** @returns whether the median reaches the goal */
export function reaches(goal: Goal, ratio: Ratio): boolean {
  return 'atLeast' in goal ? ratio.median >= goal.atLeast : ratio.median <= goal.atMost;
}
