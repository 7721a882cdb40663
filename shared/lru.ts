/** A least-recently-used map bounded by the summed size of its values. */

interface Entry<V> {
  readonly value: V;
  readonly bytes: number;
}

export class ByteLru<K, V> {
  readonly #entries = new Map<K, Entry<V>>();
  readonly #maxBytes: number;
  readonly #onEvict: (key: K, value: V) => void;
  #bytes = 0;
  /** Of the entry used last: used again, it need not be moved, which costs more than finding it. */
  #newest: K | undefined;

  /**
   * @param maxBytes bound of the summed sizes; one value larger than it is still kept, alone
   * @param onEvict  told of every value that leaves by the bound or by `delete`, not of replaced ones
   */
  constructor(maxBytes: number, onEvict: (key: K, value: V) => void = () => {}) {
    this.#maxBytes = maxBytes;
    this.#onEvict = onEvict;
  }

  get bytes(): number {
    return this.#bytes;
  }

  has(key: K): boolean {
    return this.#entries.has(key);
  }

  /** Counts as a use. */
  get(key: K): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || key === this.#newest) return entry?.value;
    // A Map iterates in order of insertion: the first key is the least recently used.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    this.#newest = key;
    return entry.value;
  }

  set(key: K, value: V, bytes: number): void {
    const old = this.#entries.get(key);
    if (old !== undefined) {
      this.#entries.delete(key);
      this.#bytes -= old.bytes;
    }
    this.#entries.set(key, { value, bytes });
    this.#newest = key;
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#maxBytes || oldest === key) break;
      this.delete(oldest);
    }
  }

  delete(key: K): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
    this.#onEvict(key, entry.value);
  }

  /** Without telling `onEvict`. */
  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }
}
