/** The events of one client: the body of its answer. */
import { Readable } from 'node:stream';
import { beatText, type Entry, type EventFilter, matches, openingText } from './sse.ts';

export interface StreamSource {
  /** @returns the first ones after an id, none when there are none yet; undefined when one must go further back */
  recent(after: bigint): readonly Entry[] | undefined;
  /** As `recent`, never empty; undefined when they cannot be read now, to be asked again. Never rejects. */
  older(after: bigint): Promise<readonly Entry[] | undefined>;
  /** The stream is over. */
  leave(stream: EventStream): void;
}

/** Takes events only as fast as its client does: what a slow one has not got yet stays where it is, and is found by id. */
export class EventStream extends Readable {
  readonly #source: StreamSource;
  readonly #filter: EventFilter;
  /** The last one that was passed on or passed over. */
  #cursor: bigint;
  #wanted = false;
  #loading = false;
  #finished = false;

  /** @param after id that it starts after */
  constructor(source: StreamSource, after: bigint, filter: EventFilter) {
    super({ highWaterMark: 16_384 });
    this.#source = source;
    this.#cursor = after;
    this.#filter = filter;
    this.push(openingText(after));
  }

  /** Passes on what has come. */
  pump(): void {
    while (this.#wanted && !this.#loading && !this.#finished) {
      const entries = this.#source.recent(this.#cursor);
      if (entries === undefined) void this.#load();
      else if (entries.length === 0) return;
      else this.#take(entries);
    }
  }

  /** A sign of life, unless the client has yet to take what was there before. */
  beat(): void {
    if (this.#wanted && !this.#finished) this.#wanted = this.push(beatText(this.#cursor));
  }

  /** Nothing more comes; what was passed on still arrives. */
  finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.push(null);
  }

  override _read(): void {
    this.#wanted = true;
    this.pump();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#finished = true;
    this.#source.leave(this);
    done(error);
  }

  async #load(): Promise<void> {
    this.#loading = true;
    const entries = await this.#source.older(this.#cursor);
    this.#loading = false;
    if (entries === undefined || this.#finished) return;
    this.#take(entries);
    this.pump();
  }

  #take(entries: readonly Entry[]): void {
    this.#cursor = entries.at(-1)?.id ?? this.#cursor;
    const text = entries
      .filter((entry) => matches(this.#filter, entry))
      .map((entry) => entry.text)
      .join('');
    if (text !== '') this.#wanted = this.push(text);
  }
}
