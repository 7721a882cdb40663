/** Bounded output of a guest: its answer (stdout, response body) or its log (stderr). */
import type { StopReason } from './stop.ts';

const nothing = new Uint8Array(0);

export class Output {
  readonly #maxBytes: number;
  readonly #name: string;
  /** One buffer, grown by doubling: a guest that writes byte by byte would fill the host's heap with pieces. */
  #bytes = nothing;
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
    const length = this.#length + bytes.length;
    if (length > this.#maxBytes) {
      const detail = `${this.#name} is limited to ${this.#maxBytes} bytes; the guest wrote more`;
      return { kind: 'fault', code: 'GUEST_OUTPUT_EXCEEDED', detail };
    }
    if (this.#length === 0) this.#bytes = new Uint8Array(bytes);
    else this.#append(bytes, length);
    this.#length = length;
    return undefined;
  }

  /** Everything written since the last `take`; what is returned is the caller's. */
  take(): Uint8Array {
    const bytes = this.#bytes.subarray(0, this.#length);
    this.#bytes = nothing;
    this.#length = 0;
    return bytes;
  }

  #append(bytes: Uint8Array, length: number): void {
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(Math.min(this.#maxBytes, Math.max(length, 2 * this.#bytes.length)));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#length);
  }
}
