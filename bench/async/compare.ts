/** What was measured as rows and ratios. Pure. */
import type { Comparison } from '../report.ts';
import { median, percentile, toRatio } from '../statistics.ts';
import type { LaneResult } from './measure.ts';
import { type AsyncRule, asyncRules } from './plan.ts';

export interface LaneRow {
  readonly lane: string;
  /** Medians over the rounds. */
  readonly acceptedPerS: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly finishedPerS: number;
  /** Of all rounds. */
  readonly errors: number;
}

export interface LatencyRow {
  readonly lane: string;
  readonly of: string;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

export function toLaneRow({ lane, accepted, finished }: LaneResult): LaneRow {
  const of = (value: (sample: LaneResult['accepted'][number]) => number): number => Math.round(median(accepted.map(value)));
  return {
    lane,
    acceptedPerS: of(({ callsPerS }) => callsPerS),
    p50Us: of(({ p50Us }) => p50Us),
    p99Us: of(({ p99Us }) => p99Us),
    finishedPerS: Math.round(median(finished)),
    errors: accepted.reduce((sum, { errors }) => sum + errors, 0),
  };
}

export function toLatencyRows({ lane, latencies }: LaneResult): LatencyRow[] {
  return latencies.map(({ of, ms }) => ({
    lane,
    of,
    p50Ms: percentile(ms, 0.5),
    p95Ms: percentile(ms, 0.95),
    p99Ms: percentile(ms, 0.99),
  }));
}

/** @returns the rules whose two lanes were measured */
export function compareLanes(results: readonly LaneResult[]): Comparison[] {
  return asyncRules.flatMap((rule) => compareBy(rule, results));
}

function compareBy({ numerator, denominator, measure, goal }: AsyncRule, results: readonly LaneResult[]): Comparison[] {
  const values = (name: string): readonly number[] => {
    const result = results.find(({ lane }) => lane === name);
    if (result === undefined) return [];
    return measure === 'finished' ? result.finished : result.accepted.map(({ callsPerS }) => callsPerS);
  };
  const ratio = toRatio(values(numerator), values(denominator));
  return ratio === undefined
    ? []
    : [{ title: `${numerator} / ${denominator}`, of: `${measure} per second`, ratio, better: 'higher', goal }];
}
