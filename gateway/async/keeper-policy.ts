/** What the keeper decides: who is silent for too long, and what becomes of attempts that nobody else ends. Pure. */
import { asyncPolicyOf, destinationsOf } from '../../contracts/async.ts';
import type { FunctionConfig } from '../../contracts/function.ts';
import { judgeAttempt } from '../../queue/async/retry.ts';
import type { AttemptEnd, OrphanedAttempt, Verdict } from '../../registry/invocations/port.ts';

/** Beats that stand still for so long are those of a lost worker. */
export const silenceMs = 3_000;
/** Between two looks. Past it nobody knows what was in between: Postgres may have been away for the workers as well. */
export const maxLookGapMs = 2_000;

/** What was seen at the looks so far, all of which succeeded. */
export interface Sightings {
  /** Monotonic milliseconds of the last look. */
  readonly atMs: number;
  readonly workers: ReadonlyMap<string, { readonly beats: string; readonly sinceMs: number }>;
}

export interface SeenWorker {
  readonly id: string;
  readonly beats: string;
}

/**
 * @param before undefined when there was no look before, or the last one failed
 * @param nowMs  monotonic milliseconds
 * @returns what is known now, and the workers to be given up
 */
export function sight<W extends SeenWorker>(
  before: Sightings | undefined,
  listed: readonly W[],
  nowMs: number,
): { readonly sightings: Sightings; readonly silent: readonly W[] } {
  const trusted = before !== undefined && nowMs - before.atMs <= maxLookGapMs ? before : undefined;
  const workers = new Map(
    listed.map(({ id, beats }) => {
      const seen = trusted?.workers.get(id);
      return [id, { beats, sinceMs: seen?.beats === beats ? seen.sinceMs : nowMs }];
    }),
  );
  const silent = listed.filter(({ id }) => nowMs - (workers.get(id)?.sinceMs ?? nowMs) >= silenceMs);
  return { sightings: { atMs: nowMs, workers }, silent };
}

/**
 * The end of an attempt whose worker is lost, or of an invocation that grew too old while it waited.
 * @param config undefined when its version was deleted
 * @param random from 0 to below 1
 * @param nowMs  epoch milliseconds
 */
export function endOfOrphan(orphan: OrphanedAttempt, config: FunctionConfig | undefined, random: number, nowMs: number): AttemptEnd {
  const { id, attempt, status: from, tries, losses, crashes, callbackUrl } = orphan;
  const code = from === 'running' ? 'WORKER_LOST' : 'INVOCATION_EXPIRED';
  const verdict: Verdict =
    from === 'running'
      ? judgeAttempt(orphan, { ok: false, code: 'WORKER_LOST' }, asyncPolicyOf(config?.async), random, nowMs)
      : { tries, losses, crashes, status: 'dead', reason: 'age' };
  const detail = from === 'running' ? 'the worker that ran it gave no sign of life any more' : 'it waited until it was too old to start';
  return {
    id,
    attempt,
    from,
    verdict,
    outcome: { failure: { code, detail, extra: undefined } },
    destinations: verdict.status === 'queued' ? [] : destinationsOf(config?.async, callbackUrl, verdict.status),
  };
}
