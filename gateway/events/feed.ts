/** The event streams of a gateway: reads what is new once for all of them, and only while there is one. */
import { BantamError } from '../../contracts/errors.ts';
import { limits } from '../../contracts/limits.ts';
import type { EventStore } from '../../registry/events.ts';
import { type Entry, type EventFilter, eventFormat, gapEntry, toEntry } from './sse.ts';
import { EventStream, type StreamSource } from './stream.ts';
import { Tail } from './tail.ts';

/** Of new events, read for all; and what one stream is given at a time. */
const readSize = 500;
const pageSize = 100;
const beatMs = 15_000;
const retryMs = 1_000;
/** For a client to take the end of its stream, past which its connection is cut. */
const farewellMs = 1_000;

export interface FeedOptions {
  readonly store: EventStore;
  /** Events could not be read; told once until they can be again. */
  readonly onFault: (error: unknown) => void;
}

export class Feed implements StreamSource<Entry> {
  readonly #store: EventStore;
  readonly #onFault: (error: unknown) => void;
  readonly #streams = new Set<EventStream<Entry>>();
  /** There while there are streams. */
  #tail: Tail | undefined;
  #beat: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #woken = false;
  #reading = false;
  #failing = false;
  #closed = false;
  /** The last question of a single stream. */
  #asked: Promise<unknown> = Promise.resolve();

  constructor({ store, onFault }: FeedOptions) {
    this.#store = store;
    this.#onFault = onFault;
  }

  /** Streams that are open. */
  get size(): number {
    return this.#streams.size;
  }

  /**
   * @param after id of the last event that the client has seen; undefined: it wants those that come from now on
   * @throws BantamError TOO_MANY_EVENT_STREAMS, INVALID_REQUEST when there has been no such event yet, REGISTRY_UNAVAILABLE
   */
  async open(after: bigint | undefined, filter: EventFilter): Promise<EventStream<Entry>> {
    const { latest } = await this.#inTurn(() => this.#store.range());
    if (after !== undefined && after > latest) {
      throw new BantamError('INVALID_REQUEST', `there has been no event ${after} yet: the newest is ${latest}`);
    }
    if (this.#streams.size >= limits.maxEventStreams) {
      throw new BantamError('TOO_MANY_EVENT_STREAMS', `${limits.maxEventStreams} event streams are open at this gateway`);
    }
    this.#tail ??= new Tail(latest);
    this.#beat ??= setInterval(() => this.#streams.forEach((one) => one.beat()), beatMs).unref();
    const stream = new EventStream<Entry>(this, after ?? latest, eventFormat(filter));
    this.#streams.add(stream);
    if (this.#closed) stream.finish();
    else this.wake();
    return stream;
  }

  /** There may be new events. */
  wake(): void {
    this.#woken = true;
    if (!this.#reading) void this.#readNew();
  }

  /** Ends all streams. */
  close(): void {
    this.#closed = true;
    for (const stream of this.#streams) stream.finish();
    setTimeout(() => this.#streams.forEach((one) => one.destroy()), farewellMs).unref();
  }

  recent(after: bigint): readonly Entry[] | undefined {
    return this.#tail?.after(after, pageSize);
  }

  async older(after: bigint): Promise<readonly Entry[] | undefined> {
    const floor = this.#tail?.floor ?? after;
    try {
      return await this.#inTurn(() => this.#readOlder(after, floor));
    } catch (error) {
      this.#failed(error);
      return undefined;
    }
  }

  leave(stream: EventStream<Entry>): void {
    this.#streams.delete(stream);
    if (this.#streams.size > 0) return;
    this.#tail = undefined;
    clearInterval(this.#beat);
    clearTimeout(this.#retry);
    this.#beat = undefined;
    this.#retry = undefined;
  }

  async #readNew(): Promise<void> {
    this.#reading = true;
    while (this.#woken && this.#tail !== undefined) {
      this.#woken = false;
      const tail = this.#tail;
      try {
        const events = await this.#store.read(tail.last, readSize);
        tail.append(events.map(toEntry));
        if (events.length === readSize) this.#woken = true;
        this.#failing = false;
      } catch (error) {
        this.#failed(error);
        continue;
      }
      for (const stream of this.#streams) stream.pump();
    }
    this.#reading = false;
  }

  /** @param floor id up to which events are to be found, unless they are deleted */
  async #readOlder(after: bigint, floor: bigint): Promise<readonly Entry[]> {
    const entries = (await this.#store.read(after, pageSize)).map(toEntry);
    const next = entries[0]?.id ?? floor + 1n;
    // Ids are left out also where a transaction was rolled back: what is missing was deleted only if all before it was, too.
    // Asked after reading, so that a deletion in between is not overlooked.
    const isGap = next > after + 1n && (await this.#store.range()).oldest > after + 1n;
    return isGap ? [gapEntry(after, next - 1n), ...entries] : entries;
  }

  /** One after the other: the many that come back at once after an outage leave connections to the calls. */
  #inTurn<T>(ask: () => Promise<T>): Promise<T> {
    const answer = this.#asked.then(ask);
    this.#asked = answer.catch(() => {});
    return answer;
  }

  #failed(error: unknown): void {
    if (!this.#failing) this.#onFault(error);
    this.#failing = true;
    if (this.#tail === undefined) return;
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined;
      this.wake();
    }, retryMs);
  }
}
