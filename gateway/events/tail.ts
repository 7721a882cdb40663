/** The newest events, in memory: read once, told by many streams. */
import type { Entry } from './sse.ts';

const maxEntries = 1_000;

export class Tail {
  #floor: bigint;
  readonly #entries: Entry[] = [];

  /** @param after id that it starts after */
  constructor(after: bigint) {
    this.#floor = after;
  }

  /** Everything after this id, up to `last`, is here. */
  get floor(): bigint {
    return this.#floor;
  }

  get last(): bigint {
    return this.#entries.at(-1)?.id ?? this.#floor;
  }

  /** @param entries those that follow `last` */
  append(entries: readonly Entry[]): void {
    this.#entries.push(...entries);
    const dropped = this.#entries.splice(0, Math.max(0, this.#entries.length - maxEntries));
    this.#floor = dropped.at(-1)?.id ?? this.#floor;
  }

  /** @returns the first ones after an id; undefined when those are not here any more */
  after(id: bigint, limit: number): readonly Entry[] | undefined {
    if (id < this.#floor) return undefined;
    const start = this.#entries.findLastIndex((entry) => entry.id <= id) + 1;
    return this.#entries.slice(start, start + limit);
  }
}
