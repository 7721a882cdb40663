/** Which functions have label values of their own: a closed set, so that no flood of names makes a flood of series. */
import { namespaceOf } from '../../contracts/names.ts';

export interface FunctionLabel {
  readonly namespace: string;
  /** Qualified name. No function of the namespace `other` has the label `other`: its own would be `other.other`. */
  readonly function: string;
}

/** Of all functions beyond the limit. */
const folded: FunctionLabel = { namespace: 'other', function: 'other' };

/** A function not called for this long gives its place up when another needs one; one that was deleted is not called any more. */
const idleMs = 3_600_000;
/** Between two looks for such functions, once all places are taken. */
const lookEveryMs = 60_000;

interface Place<T> {
  readonly value: T;
  usedAtMs: number;
}

export class FunctionLabels<T> {
  readonly #max: number;
  readonly #make: (label: FunctionLabel) => T;
  readonly #places = new Map<string, Place<T>>();
  #other: T | undefined;
  #nextLookMs = Number.NEGATIVE_INFINITY;

  /**
   * @param max  functions with values of their own
   * @param make what is kept for a label
   */
  constructor(max: number, make: (label: FunctionLabel) => T) {
    this.#max = max;
    this.#make = make;
  }

  /**
   * @param name  qualified, of a function that exists: whoever calls this has resolved it
   * @param nowMs monotonic milliseconds
   * @returns what is kept for the function, or for all others
   */
  of(name: string, nowMs: number): T {
    const place = this.#places.get(name);
    if (place === undefined) return this.#add(name, nowMs);
    place.usedAtMs = nowMs;
    return place.value;
  }

  /** @returns what is kept, that of all others last */
  values(): T[] {
    const own = [...this.#places.values()].map(({ value }) => value);
    return this.#other === undefined ? own : [...own, this.#other];
  }

  #add(name: string, nowMs: number): T {
    if (this.#places.size >= this.#max) this.#makeRoom(nowMs);
    if (this.#places.size >= this.#max) return (this.#other ??= this.#make(folded));
    const value = this.#make({ namespace: namespaceOf(name), function: name });
    this.#places.set(name, { value, usedAtMs: nowMs });
    return value;
  }

  #makeRoom(nowMs: number): void {
    if (nowMs < this.#nextLookMs) return;
    this.#nextLookMs = nowMs + lookEveryMs;
    for (const [name, { usedAtMs }] of this.#places) if (nowMs - usedAtMs >= idleMs) this.#places.delete(name);
  }
}
