/** What a worker has claimed: entries handed to the handler and not yet known to be gone from Redis. */
import { failure, type Invocation, type Reply } from '../../contracts/invocation.ts';
import type { InvocationHandler } from '../port.ts';
import { Answers } from './answers.ts';
import { decodeInvocation } from './codec.ts';
import type { LaneKeys } from './keys.ts';
import type { LaneRedis } from './scripts.ts';

/** Entry of the stream as ioredis gives it in buffer mode; the fields are null when the entry was deleted while claimed. */
export type Entry = readonly [id: Buffer, fields: readonly [head: Buffer, payload: Buffer] | null];

interface Claim {
  readonly invocationId: string;
  readonly replyTo: string;
  /** Set once it was sent; kept until Redis has confirmed that the entry is gone. */
  reply: Reply | undefined;
}

export interface ClaimEvents {
  onError(error: Error): void;
  /** Replies may not have reached Redis: `reconcile` is due. */
  onUnconfirmed(): void;
}

export class Claims {
  readonly #answers: Answers;
  readonly #handler: InvocationHandler;
  readonly #events: ClaimEvents;
  readonly #claims = new Map<string, Claim>();
  #running = 0;
  #onDrained: (() => void) | undefined;

  constructor(redis: LaneRedis, keys: LaneKeys, handler: InvocationHandler, events: ClaimEvents) {
    this.#handler = handler;
    this.#events = events;
    this.#answers = new Answers(redis, keys, {
      onError: (error) => events.onError(error),
      onConfirmed: (entryIds) => {
        for (const id of entryIds) this.#claims.delete(id);
        this.#checkDrained();
      },
      onUnconfirmed: () => {
        events.onUnconfirmed();
        this.#checkDrained();
      },
    });
  }

  /** Hands new entries to the handler. */
  take(entries: readonly Entry[]): void {
    for (const [id, fields] of entries) this.#takeOne(id.toString('latin1'), fields);
  }

  /**
   * Squares what Redis holds as claimed by this worker with what it knows of: entries delivered to a connection that broke are handed
   * over now, and replies that did not reach Redis are sent again.
   * @param entries all that Redis holds for this worker
   */
  reconcile(entries: readonly Entry[]): void {
    const held = new Set<string>();
    for (const [idBytes, fields] of entries) {
      const id = idBytes.toString('latin1');
      held.add(id);
      const claim = this.#claims.get(id);
      if (claim === undefined) this.#takeOne(id, fields);
      else if (claim.reply !== undefined) this.#answers.add(id, claim.replyTo, claim.invocationId, claim.reply);
    }
    for (const [id, claim] of this.#claims) {
      if (claim.reply !== undefined && !held.has(id)) this.#claims.delete(id);
    }
  }

  /** The caller hung up: the invocation is taken back unless it was started. */
  cancel(invocationId: string): void {
    for (const [entryId, claim] of this.#claims) {
      if (claim.invocationId !== invocationId || claim.reply !== undefined) continue;
      if (this.#handler.cancel(invocationId)) this.#answer(entryId, claim, failure('ANSWER_OVERDUE', 'the caller hung up'));
      return;
    }
  }

  /** Resolves once every invocation taken is answered. @returns whether Redis has confirmed all the replies */
  async drain(): Promise<boolean> {
    await new Promise<void>((resolve) => {
      this.#onDrained = resolve;
      this.#checkDrained();
    });
    return this.#claims.size === 0;
  }

  #takeOne(entryId: string, fields: Entry[1]): void {
    if (fields === null) return this.#answers.add(entryId, '', '', undefined);
    let decoded: { replyTo: string; invocation: Invocation };
    try {
      decoded = decodeInvocation(fields[0], fields[1]);
    } catch (cause) {
      this.#events.onError(new Error(`stream entry ${entryId} cannot be read; it is dropped`, { cause }));
      return this.#answers.add(entryId, '', '', undefined);
    }
    const { replyTo, invocation } = decoded;
    const claim: Claim = { invocationId: invocation.id, replyTo, reply: undefined };
    this.#claims.set(entryId, claim);
    this.#running++;
    if (invocation.deadlineAtMs <= Date.now()) {
      this.#answer(entryId, claim, failure('QUEUE_DEADLINE_EXCEEDED', 'the deadline passed while the call was waiting'));
    } else {
      this.#handler.run(invocation, (reply) => this.#answer(entryId, claim, reply));
    }
  }

  #answer(entryId: string, claim: Claim, reply: Reply): void {
    if (claim.reply !== undefined) return;
    claim.reply = reply;
    this.#running--;
    this.#answers.add(entryId, claim.replyTo, claim.invocationId, reply);
  }

  #checkDrained(): void {
    if (this.#running === 0 && this.#answers.idle) this.#onDrained?.();
  }
}
