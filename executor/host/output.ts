/** Bounded output of a guest: its answer (stdout, response body) or its log (stderr). */
import type { StopReason } from './stop.ts';

export class Output {
  readonly #maxBytes: number;
  readonly #name: string;
  #chunks: Uint8Array[] = [];
  #length = 0;

  /** @param name for the words of the error: "standard output", "the response body" ... */
  constructor(name: string, maxBytes: number) {
    this.#name = name;
    this.#maxBytes = maxBytes;
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  /**
   * @param bytes is copied: it may be a view of guest memory
   * @returns why the guest has to be stopped, when it wrote more than it may: nothing is cut silently
   */
  write(bytes: Uint8Array): StopReason | undefined {
    if (this.#length + bytes.length > this.#maxBytes) {
      const detail = `${this.#name} is limited to ${this.#maxBytes} bytes; the guest wrote more`;
      return { kind: 'fault', code: 'GUEST_OUTPUT_EXCEEDED', detail };
    }
    if (bytes.length > 0) {
      this.#chunks.push(bytes.slice());
      this.#length += bytes.length;
    }
    return undefined;
  }

  /** Everything written since the last `take`; what is returned is the caller's. */
  take(): Uint8Array {
    const [first, ...others] = this.#chunks;
    const bytes = first === undefined ? new Uint8Array(0) : others.length === 0 ? first : Buffer.concat(this.#chunks);
    this.#chunks = [];
    this.#length = 0;
    return bytes;
  }
}
