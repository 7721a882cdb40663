/** The calls that an executor was handed together, as they are answered in order: the first unanswered one is running, the others wait. */
import type { PooledCall } from './call.ts';

export class Batch {
  /** Unanswered calls in order. */
  readonly #calls: PooledCall[];
  /** Number on the wire of the first of them; those that follow count on. */
  #firstSeq: number;
  #loggedSeq = 0;
  #tookBack = false;
  /** The running call was taken out by `stop`, so what is left has not started. */
  #stopped = false;

  constructor(calls: PooledCall[], firstSeq: number) {
    this.#calls = calls;
    this.#firstSeq = firstSeq;
  }

  get running(): PooledCall | undefined {
    return this.#calls[0];
  }

  get length(): number {
    return this.#calls.length;
  }

  has(invocationId: string): boolean {
    return this.#calls.some(({ invocation }) => invocation.id === invocationId);
  }

  /** Whether everything is answered and the executor will not say BATCH_ENDED, as it does when calls were taken back. */
  get done(): boolean {
    return this.#calls.length === 0 && !this.#tookBack;
  }

  /** @returns what waits behind the running call, which is all that is left then */
  takeBack(): PooledCall[] {
    const behind = this.#calls.splice(1);
    if (behind.length > 0) this.#tookBack = true;
    return behind;
  }

  /** @returns the running call, once: it is taken out, and its reply is the caller's to give */
  stop(): PooledCall | undefined {
    if (this.#stopped) return undefined;
    this.#stopped = true;
    this.#firstSeq++;
    return this.#calls.shift();
  }

  /** @returns the call with this reply; undefined when `stop` took it out while the reply was on its way. @throws Error for any other number */
  answered(seq: number): PooledCall | undefined {
    if (seq < this.#firstSeq) return undefined;
    const call = this.#calls[0];
    if (call === undefined || seq !== this.#firstSeq) throw new Error('it answered a call that it was not given');
    this.#calls.shift();
    this.#firstSeq++;
    return call;
  }

  /** As `answered`, for the log that comes before the reply, once. */
  logged(seq: number): PooledCall | undefined {
    if (seq < this.#firstSeq) return undefined;
    const call = this.#calls[0];
    if (call === undefined || seq !== this.#firstSeq || seq === this.#loggedSeq)
      throw new Error('it logged for a call that it was not running');
    this.#loggedSeq = seq;
    return call;
  }

  /** Nothing more will be answered. @returns the call that had started, and those that have not */
  end(): { readonly running: PooledCall | undefined; readonly rest: PooledCall[] } {
    const rest = this.#calls.splice(0);
    return { running: this.#stopped ? undefined : rest.shift(), rest };
  }
}
