/** A worker's outgoing replies: collected for a tick, then one command that publishes a frame per gateway and removes the entries. */
import type { Reply } from '../../contracts/invocation.ts';
import { encodeFrame, maxPublishedBodyBytes, type ReplyRow, toRow } from './codec.ts';
import { bodyKey, group, type LaneKeys, replyChannel } from './keys.ts';
import type { LaneRedis } from './scripts.ts';

/** How long a large body waits in Redis for its gateway. */
const bodyLifeMs = 10_000;

/** Entries per command; a script cannot unpack more than some thousands. */
const maxEntries = 500;

export class Answers {
  readonly #redis: LaneRedis;
  readonly #keys: LaneKeys;
  readonly #onError: (error: Error) => void;
  readonly #onDelivered: (entryIds: readonly string[]) => void;
  #entryIds: string[] = [];
  #rowsByGateway = new Map<string, ReplyRow[]>();
  #inFlight = 0;
  readonly #flush = (): void => this.#send();

  /** @param onDelivered told of entries that Redis has confirmed to be gone */
  constructor(redis: LaneRedis, keys: LaneKeys, events: { onError(error: Error): void; onDelivered(entryIds: readonly string[]): void }) {
    this.#redis = redis;
    this.#keys = keys;
    this.#onError = (error) => events.onError(error);
    this.#onDelivered = (entryIds) => events.onDelivered(entryIds);
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
    this.#redis.set(key, Buffer.from(body.buffer, body.byteOffset, body.length), 'PX', bodyLifeMs).catch(this.#onError);
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
        this.#onDelivered(entryIds);
      },
      (error: Error) => {
        this.#inFlight--;
        this.#onDelivered([]);
        this.#onError(error);
      },
    );
  }
}
