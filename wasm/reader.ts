/** Reads the primitive encodings of the WebAssembly binary format from a bounded range of bytes; knows nothing of sections. */

/** The bytes are not what the binary format allows, or not what this reader knows. */
export class WasmFormatError extends Error {
  /** Where, in bytes from the start of the file. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(`${message} at byte ${offset}`);
    this.name = 'WasmFormatError';
    this.offset = offset;
  }
}

// A byte order mark is part of a name (core specification, "Names"), hence ignoreBOM.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A cursor over `bytes[start, end)`. Every method throws WasmFormatError instead of reading past the end. */
export class ByteReader {
  readonly end: number;
  readonly #bytes: Uint8Array;
  #offset: number;

  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    this.#bytes = bytes;
    this.#offset = start;
    this.end = end;
  }

  /** Bytes from the start of the file to the next one to be read. */
  get offset(): number {
    return this.#offset;
  }

  get remaining(): number {
    return this.end - this.#offset;
  }

  /** @returns the next byte without taking it; undefined at the end */
  peek(): number | undefined {
    return this.#offset < this.end ? this.#bytes[this.#offset] : undefined;
  }

  byte(): number {
    const value = this.peek();
    if (value === undefined) throw this.fault('the bytes end too early');
    this.#offset++;
    return value;
  }

  skip(count: number): void {
    if (count > this.remaining) throw this.fault(`${count} bytes are announced, ${this.remaining} are left`);
    this.#offset += count;
  }

  /** Unsigned LEB128 of 32 bits: at most 5 bytes, no bit beyond the 32nd. */
  u32(): number {
    let value = 0;
    for (let i = 0; i < 4; i++) {
      const byte = this.byte();
      value |= (byte & 0x7f) << (7 * i);
      if (byte < 0x80) return value;
    }
    const last = this.byte();
    if (last > 0x0f) throw this.fault('an integer exceeds 32 bits');
    return value + last * 2 ** 28;
  }

  /** Unsigned LEB128 of 64 bits. Exact up to 2^53, above that the nearest number: good enough to be compared with a limit. */
  u64(): number {
    let value = 0;
    for (let i = 0; i < 9; i++) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return value;
    }
    const last = this.byte();
    if (last > 1) throw this.fault('an integer exceeds 64 bits');
    return value + last * 2 ** 63;
  }

  /** Signed LEB128 of 33 bits: type indices, and below zero the abstract heap types (core specification, "Heap Types"). */
  s33(): number {
    let value = 0;
    for (let i = 0; i < 4; i++) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return byte & 0x40 ? value - 2 ** (7 * i + 7) : value;
    }
    const last = this.byte();
    // The fifth byte holds bits 28 to 32 and, above, copies of the sign.
    if (last > 0x7f || (last > 0x0f && last < 0x70)) throw this.fault('an integer exceeds 33 bits');
    return value + (last > 0x0f ? last - 0x80 : last) * 2 ** 28;
  }

  /** Skips a LEB128 of up to `bits` bits; its value does not matter to the caller. */
  skipLeb(bits: 32 | 64): void {
    const most = Math.ceil(bits / 7);
    for (let i = 0; i < most; i++) if (this.byte() < 0x80) return;
    throw this.fault(`an integer exceeds ${bits} bits`);
  }

  /**
   * The length of a vector.
   * @param most     more than this is refused (JS API, "Implementation-defined Limits")
   * @param minBytes what one entry takes at least: a count that cannot fit is refused before any work
   */
  count(what: string, most: number, minBytes = 1): number {
    const start = this.#offset;
    const count = this.u32();
    if (count > most) throw this.fault(`${count} ${what}, more than ${most},`, start);
    if (count * minBytes > this.remaining) throw this.fault(`${count} ${what} do not fit into ${this.remaining} bytes`, start);
    return count;
  }

  name(): string {
    const length = this.u32();
    const start = this.#offset;
    this.skip(length);
    try {
      return utf8.decode(this.#bytes.subarray(start, start + length));
    } catch {
      throw this.fault('a name is not UTF-8', start);
    }
  }

  /** @throws WasmFormatError unless everything has been read */
  expectEnd(what: string): void {
    if (this.remaining > 0) throw this.fault(`${what} has ${this.remaining} bytes too many`);
  }

  fault(message: string, offset: number = this.#offset): WasmFormatError {
    return new WasmFormatError(message, offset);
  }
}
