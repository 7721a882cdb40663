/** A regular file. Contents that came with the assets are shared until the first write. */
import type { Budget } from './budget.ts';
import type { Errno } from './errno.ts';
import { fileLimits } from './limits.ts';
import { TreeNode } from './node.ts';

const nothing = new Uint8Array(0);
const minBytes = 64;

export class FileNode extends TreeNode {
  readonly type = 'file';
  readonly #budget: Budget;
  /** Longer than the file where it grew; what is past `#size` is of no meaning. */
  #bytes: Uint8Array;
  #size: number;
  /** Whether `#bytes` belongs to the assets. */
  #shared: boolean;

  /** @param shared contents that are not to be written to */
  constructor(inode: number, modifiedAtNs: bigint, budget: Budget, shared?: Uint8Array) {
    super(inode, modifiedAtNs, shared === undefined ? fileLimits.nodeBytes : 0);
    this.#budget = budget;
    this.#bytes = shared ?? nothing;
    this.#size = this.#bytes.length;
    this.#shared = true;
  }

  get sizeBytes(): number {
    return this.#size;
  }

  /** @returns the contents from `at` on, at most `length` bytes: a view that is good until the next write */
  view(at: number, length: number): Uint8Array {
    if (at >= this.#size) return nothing;
    return this.#bytes.subarray(at, Math.min(at + length, this.#size));
  }

  /**
   * @param at may be past the end: what is between reads as zeroes
   * @param bytes are copied
   */
  write(at: number, bytes: Uint8Array): Errno | undefined {
    if (bytes.length === 0) return undefined;
    const end = at + bytes.length;
    // A view of this very file would not outlive its growing.
    const from = bytes.buffer === this.#bytes.buffer ? bytes.slice() : bytes;
    const failed = this.#reserve(Math.max(end, this.#size));
    if (failed !== undefined) return failed;
    if (at > this.#size) this.#bytes.fill(0, this.#size, at);
    this.#bytes.set(from, at);
    if (end > this.#size) this.#size = end;
    this.touch();
    return undefined;
  }

  resize(size: number): Errno | undefined {
    if (size > this.#size) {
      const failed = this.#reserve(size);
      if (failed !== undefined) return failed;
      this.#bytes.fill(0, this.#size, size);
    } else if (this.#shared) {
      this.#bytes = this.#bytes.subarray(0, size);
    } else if (size < this.#bytes.length / 4) {
      this.#reallocate(size);
    }
    this.#size = size;
    this.touch();
    return undefined;
  }

  /** Nothing leads here any more: gives the contents' memory back at once, without waiting for a collection. */
  free(): void {
    if (!this.#shared) this.#reallocate(0);
    this.#bytes = nothing;
    this.#size = 0;
    this.#shared = true;
  }

  /** Makes `#bytes` writable and at least this long, growing by doubling where there is room for that. */
  #reserve(size: number): Errno | undefined {
    const own = this.#shared ? 0 : this.#bytes.length;
    if (own >= size && !this.#shared) return undefined;
    let length = Math.max(size, 2 * own, minBytes);
    if (!this.#budget.take(length - own)) {
      length = size;
      if (!this.#budget.take(length - own)) return 'nospc';
    }
    try {
      if (this.#shared) this.#unshare(length);
      else this.#bytes = new Uint8Array((this.#bytes.buffer as ArrayBuffer).transfer(length));
      return undefined;
    } catch (error) {
      this.#budget.give(length - own);
      if (error instanceof RangeError) return 'nospc';
      throw error;
    }
  }

  #unshare(length: number): void {
    const bytes = new Uint8Array(length);
    bytes.set(this.#bytes.subarray(0, this.#size));
    this.#bytes = bytes;
    this.#shared = false;
  }

  #reallocate(length: number): void {
    this.#budget.give(this.#bytes.length - length);
    this.#bytes = new Uint8Array((this.#bytes.buffer as ArrayBuffer).transfer(length));
  }
}
