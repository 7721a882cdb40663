/** What is due in order of time: a binary heap, each operation O(log n). Pure. */

export interface Due<Item> {
  readonly atMs: number;
  readonly item: Item;
}

export class DueHeap<Item> {
  readonly #entries: Due<Item>[] = [];

  get size(): number {
    return this.#entries.length;
  }

  /** The one that is due first. */
  peek(): Due<Item> | undefined {
    return this.#entries[0];
  }

  push(entry: Due<Item>): void {
    let at = this.#entries.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = this.#entries[parent] as Due<Item>;
      if (above.atMs <= entry.atMs) break;
      this.#entries[at] = above;
      at = parent;
    }
    this.#entries[at] = entry;
  }

  pop(): Due<Item> | undefined {
    const first = this.#entries[0];
    const last = this.#entries.pop();
    if (first === undefined || last === undefined || this.#entries.length === 0) return first;
    this.#sink(last);
    return first;
  }

  /** From the root down, to where nothing below it is due sooner. */
  #sink(entry: Due<Item>): void {
    const { length } = this.#entries;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= length) break;
      const right = this.#entries[child + 1];
      if (right !== undefined && right.atMs < (this.#entries[child] as Due<Item>).atMs) child++;
      const below = this.#entries[child] as Due<Item>;
      if (entry.atMs <= below.atMs) break;
      this.#entries[at] = below;
      at = child;
    }
    this.#entries[at] = entry;
  }
}
