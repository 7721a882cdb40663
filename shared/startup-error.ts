/** Why a process refuses to start, in words for the operator. No I/O. */

/** Nothing a retry would cure: `main.ts` prints the message as one line, without a stack, and exits 1. */
export class StartupError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartupError';
  }
}
