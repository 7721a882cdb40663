/** Counts what an instance's files take, so that it ends in ENOSPC and never in a full host. */
import { fileLimits } from './limits.ts';

export class Budget {
  readonly #maxBytes: number;
  #bytes = 0;
  #entries = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes in use: contents as they are allocated, names, and what the nodes themselves cost. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @returns whether there is room; if so it is taken */
  take(bytes: number): boolean {
    if (this.#bytes + bytes > this.#maxBytes) return false;
    this.#bytes += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#bytes -= bytes;
  }

  /** @returns whether there is room for an entry of this name; if so it is taken */
  takeEntry(name: string): boolean {
    if (this.#entries >= fileLimits.maxEntries || !this.take(entryCost(name))) return false;
    this.#entries += 1;
    return true;
  }

  giveEntry(name: string): void {
    this.give(entryCost(name));
    this.#entries -= 1;
  }
}

/** V8 keeps up to two bytes per character. */
function entryCost(name: string): number {
  return fileLimits.entryBytes + 2 * name.length;
}
