/** How far an invocation has come, as a row. */
import type { ClaimedAttempt } from './port.ts';

/** Of the table `invocations` as `i`. */
export const progressColumns = `i.id, i.attempt, i.function, i.version, i.callback_url, i.tries, i.losses, i.crashes,
  (extract(epoch from i.expires_at - now()) * 1000)::float8 as remaining_ms`;

export interface ClaimRow {
  readonly id: string;
  readonly attempt: number;
  readonly function: string;
  readonly version: number;
  readonly callback_url: string | null;
  readonly tries: number;
  readonly losses: number;
  readonly crashes: number;
  readonly remaining_ms: number;
}

export function toClaim(row: ClaimRow): Omit<ClaimedAttempt, 'payload'> {
  return {
    id: row.id,
    attempt: row.attempt,
    function: row.function,
    version: row.version,
    callbackUrl: row.callback_url ?? undefined,
    tries: row.tries,
    losses: row.losses,
    crashes: row.crashes,
    remainingMs: row.remaining_ms,
  };
}
