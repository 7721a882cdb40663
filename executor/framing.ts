/** Frames on the wire between a worker and its executor: u32 little-endian length of what follows, u8 type, body. */

/** Bytes before a frame's body. */
export const headBytes = 5;

/** Cuts a byte stream into frames; `onFrame` gets a view of what was pushed. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);
  #chunks: Buffer[] = [];
  #waiting = 0;
  readonly #maxBytes: number;
  readonly #onFrame: (type: number, body: Buffer) => void;

  constructor(maxBytes: number, onFrame: (type: number, body: Buffer) => void) {
    this.#maxBytes = maxBytes;
    this.#onFrame = onFrame;
  }

  /** Whether the last chunk ended within a frame; what was pushed is then still needed. */
  get partial(): boolean {
    return this.#waiting > 0 || this.#rest.length > 0;
  }

  /** @throws Error when a frame says that it is empty or longer than `maxBytes`, and what `onFrame` throws */
  push(chunk: Buffer): void {
    // A large frame arrives in many chunks: they are joined once, when the whole frame is there.
    if (this.#waiting > 0) {
      this.#chunks.push(chunk);
      this.#waiting -= chunk.length;
      if (this.#waiting > 0) return;
      chunk = Buffer.concat(this.#chunks);
      this.#chunks = [];
      this.#waiting = 0;
    } else if (this.#rest.length > 0) {
      chunk = Buffer.concat([this.#rest, chunk]);
    }
    let at = 0;
    while (chunk.length - at >= headBytes) {
      const length = chunk.readUInt32LE(at);
      if (length > this.#maxBytes) throw new Error(`a frame of ${length} bytes is over the limit`);
      if (length === 0) throw new Error('a frame is empty');
      const end = at + 4 + length;
      if (end > chunk.length) {
        this.#chunks = [chunk.subarray(at)];
        this.#waiting = end - chunk.length;
        this.#rest = Buffer.alloc(0);
        return;
      }
      this.#onFrame(chunk[at + 4] ?? 0, chunk.subarray(at + headBytes, end));
      at = end;
    }
    this.#rest = chunk.subarray(at);
  }
}
