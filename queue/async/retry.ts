/** What follows from the end of an attempt: policy as a function of data. Pure: no clock, no chance of its own. */
import type { AsyncPolicy, DeadReason } from '../../contracts/async.ts';
import { errorCatalogue } from '../../contracts/error-catalogue.ts';
import type { ErrorCode } from '../../contracts/errors.ts';
import type { Answer, Failure } from '../../contracts/invocation.ts';
import { limits } from '../../contracts/limits.ts';

/** Before this attempt; see registry/invocations/port.ts. */
export interface AttemptProgress {
  readonly tries: number;
  readonly losses: number;
  readonly crashes: number;
  readonly remainingMs: number;
}

export type AttemptVerdict = { readonly tries: number; readonly losses: number; readonly crashes: number } & (
  | { readonly status: 'queued'; readonly delayMs: number }
  | { readonly status: 'succeeded' | 'failed' }
  | { readonly status: 'dead'; readonly reason: DeadReason }
);

/** What a verdict is about: the guest's answer, checked, or why there is none. */
export type AttemptOutcome = Pick<Answer, 'ok' | 'status' | 'headers'> | Pick<Failure, 'ok' | 'code'>;

/** Between attempts that the platform lost: these are no fault of the function's, and do not count against its attempts. */
const lossBackoffMs = 1_000;
const crashesToQuarantine = 2;
/** Statuses below 500 that say "not now" (RFC 9110 section 15.5.9, RFC 6585 section 4). */
const repeatableStatuses = new Set([408, 429]);
const crashCodes = new Set(['EXECUTOR_LOST', 'GUEST_MEMORY_EXCEEDED']);
/** Nothing was tried, and nothing will come of trying. */
const hopeless: Readonly<Partial<Record<ErrorCode, DeadReason>>> = {
  INVOCATION_EXPIRED: 'age',
  VERSION_NOT_FOUND: 'gone',
  FUNCTION_NOT_FOUND: 'gone',
};

/**
 * - Answers below 400 succeed. Those from 400 to 499 are final failures, but 408 and 429.
 * - All other answers and every failure with the guest or the caller to blame count as tries, of which there are `policy.attempts`.
 * - What the platform lost is repeated until the invocation grows too old, the first time at once.
 * - What grew too old or lost its version is dead.
 * - A guest that ends its executor twice in a row is not tried again, however many attempts are left.
 * @param random from 0 to below 1
 * @param nowMs epoch milliseconds, for a Retry-After that is a date
 */
export function judgeAttempt(
  before: AttemptProgress,
  outcome: AttemptOutcome,
  policy: AsyncPolicy,
  random: number,
  nowMs: number,
): AttemptVerdict {
  if (outcome.ok) {
    const counted = { tries: before.tries + 1, losses: 0, crashes: 0 };
    if (outcome.status < 400) return { ...counted, status: 'succeeded' };
    if (outcome.status < 500 && !repeatableStatuses.has(outcome.status)) return { ...counted, status: 'failed' };
    return again(
      counted,
      before,
      policy,
      Math.max(backoffMs(policy.backoffMs, counted.tries, random), retryAfterMs(outcome.headers, nowMs)),
    );
  }
  const reason = hopeless[outcome.code];
  if (reason !== undefined) {
    const { tries, losses, crashes } = before;
    return { tries, losses, crashes, status: 'dead', reason };
  }
  const { blame, status } = errorCatalogue[outcome.code];
  if (blame === 'platform') {
    const counted = { tries: before.tries, losses: before.losses + 1, crashes: before.crashes };
    return inTime(counted, before, counted.losses === 1 ? 0 : backoffMs(lossBackoffMs, counted.losses - 1, random));
  }
  const counted = { tries: before.tries + 1, losses: 0, crashes: crashCodes.has(outcome.code) ? before.crashes + 1 : 0 };
  if (counted.crashes >= crashesToQuarantine) return { ...counted, status: 'dead', reason: 'quarantined' };
  if (status < 500) return { ...counted, status: 'failed' };
  return again(counted, before, policy, backoffMs(policy.backoffMs, counted.tries, random));
}

/**
 * Equal jitter: half of it is certain, so that what fails is left alone, and half is chance, so that what failed together does not come back together
 * ("Exponential Backoff and Jitter", AWS Architecture Blog, 2015).
 * @param tries made so far, from 1
 */
export function backoffMs(baseMs: number, tries: number, random: number): number {
  const full = Math.min(limits.maxBackoffMs, baseMs * 2 ** Math.min(tries - 1, 30));
  return Math.round(full / 2 + (full / 2) * random);
}

/** @returns milliseconds of Retry-After, a number of seconds or a date (RFC 9110 sections 10.2.3 and 5.6.7); 0 without one, or for anything else */
export function retryAfterMs(headers: readonly string[], nowMs: number): number {
  const at = headers.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'retry-after');
  const value = at < 0 ? '' : (headers[at + 1] ?? '').trim();
  if (/^\d+$/.test(value)) return Number(value) * 1_000;
  // JavaScript would also make dates of words and numbers.
  const dateMs = /^[A-Z][a-z]+, .+ GMT$/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(dateMs) ? 0 : Math.max(0, dateMs - nowMs);
}

type Counted = Pick<AttemptVerdict, 'tries' | 'losses' | 'crashes'>;

function again(counted: Counted, before: AttemptProgress, policy: AsyncPolicy, delayMs: number): AttemptVerdict {
  if (counted.tries >= policy.attempts) return { ...counted, status: 'dead', reason: 'attempts' };
  return inTime(counted, before, delayMs);
}

function inTime(counted: Counted, { remainingMs }: AttemptProgress, delayMs: number): AttemptVerdict {
  if (delayMs >= remainingMs) return { ...counted, status: 'dead', reason: 'age' };
  return { ...counted, status: 'queued', delayMs };
}
