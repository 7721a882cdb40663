/** Calls that no executor has: first in, first out within a namespace; namespaces take turns, so that none waits behind all calls of another. */
import type { PooledCall } from './call.ts';
import { maxBatch } from './policy.ts';

export class WaitingCalls {
  readonly #namespaceOf: (call: PooledCall) => string;
  /** In the order of their turns; none is empty. */
  readonly #lanes = new Map<string, PooledCall[]>();
  #size = 0;

  /** @param namespaceOf of those that are of one namespace, the same */
  constructor(namespaceOf: (call: PooledCall) => string) {
    this.#namespaceOf = namespaceOf;
  }

  get size(): number {
    return this.#size;
  }

  /** Namespaces with calls, the one whose turn it is first. */
  get namespaces(): Iterable<string> {
    return this.#lanes.keys();
  }

  /** The calls of a namespace in order. */
  of(namespace: string): readonly PooledCall[] {
    return this.#lanes.get(namespace) ?? [];
  }

  push(call: PooledCall): void {
    this.#laneOf(call).push(call);
    this.#size++;
  }

  /** To the front, in order: these have waited longest. */
  unshift(calls: readonly PooledCall[]): void {
    for (const call of calls.toReversed()) this.#laneOf(call).unshift(call);
    this.#size += calls.length;
  }

  /** Takes the first ones of a namespace out, and passes the turn on. */
  take(namespace: string, count: number): PooledCall[] {
    const lane = this.#lanes.get(namespace) ?? [];
    const taken = lane.splice(0, count);
    this.#size -= taken.length;
    if (lane.length === 0) {
      this.#lanes.delete(namespace);
    } else if (this.#lanes.size > 1) {
      this.#lanes.delete(namespace);
      this.#lanes.set(namespace, lane);
    }
    return taken;
  }

  /** Takes one out. @returns undefined when it is not here */
  remove(invocationId: string): PooledCall | undefined {
    for (const [namespace, lane] of this.#lanes) {
      const at = lane.findIndex(({ invocation }) => invocation.id === invocationId);
      if (at < 0) continue;
      const [removed] = lane.splice(at, 1);
      if (lane.length === 0) this.#lanes.delete(namespace);
      this.#size--;
      return removed;
    }
    return undefined;
  }

  /** Takes out all that are `unwanted`. */
  removeAll(unwanted: (call: PooledCall) => boolean): PooledCall[] {
    const removed: PooledCall[] = [];
    for (const [namespace, lane] of this.#lanes) {
      const kept: PooledCall[] = [];
      for (const call of lane) (unwanted(call) ? removed : kept).push(call);
      if (kept.length === 0) this.#lanes.delete(namespace);
      else this.#lanes.set(namespace, kept);
    }
    this.#size -= removed.length;
    return removed;
  }

  #laneOf(call: PooledCall): PooledCall[] {
    const namespace = this.#namespaceOf(call);
    let lane = this.#lanes.get(namespace);
    if (lane === undefined) this.#lanes.set(namespace, (lane = []));
    return lane;
  }
}

/** Only short calls travel together: the slowest function among those that might decides; undefined when one is unknown. */
export function slowestMeanUs(calls: readonly PooledCall[]): number | undefined {
  let slowest = 0;
  for (const { artifact } of calls.slice(0, maxBatch)) {
    if (artifact.meanUs === undefined) return undefined;
    slowest = Math.max(slowest, artifact.meanUs);
  }
  return slowest;
}
