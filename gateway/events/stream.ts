/** What one client follows, entry by entry: the body of its answer. */
import { Readable } from 'node:stream';

/** What is followed. Later ones have greater ids. */
export interface Numbered {
  readonly id: bigint;
}

export interface StreamSource<E extends Numbered> {
  /** @returns the first ones after an id, none when there are none yet; undefined when one must go further back */
  recent(after: bigint): readonly E[] | undefined;
  /** As `recent`, but it may take its time; undefined when they cannot be read now, to be asked again. Never rejects. */
  older(after: bigint): Promise<readonly E[] | undefined>;
  /** The stream is over. */
  leave(stream: EventStream<E>): void;
}

/** How entries go over the line. */
export interface StreamFormat<E extends Numbered> {
  /** What it begins with. @param after id that it starts after */
  opening(after: bigint): string;
  /** A sign of life. @param after id of the last entry that was passed on or passed over */
  beat(after: bigint): string;
  /** @returns those that the client is to get; empty when it gets none */
  write(entries: readonly E[]): string;
}

/** Takes entries only as fast as its client does: what a slow one has not got yet stays where it is, and is found by id. */
export class EventStream<E extends Numbered> extends Readable {
  readonly #source: StreamSource<E>;
  readonly #format: StreamFormat<E>;
  /** The last one that was passed on or passed over. */
  #cursor: bigint;
  #wanted = false;
  #loading = false;
  #finished = false;

  /** @param after id that it starts after */
  constructor(source: StreamSource<E>, after: bigint, format: StreamFormat<E>) {
    super({ highWaterMark: 16_384 });
    this.#source = source;
    this.#cursor = after;
    this.#format = format;
    this.push(format.opening(after));
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
    if (this.#wanted && !this.#finished) this.#wanted = this.push(this.#format.beat(this.#cursor));
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

  #take(entries: readonly E[]): void {
    this.#cursor = entries.at(-1)?.id ?? this.#cursor;
    const text = this.#format.write(entries);
    if (text !== '') this.#wanted = this.push(text);
  }
}
