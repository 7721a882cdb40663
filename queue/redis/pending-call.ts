/** One call of a gateway from call() to its reply. Listens to its own abort signal, which saves a closure per call. */
import type { Invocation, Reply } from '../../contracts/invocation.ts';

export class PendingCall {
  readonly invocation: Invocation;
  readonly #signal: AbortSignal | undefined;
  readonly #resolve: (reply: Reply) => void;
  readonly #onHangUp: (call: PendingCall) => void;
  /** Id of its stream entry; undefined until Redis has told it. */
  entryId: string | undefined;
  /** The caller is gone. */
  hungUp = false;
  /** Its deadline has passed, and Redis was asked to take it back if no worker has claimed it. */
  expiring = false;

  constructor(
    invocation: Invocation,
    signal: AbortSignal | undefined,
    resolve: (reply: Reply) => void,
    onHangUp: (call: PendingCall) => void,
  ) {
    this.invocation = invocation;
    this.#signal = signal;
    this.#resolve = resolve;
    this.#onHangUp = onHangUp;
    signal?.addEventListener('abort', this);
  }

  handleEvent(): void {
    this.hungUp = true;
    this.#onHangUp(this);
  }

  settle(reply: Reply): void {
    this.#signal?.removeEventListener('abort', this);
    this.#resolve(reply);
  }
}
