/** The error that crosses our own borders, and the problem body it becomes. The codes are in error-catalogue.ts. No I/O. */
import { errorCatalogue } from './error-catalogue.ts';
import type { Blame, ErrorRow } from './error-row.ts';

export type ErrorCode = keyof typeof errorCatalogue;

/** Machine-readable members added to the problem body: candidates, signature, trap, stack ... Plain JSON values. */
export type ErrorExtra = Readonly<Record<string, unknown>>;

/** The one error class that crosses our own borders; foreign errors are mapped to it at the border they enter by. */
export class BantamError extends Error {
  readonly code: ErrorCode;
  readonly extra: ErrorExtra | undefined;

  /**
   * @param code   a row of the catalogue
   * @param detail what is wrong in this very case, one sentence for the reader
   * @param extra  further members of the problem body
   */
  constructor(code: ErrorCode, detail: string, extra?: ErrorExtra, options?: ErrorOptions) {
    super(detail, options);
    this.name = 'BantamError';
    this.code = code;
    this.extra = extra;
  }

  get row(): ErrorRow {
    return errorCatalogue[this.code];
  }
}

/** RFC 9457 problem details with our members. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly blame: Blame;
  readonly retryable: boolean;
  readonly help: string;
  readonly [member: string]: unknown;
}

/** @returns the problem body of an error; `extra` members never replace the standard ones. */
export function toProblem(error: BantamError): Problem {
  const { status, blame, retryable, title, help } = error.row;
  return {
    ...error.extra,
    type: `urn:bantam:error:${error.code}`,
    title,
    status,
    detail: error.message,
    code: error.code,
    blame,
    retryable,
    help,
  };
}
