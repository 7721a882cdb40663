/** How the last attempt of an invocation ended, as a row. */
import type { ErrorExtra } from '../../contracts/errors.ts';
import type { KeptAnswer, KeptFailure } from './port.ts';

/** Of the table `invocations` as `i`. */
export const outcomeColumns = 'i.code, i.detail, i.extra, i.result_status, i.result_headers, i.result_body';

export interface OutcomeRow {
  readonly code: string | null;
  readonly detail: string | null;
  /** JSON. */
  readonly extra: string | null;
  readonly result_status: number | null;
  /** JSON. */
  readonly result_headers: string | null;
  readonly result_body: Buffer | null;
}

/** @returns undefined before the end of an attempt */
export function toOutcome(row: OutcomeRow): { readonly answer: KeptAnswer } | { readonly failure: KeptFailure } | undefined {
  if (row.result_status !== null) {
    const headers = JSON.parse(row.result_headers ?? '[]') as readonly string[];
    return { answer: { status: row.result_status, headers, body: row.result_body ?? new Uint8Array() } };
  }
  if (row.code === null) return undefined;
  const extra = row.extra === null ? undefined : (JSON.parse(row.extra) as ErrorExtra);
  return { failure: { code: row.code, detail: row.detail ?? '', extra } };
}
