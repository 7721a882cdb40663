/** A queue that is first in, first out within a key and round-robin over the keys, so that one busy key delays no other. Pure; every operation is O(1). */

/** A place in the queue; give it back to leave early. Its members are the queue's own. */
export class Ticket<T> {
  readonly item: T;
  readonly lane: Lane<T>;
  waiting = true;
  previous: Ticket<T> | undefined;
  next: Ticket<T> | undefined;

  constructor(item: T, lane: Lane<T>) {
    this.item = item;
    this.lane = lane;
  }
}

/** The tickets of one key, and its neighbours in the ring of keys that have any. */
class Lane<T> {
  readonly key: string;
  first: Ticket<T> | undefined;
  last: Ticket<T> | undefined;
  left: Lane<T> = this;
  right: Lane<T> = this;

  constructor(key: string) {
    this.key = key;
  }
}

export class FairQueue<T> {
  readonly #lanes = new Map<string, Lane<T>>();
  /** The lane whose turn it is. */
  #turn: Lane<T> | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Appends to the lane of `key`; a new lane gets its first turn after all that are there. */
  push(key: string, item: T): Ticket<T> {
    const lane = this.#lanes.get(key) ?? this.#open(key);
    const ticket = new Ticket(item, lane);
    ticket.previous = lane.last;
    if (lane.last === undefined) lane.first = ticket;
    else lane.last.next = ticket;
    lane.last = ticket;
    this.#size++;
    return ticket;
  }

  /** @returns the first item of the lane whose turn it is, and passes the turn on; undefined when nothing waits */
  shift(): T | undefined {
    const lane = this.#turn;
    const ticket = lane?.first;
    if (lane === undefined || ticket === undefined) return undefined;
    this.#turn = lane.right;
    this.#unlink(ticket);
    return ticket.item;
  }

  /** @returns false when the item has left before */
  remove(ticket: Ticket<T>): boolean {
    if (!ticket.waiting) return false;
    this.#unlink(ticket);
    return true;
  }

  #open(key: string): Lane<T> {
    const lane = new Lane<T>(key);
    this.#lanes.set(key, lane);
    if (this.#turn === undefined) {
      this.#turn = lane;
    } else {
      lane.right = this.#turn;
      lane.left = this.#turn.left;
      lane.left.right = lane;
      lane.right.left = lane;
    }
    return lane;
  }

  #unlink(ticket: Ticket<T>): void {
    const { lane, previous, next } = ticket;
    if (previous === undefined) lane.first = next;
    else previous.next = next;
    if (next === undefined) lane.last = previous;
    else next.previous = previous;
    ticket.waiting = false;
    this.#size--;
    if (lane.first === undefined) this.#shut(lane);
  }

  #shut(lane: Lane<T>): void {
    this.#lanes.delete(lane.key);
    if (lane.right === lane) {
      this.#turn = undefined;
      return;
    }
    lane.left.right = lane.right;
    lane.right.left = lane.left;
    if (this.#turn === lane) this.#turn = lane.right;
  }
}
