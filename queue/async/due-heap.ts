/** What is due at a time, earliest first, and in the order of its coming where that is the same: a binary heap. */

interface Entry<T> {
  readonly dueAtMs: number;
  readonly order: number;
  readonly item: T;
}

export class DueHeap<T> {
  readonly #entries: Entry<T>[] = [];
  #pushed = 0;

  /** When the first of all is due; Infinity when there is none. */
  get dueAtMs(): number {
    return this.#entries[0]?.dueAtMs ?? Number.POSITIVE_INFINITY;
  }

  /** O(log n). */
  push(dueAtMs: number, item: T): void {
    const entry: Entry<T> = { dueAtMs, order: this.#pushed++, item };
    let at = this.#entries.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = this.#entries[above];
      if (parent === undefined || isBefore(parent, entry)) break;
      this.#entries[at] = parent;
      at = above;
    }
    this.#entries[at] = entry;
  }

  /** O(log n). @returns undefined when there is none */
  pop(): T | undefined {
    const first = this.#entries[0];
    const last = this.#entries.pop();
    if (first !== last && last !== undefined) this.#sink(last);
    return first?.item;
  }

  /** Puts an entry in the place of the first, and from there where it belongs. */
  #sink(entry: Entry<T>): void {
    let at = 0;
    for (;;) {
      const left = this.#entries[2 * at + 1];
      const right = this.#entries[2 * at + 2];
      const isRight = left !== undefined && right !== undefined && isBefore(right, left);
      const child = isRight ? right : left;
      if (child === undefined || isBefore(entry, child)) break;
      this.#entries[at] = child;
      at = 2 * at + (isRight ? 2 : 1);
    }
    this.#entries[at] = entry;
  }
}

function isBefore(a: Entry<unknown>, b: Entry<unknown>): boolean {
  return a.dueAtMs < b.dueAtMs || (a.dueAtMs === b.dueAtMs && a.order < b.order);
}
