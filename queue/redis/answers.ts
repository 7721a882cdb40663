/** A worker's outgoing replies: collected for a tick, then one command that publishes a frame per gateway and removes the entries. */
import type { Reply } from '../../contracts/invocation.ts';
import { toError } from '../../shared/redis.ts';
import { encodeFrame, maxPublishedBodyBytes, type ReplyRow, toRow } from './codec.ts';
import { bodyKey, group, type LaneKeys, replyChannel } from './keys.ts';
import type { LaneRedis } from './scripts.ts';

/** How long a large body waits in Redis for its gateway. */
const bodyLifeMs = 10_000;

/** Entries per command; a script cannot unpack more than some thousands. */
const maxEntries = 500;

export interface AnswerEvents {
  onError(error: Error): void;
  /** Redis has published the replies, and the entries are gone. */
  onConfirmed(entryIds: readonly string[]): void;
  /** Whether Redis got the replies is not known. It did so exactly where the entry is gone. */
  onUnconfirmed(): void;
}

export class Answers {
  readonly #redis: LaneRedis;
  readonly #keys: LaneKeys;
  readonly #events: AnswerEvents;
  #entryIds: string[] = [];
  #rowsByGateway = new Map<string, ReplyRow[]>();
  #inFlight = 0;
  readonly #flush = (): void => this.#send();

  constructor(redis: LaneRedis, keys: LaneKeys, events: AnswerEvents) {
    this.#redis = redis;
    this.#keys = keys;
    this.#events = events;
  }

  /** Whether nothing waits for a confirmation. */
  get idle(): boolean {
    return this.#entryIds.length === 0 && this.#inFlight === 0;
  }

  /** @param reply undefined removes the entry without a word */
  add(entryId: string, replyTo: string, invocationId: string, reply: Reply | undefined): void {
    if (reply !== undefined) {
      // Sent before the frame on the same connection, so it is there when the gateway asks for it.
      if (reply.ok && reply.body.length > maxPublishedBodyBytes) this.#park(bodyKey(replyTo, invocationId), reply.body);
      const rows = this.#rowsByGateway.get(replyTo);
      const row = toRow(invocationId, reply);
      if (rows === undefined) this.#rowsByGateway.set(replyTo, [row]);
      else rows.push(row);
    }
    const entries = this.#entryIds.push(entryId);
    if (entries === 1) setImmediate(this.#flush);
    else if (entries === maxEntries) this.#send();
  }

  #park(key: string, body: Uint8Array): void {
    this.#redis
      .set(key, Buffer.from(body.buffer, body.byteOffset, body.length), 'PX', bodyLifeMs)
      .catch((error: unknown) => this.#events.onError(toError(error)));
  }

  #send(): void {
    const entryIds = this.#entryIds;
    if (entryIds.length === 0) return;
    const frames: (string | Buffer)[] = [];
    for (const [gatewayId, rows] of this.#rowsByGateway) frames.push(replyChannel(gatewayId), encodeFrame(rows));
    this.#entryIds = [];
    this.#rowsByGateway = new Map();
    this.#inFlight++;
    this.#redis.answer(this.#keys.stream, group, entryIds.length, ...entryIds, ...frames).then(
      () => {
        this.#inFlight--;
        this.#events.onConfirmed(entryIds);
      },
      (error: unknown) => {
        this.#inFlight--;
        this.#events.onError(toError(error));
        this.#events.onUnconfirmed();
      },
    );
  }
}
