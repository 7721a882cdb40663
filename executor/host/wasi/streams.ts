/** Byte streams of wasi:io: what is behind them, and the resources. Nothing here waits: a source or sink answers at once. */
import type { StopReason } from '../stop.ts';
import { IoError } from './io-error.ts';

/** Where the bytes of an input stream come from. */
export interface ByteSource {
  /**
   * @returns at most `maxBytes`, not empty unless `maxBytes` is 0; may be a view, which is read before the next call of anything here.
   *   `closed`: there is no more. An error closes the stream.
   */
  read(maxBytes: number): Uint8Array | 'closed' | IoError;
  /** The stream was given back. */
  close?(): void;
}

/** Where the bytes of an output stream go. */
export interface ByteSink {
  /**
   * @param bytes is copied: it may be a view of guest memory
   * @returns an error, which closes the stream; or why the guest has to be stopped
   */
  write(bytes: Uint8Array): IoError | StopReason | undefined;
  /** The stream was given back. */
  close?(): void;
}

/** Bytes that are there already. */
export class BytesSource implements ByteSource {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  read(maxBytes: number): Uint8Array | 'closed' {
    if (this.#at === this.#bytes.length) return 'closed';
    const part = this.#bytes.subarray(this.#at, this.#at + maxBytes);
    this.#at += part.length;
    return part;
  }
}

/** Resource `input-stream`. */
export class InputStream {
  readonly #source: ByteSource;
  #closed = false;
  /** Whether the guest gave it back. */
  dropped = false;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  read(maxBytes: number): Uint8Array | 'closed' | IoError {
    if (this.#closed) return 'closed';
    const part = this.#source.read(maxBytes);
    if (part instanceof IoError) this.#closed = true;
    return part;
  }

  drop(): void {
    this.dropped = true;
    this.#source.close?.();
  }
}

/** Resource `output-stream`. */
export class OutputStream {
  readonly #sink: ByteSink;
  #closed = false;
  /** Whether the guest gave it back. */
  dropped = false;

  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  get closed(): boolean {
    return this.#closed;
  }

  write(bytes: Uint8Array): IoError | StopReason | undefined {
    const problem = this.#sink.write(bytes);
    if (problem instanceof IoError) this.#closed = true;
    return problem;
  }

  drop(): void {
    this.dropped = true;
    this.#sink.close?.();
  }
}
