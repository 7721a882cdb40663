/** The handles of one component instance. CanonicalABI.md, "Table State" and "Resource State". */
import type { ResourceType } from '../../component/types.ts';
import { fail, type Running } from './faults.ts';

/** Handles an instance may hold at once. The specification allows 2^28 - 1; each costs host memory that no other limit counts. */
export const maxHandles = 65_536;

/** A call that lent handles to its callee: they have to be gone when it returns. */
export interface BorrowScope {
  borrows: number;
}

export interface Handle {
  readonly resource: ResourceType;
  /** The i32 of a guest's resource, or what the host gave out. */
  readonly value: unknown;
  readonly own: boolean;
  /** Of a borrow: the call it came with. */
  readonly scope: BorrowScope | undefined;
  /** Calls it is lent to right now. */
  lends: number;
}

export class HandleTable {
  readonly #state: Running;
  /** Index 0 is never given out. */
  readonly #entries: (Handle | undefined)[] = [undefined];
  readonly #free: number[] = [];

  constructor(state: Running) {
    this.#state = state;
  }

  /** @returns the index the guest knows it by */
  add(resource: ResourceType, value: unknown, own: boolean, scope: BorrowScope | undefined): number {
    const handle: Handle = { resource, value, own, scope, lends: 0 };
    const free = this.#free.pop();
    if (free !== undefined) {
      this.#entries[free] = handle;
      return free;
    }
    if (this.#entries.length > maxHandles) fail(this.#state, `too many handles: a component may hold ${maxHandles}`);
    return this.#entries.push(handle) - 1;
  }

  /** @param index as the guest gave it. Traps unless it is a handle of exactly this resource type. */
  get(index: number, resource: ResourceType): Handle {
    const handle = this.#entries[index >>> 0];
    if (handle === undefined) return fail(this.#state, `unknown handle index ${index >>> 0}`);
    if (handle.resource !== resource) return fail(this.#state, `handle index ${index >>> 0} is of another resource type`);
    return handle;
  }

  /** As `get`; traps for a handle that is lent out. */
  remove(index: number, resource: ResourceType): Handle {
    const handle = this.get(index, resource);
    if (handle.lends !== 0) return fail(this.#state, `cannot remove handle index ${index >>> 0}: it is lent out`);
    this.#entries[index >>> 0] = undefined;
    this.#free.push(index >>> 0);
    return handle;
  }
}
