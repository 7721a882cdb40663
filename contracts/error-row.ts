/** What is said of every error. No I/O. */

/** Who has to act: the caller of the API, the author of the guest, or the operator of the platform. */
export type Blame = 'caller' | 'guest' | 'platform';

export interface ErrorRow {
  /** HTTP status of the answer (RFC 9110). */
  readonly status: number;
  readonly blame: Blame;
  /** Whether the same request may succeed later without being changed. */
  readonly retryable: boolean;
  /** Short, constant summary (RFC 9457 `title`). */
  readonly title: string;
  /** What the reader can do next. */
  readonly help: string;
}

/** A row of the catalogue; the members in order. */
export const row = (status: number, blame: Blame, retryable: boolean, title: string, help: string): ErrorRow => ({
  status,
  blame,
  retryable,
  title,
  help,
});
