/** Memories of one artifact's instances, used again when they can be as new: allocating and collecting one costs more than a short call. */

import type { MemoryLimits } from '../wasm/memory-import.ts';

const pageBytes = 65_536;

export class Memories {
  readonly #limits: MemoryLimits;
  #used: WebAssembly.Memory | undefined;

  constructor(limits: MemoryLimits) {
    this.#limits = limits;
  }

  /** @returns a memory of the initial size with nothing but zeroes. @throws RangeError when none can be allocated */
  take(): WebAssembly.Memory {
    const memory = this.#used;
    this.#used = undefined;
    if (memory === undefined) return new WebAssembly.Memory({ initial: this.#limits.initialPages, maximum: this.#limits.maximumPages });
    new Uint8Array(memory.buffer).fill(0);
    return memory;
  }

  /** The instance that had it is gone. One that has grown cannot be made as small as a new one is. */
  giveBack(memory: WebAssembly.Memory): void {
    if (memory.buffer.byteLength === this.#limits.initialPages * pageBytes) this.#used = memory;
  }
}
