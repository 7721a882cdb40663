/** What travels between the gateway and an inspector: u32 little-endian length of a JSON header, the header, the module; back one line of JSON. Pure. */
import type { ErrorCode, ErrorExtra } from '../contracts/errors.ts';
import type { ModuleAnalysis } from '../contracts/function.ts';

/** `inspect`: is it a module that can run, and what does it export? `describe`: which types has this published component? */
export type Question = { readonly ask: 'inspect'; readonly maxMemoryBytes: number } | { readonly ask: 'describe' };

export type InspectionRequest = Question & { readonly bytes: Uint8Array<ArrayBuffer> };

/** Interfaces of a component as text. */
export interface ComponentDescription {
  /** WIT. */
  readonly wit: string;
  /** TypeScript declarations. */
  readonly types: string;
}

export interface Refusal {
  readonly ok: false;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly extra: ErrorExtra | undefined;
}

/** One line of JSON. */
export type InspectionAnswer = { readonly ok: true; readonly analysis: ModuleAnalysis } | Refusal;
export type DescriptionAnswer = { readonly ok: true; readonly description: ComponentDescription } | Refusal;

type Header = Question & { readonly sizeBytes: number };

/** @returns what is written before the bytes of the module */
export function encodeInspectionHeader(header: Header): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  return Buffer.concat([length, json]);
}

/** Puts one request together from the chunks in which it arrives. */
export class RequestReader {
  #head: Buffer = Buffer.alloc(0);
  #header: Header | undefined;
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #filled = 0;

  /** @returns the request once it is whole, and once only */
  push(chunk: Buffer): InspectionRequest | undefined {
    let rest: Buffer = chunk;
    if (!this.#header) {
      this.#head = Buffer.concat([this.#head, chunk]);
      const end = this.#head.length < 4 ? Infinity : 4 + this.#head.readUInt32LE(0);
      if (this.#head.length < end) return undefined;
      this.#header = JSON.parse(this.#head.toString('utf8', 4, end)) as Header;
      this.#bytes = new Uint8Array(this.#header.sizeBytes);
      rest = this.#head.subarray(end);
    }
    this.#bytes.set(rest, this.#filled);
    this.#filled += rest.length;
    return this.#filled === this.#bytes.length ? { ...this.#header, bytes: this.#bytes } : undefined;
  }
}
