/** Logs invocations that the platform failed: each, but no more than some a second, and then how many more there were. */
import { errorCatalogue } from '../contracts/error-catalogue.ts';
import type { ErrorCode } from '../contracts/errors.ts';

export interface FailedInvocation {
  readonly invocationId: string;
  /** Qualified name, or what the caller said. */
  readonly function: string;
  /** Undefined: it did not come so far. */
  readonly version: number | undefined;
  readonly code: ErrorCode;
  readonly detail: string;
  /** Of a synchronous call. */
  readonly requestId?: string;
}

const maxLines = 10;
const windowMs = 1_000;

export class FailureLog {
  readonly #log: { warn(fields: object, message: string): void };
  #lines = 0;
  #more = 0;

  constructor(log: { warn(fields: object, message: string): void }) {
    this.#log = log;
  }

  /** Whose fault it was is in the catalogue: those of callers and guests are not logged. */
  tell(failed: FailedInvocation): void {
    if (errorCatalogue[failed.code].blame !== 'platform') return;
    if (this.#lines >= maxLines) {
      this.#more++;
      return;
    }
    if (this.#lines++ === 0) setTimeout(() => this.#endWindow(), windowMs).unref();
    const { invocationId, function: name, version, code, detail, requestId } = failed;
    this.#log.warn({ requestId, invocationId, function: name, version, code, detail }, 'an invocation failed');
  }

  #endWindow(): void {
    const more = this.#more;
    this.#lines = 0;
    this.#more = 0;
    if (more > 0) this.#log.warn({ more }, `${more} more invocations failed within the second`);
  }
}
