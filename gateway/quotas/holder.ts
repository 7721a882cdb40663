/** One who has a quota, and what is in use of it at this gateway. */
import { BantamError } from '../../contracts/errors.ts';
import type { Quota, QuotaSubject } from '../../contracts/quota.ts';
import type { Bucket } from '../../queue/quotas/port.ts';
import type { QuotaStore } from '../../registry/quotas.ts';
import { Backlog } from '../async/backlog.ts';

export interface QuotaHolderOptions {
  readonly subject: QuotaSubject;
  readonly store: Pick<QuotaStore, 'countQueued'>;
  /** Told when its asynchronous invocations could not be counted. */
  readonly onFault: (error: unknown) => void;
}

const retryAfterMs = { concurrency: 1_000, asyncBacklog: 5_000 };

export class QuotaHolder {
  readonly subject: QuotaSubject;
  readonly #options: QuotaHolderOptions;
  #quota: Quota = {};
  #bucket: Bucket | undefined;
  #backlog: Backlog | undefined;
  #inFlight = 0;

  constructor(options: QuotaHolderOptions) {
    this.subject = options.subject;
    this.#options = options;
  }

  get quota(): Quota {
    return this.#quota;
  }

  /** What is in flight stays. */
  set quota(quota: Quota) {
    const { asyncBacklog: max } = quota;
    if (max !== this.#quota.asyncBacklog) this.#backlog = max === undefined ? undefined : this.#backlogOf(max);
    this.#bucket = bucketOf(this.subject, quota);
    this.#quota = quota;
  }

  /** What its calls take a token of. */
  get bucket(): Bucket | undefined {
    return this.#bucket;
  }

  /** Synchronous calls in flight at this gateway. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** What to say of one more call in flight, if it would be too much. */
  busy(): BantamError | undefined {
    const { concurrency = Number.POSITIVE_INFINITY } = this.#quota;
    return this.#inFlight < concurrency ? undefined : this.#refusal('concurrency', concurrency, 'calls in flight at this gateway');
  }

  enter(): void {
    this.#inFlight++;
  }

  leave(): void {
    this.#inFlight--;
  }

  /** Counts one more asynchronous invocation, if anybody must. @throws BantamError QUOTA_EXCEEDED */
  queue(): Promise<void> | undefined {
    return this.#backlog?.enter();
  }

  #backlogOf(max: number): Backlog {
    const { store, onFault } = this.#options;
    return new Backlog({
      count: (atMost) => store.countQueued(this.subject, atMost),
      max,
      refusal: () => this.#refusal('asyncBacklog', max, 'asynchronous invocations waiting'),
      onFault,
    });
  }

  #refusal(quota: 'concurrency' | 'asyncBacklog', limit: number, what: string): BantamError {
    return new BantamError('QUOTA_EXCEEDED', `${inWords(this.subject)} has ${limit} ${what}, its quota`, {
      quota,
      limit,
      retryAfterMs: retryAfterMs[quota],
    });
  }
}

export function inWords({ kind, id }: QuotaSubject): string {
  return `the ${kind} "${id}"`;
}

function bucketOf({ kind, id }: QuotaSubject, { ratePerSecond, burst }: Quota): Bucket | undefined {
  if (ratePerSecond === undefined) return undefined;
  return { key: `${kind}:${id}`, ratePerSecond, burst: burst ?? Math.max(1, Math.ceil(ratePerSecond)) };
}
