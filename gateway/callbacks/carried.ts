/** How an attempt to deliver went, and what follows from it. Pure. */
import { limits } from '../../contracts/limits.ts';
import { backoffMs } from '../../queue/async/retry.ts';

export type Carried =
  | { readonly ok: true }
  | {
      readonly ok: false;
      /** In words, for the record of the invocation. */
      readonly detail: string;
      /** Whether another attempt would not change it. */
      readonly final: boolean;
      /** What the destination asks for; 0 when it does not. */
      readonly retryAfterMs: number;
    };

export interface DeliveryPolicy {
  readonly attempts: number;
  /** Before the second attempt; doubled for each further one. */
  readonly backoffMs: number;
  /** Since the end of the invocation; past it no attempt is made again. */
  readonly maxAgeMs: number;
}

/** Spread over some 15 minutes. */
export const deliveryPolicy: DeliveryPolicy = { attempts: 5, backoffMs: 60_000, maxAgeMs: limits.defaultAsyncAgeMs };

/** A failure that may pass. */
export function failed(detail: string, retryAfterMs = 0): Carried {
  return { ok: false, detail, final: false, retryAfterMs };
}

/** A failure that another attempt would meet again. */
export function refused(detail: string): Carried {
  return { ok: false, detail, final: true, retryAfterMs: 0 };
}

/**
 * @param made attempts made, the failed one included, and milliseconds since the end of the invocation
 * @param random from 0 to below 1
 * @returns milliseconds until the next attempt; undefined when there is none
 */
export function nextAttemptMs(
  { attempt, ageMs }: { readonly attempt: number; readonly ageMs: number },
  { final, retryAfterMs }: Carried & { readonly ok: false },
  policy: DeliveryPolicy,
  random: number,
): number | undefined {
  if (final || attempt >= policy.attempts) return undefined;
  const delayMs = Math.max(backoffMs(policy.backoffMs, attempt, random), retryAfterMs);
  return ageMs + delayMs < policy.maxAgeMs ? delayMs : undefined;
}
