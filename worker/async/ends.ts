/** Writes the ends of attempts into the record, many in one commit, and tells the engine of those that are repeated. */
import { setTimeout as wait } from 'node:timers/promises';
import type { AsyncProducer } from '../../queue/async/port.ts';
import type { AttemptEnd, InvocationStore } from '../../registry/invocations/port.ts';
import { Batcher } from '../../shared/batcher.ts';
import { isOutage } from '../../shared/postgres.ts';

export interface EndsOptions {
  readonly store: Pick<InvocationStore, 'end'>;
  readonly engine: Pick<AsyncProducer, 'enqueue'>;
  readonly log: { warn(fields: object, message: string): void; error(fields: object, message: string): void };
}

/** An end that is wanted until the attempt is not this worker's any more. */
export interface Ending {
  readonly lost: boolean;
}

const maxItems = 128;
/** Ends write events, and those are written one transaction after the other: a second flight would only wait for the first. */
const maxFlights = 1;
const retryMs = 200;

export class Ends {
  readonly #options: EndsOptions;
  readonly #batches: Batcher<AttemptEnd, void>;
  readonly #given = new AbortController();

  constructor(options: EndsOptions) {
    this.#options = options;
    this.#batches = new Batcher({ flush: (ends) => this.#write(ends), maxItems, maxFlights });
  }

  /** From now on nothing is tried again. */
  giveUp(): void {
    this.#given.abort();
  }

  /**
   * Tries until it is written, the attempt is lost or `giveUp` was called: the result is in hand.
   * @param bare makes an end without the content, for when the record refuses that
   */
  async write(attempt: Ending, end: AttemptEnd, bare: () => AttemptEnd): Promise<void> {
    if (await this.#persist(attempt, end, () => this.#batches.add(end))) return;
    // What the record refused may be another of its batch.
    if (await this.#persist(attempt, end, () => this.#write([end]))) return;
    await this.#persist(attempt, end, () => this.#write([bare()]));
  }

  /** @returns false when the record refuses it */
  async #persist(attempt: Ending, { id }: AttemptEnd, write: () => Promise<unknown>): Promise<boolean> {
    const { signal } = this.#given;
    while (!attempt.lost) {
      try {
        await write();
        return true;
      } catch (error) {
        if (!isOutage(error)) {
          this.#options.log.error({ err: error, invocationId: id }, 'the end of an attempt could not be written');
          return false;
        }
        if (signal.aborted) return true;
        await wait(retryMs, undefined, { signal }).catch(() => {});
      }
    }
    return true;
  }

  async #write(ends: readonly AttemptEnd[]): Promise<readonly void[]> {
    const { store, engine, log } = this.#options;
    const written = await store.end(ends);
    const repeated = ends.flatMap(({ id, attempt, verdict }) =>
      verdict.status === 'queued' && written.has(id) ? [{ id, attempt, delayMs: verdict.delayMs }] : [],
    );
    // Nobody waits for the engine: what it does not get, the keeper brings to it.
    if (repeated.length > 0) engine.enqueue(repeated).catch((error: unknown) => log.warn({ err: error }, 'retries could not be enqueued'));
    return ends.map(() => undefined);
  }
}
