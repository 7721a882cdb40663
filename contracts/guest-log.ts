/** Lines that guests wrote beside their answers, as the API shows them. No I/O. */

/** Longest line in UTF-16 code units: a longer one comes in pieces. */
export const maxLineLength = 8_192;

/** What a line takes in the log of its function beside its bytes. */
export const lineOverheadBytes = 128;

/** A line of a function's log. */
export interface GuestLogLine {
  /** Decimal digits. Later lines of the same function have greater ones. */
  readonly id: string;
  /** When the call that wrote it was over, by the clock of its worker; ISO 8601. */
  readonly at: string;
  readonly invocationId: string;
  readonly version: number;
  /** Id of the worker, as GET /api/workers has it. */
  readonly worker: string;
  readonly line: string;
  /** Only of a notice by the platform: what is not in the log. */
  readonly dropped?: DroppedLog;
}

/** Lines and bytes that a function wrote and that were not kept. */
export interface DroppedLog {
  readonly lines: number;
  readonly bytes: number;
}
