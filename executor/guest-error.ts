/** A guest that ended a call otherwise than by its answer or a trap: an exit code, an invalid answer, too much output. */
import type { ErrorCode, ErrorExtra } from '../contracts/errors.ts';

export class GuestError extends Error {
  readonly code: ErrorCode;
  readonly extra: ErrorExtra | undefined;

  /** @param detail one sentence for the reader */
  constructor(code: ErrorCode, detail: string, extra?: ErrorExtra) {
    super(detail);
    this.name = 'GuestError';
    this.code = code;
    this.extra = extra;
  }
}
