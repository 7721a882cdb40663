/** What `kinds` compares, and what is wanted of it. */
import type { RatioRule } from '../rounds.ts';
import type { Goal } from '../statistics.ts';
import type { GuestName } from './guest.ts';

/** Of an instance in its initial state and a call inside an executor: by how much the time of another contender is that of ours. */
export const insideGoals: readonly { readonly guest: GuestName; readonly contender: string; readonly goal: Goal }[] = [
  { guest: 'command-hello', contender: 'node:wasi', goal: { atLeast: 3 } },
  { guest: 'component-person', contender: 'jco glue', goal: { atLeast: 2.5 } },
  { guest: 'http-hello', contender: 'jco glue', goal: { atLeast: 4 } },
];

/**
 * How much more memory may be in use after the calls of a run. Live: 50 bytes a call, of which a leak of anything would be more. Resident: what
 * V8's and malloc's pools go up and down by; a leaked instance is 25 KB.
 */
export const mostGrown = { liveBytes: 1_048_576, rssBytes: 33_554_432 } as const;

const peers = ['jco-serve-fresh', 'jco-serve-reused', 'wasmtime-serve-pooled', 'wasmtime-serve-unpooled'];

export const servedRatios: readonly RatioRule[] = peers.flatMap((denominator): RatioRule[] => [
  { numerator: 'http-hello', denominator, connections: 64, measure: 'callsPerS' },
  { numerator: 'http-hello', denominator, connections: 1, measure: 'p50Us' },
]);
