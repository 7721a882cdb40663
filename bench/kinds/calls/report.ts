/** What a process that made calls reports, and what was asked of it: they travel as JSON. Pure. */
import { median } from '../../statistics.ts';

/** Calls for so long. */
export interface TimingOrder {
  readonly measure: 'timing';
  readonly warmUpMs: number;
  readonly measuredMs: number;
}

/** So many calls. */
export interface MemoryOrder {
  readonly measure: 'memory';
  readonly warmUpCalls: number;
  readonly calls: number;
}

/** Of one call each, in microseconds. */
export interface Timing {
  readonly calls: number;
  /** Processor time of the whole process, compiling and collecting garbage included; null where the work is done in another. */
  readonly cpuUs: number | null;
  readonly medianUs: number;
  readonly meanUs: number;
  readonly p99Us: number;
}

/** Resident memory in bytes, after the warm-up and then at even distances; the last sample is after the last call. */
export interface Memory {
  readonly calls: number;
  readonly rssBytes: readonly number[];
  /** What is in use after a full garbage collection: how much more it is than before the calls. */
  readonly liveGrownBytes: number;
}

export type Report = { readonly timing: Timing } | { readonly memory: Memory } | { readonly absent: string };

/** @param timesUs not empty */
export function toTiming(timesUs: readonly number[], totalCpuUs: number | null): Timing {
  const sorted = Float64Array.from(timesUs).toSorted();
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  const { length: calls } = sorted;
  return {
    calls,
    cpuUs: totalCpuUs === null ? null : totalCpuUs / calls,
    medianUs: at(0.5),
    meanUs: sorted.reduce((sum, us) => sum + us, 0) / calls,
    p99Us: at(0.99),
  };
}

export interface Growth {
  readonly calls: number;
  /** Resident memory: medians of the first and of the last quarter of the samples. One against another would tell when V8 last collected. */
  readonly firstRssBytes: number;
  readonly lastRssBytes: number;
  readonly liveGrownBytes: number;
}

export function growthOf({ calls, rssBytes, liveGrownBytes }: Memory): Growth {
  const quarter = Math.max(1, Math.floor(rssBytes.length / 4));
  return { calls, firstRssBytes: median(rssBytes.slice(0, quarter)), lastRssBytes: median(rssBytes.slice(-quarter)), liveGrownBytes };
}
