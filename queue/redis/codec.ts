/** The bytes of invocations and replies in Redis: msgpack for what is small, payloads and large bodies as they are. */
import { Packr } from 'msgpackr';
import type { ErrorCode, ErrorExtra } from '../../contracts/errors.ts';
import type { Answer, Invocation, Reply, Target, Timing } from '../../contracts/invocation.ts';
import { ByteLru } from '../../shared/lru.ts';

const packr = new Packr({ useRecords: false });

/** Versions are few and calls many: a target is packed once, and unpacked once. */
const packedTargets = new WeakMap<Target, Buffer>();
const unpackedTargets = new ByteLru<string, Target>(4_194_304);

/**
 * Replies with a larger body than this many bytes are fetched, not published: Redis cuts off a subscriber that lags by 32 MB
 * (client-output-buffer-limit pubsub).
 */
export const maxPublishedBodyBytes = 65_536;

type Head = [replyTo: string, id: string, enqueuedAtMs: number, deadlineAtMs: number, target: Buffer];

/** An entry of the stream is one field: the head is its name, the payload its value, so that a script can move it and nothing copies the payload. */
export function encodeHead(replyTo: string, { id, enqueuedAtMs, deadlineAtMs, target }: Invocation): Buffer {
  const head: Head = [replyTo, id, enqueuedAtMs, deadlineAtMs, packTarget(target)];
  return packr.pack(head);
}

/** @returns the gateway to reply to, and the id of the invocation */
export function decodeAddress(head: Buffer): { replyTo: string; id: string } {
  const [replyTo, id] = packr.unpack(head) as Head;
  return { replyTo, id };
}

/** The inverse of `encodeHead`. Calls of the same version get the same target. */
export function decodeInvocation(head: Buffer, payload: Uint8Array): { replyTo: string; invocation: Invocation } {
  const [replyTo, id, enqueuedAtMs, deadlineAtMs, target] = packr.unpack(head) as Head;
  return { replyTo, invocation: { id, target: unpackTarget(target), enqueuedAtMs, deadlineAtMs, payload } };
}

function packTarget(target: Target): Buffer {
  let packed = packedTargets.get(target);
  if (packed === undefined) {
    // A copy: what msgpackr gives is a view of its own large buffer.
    packed = Buffer.from(packr.pack(target));
    packedTargets.set(target, packed);
  }
  return packed;
}

function unpackTarget(packed: Buffer): Target {
  const key = packed.toString('latin1');
  let target = unpackedTargets.get(key);
  if (target === undefined) {
    target = packr.unpack(packed) as Target;
    unpackedTargets.set(key, target, packed.length);
  }
  return target;
}

/** A body of null is to be fetched from `bodyKey`. */
type AnswerRow = [id: string, status: number, headers: readonly string[], body: Uint8Array | null, start: Answer['start'], timing: Timing];
type FailureRow = [id: string, code: ErrorCode, detail: string, extra: ErrorExtra | null, timing: Timing | null];
export type ReplyRow = AnswerRow | FailureRow;

/** @returns the reply as a row of a frame; a large body is left out */
export function toRow(id: string, reply: Reply): ReplyRow {
  if (!reply.ok) return [id, reply.code, reply.detail, reply.extra ?? null, reply.timing ?? null];
  const body = reply.body.length > maxPublishedBodyBytes ? null : reply.body;
  return [id, reply.status, reply.headers, body, reply.start, reply.timing];
}

/** @returns undefined when the body has to be fetched first */
export function fromRow(row: ReplyRow, fetchedBody?: Uint8Array): Reply | undefined {
  if (isFailure(row)) {
    const [, code, detail, extra, timing] = row;
    return { ok: false, code, detail, extra: extra ?? undefined, timing: timing ?? undefined };
  }
  const [, status, headers, publishedBody, start, timing] = row;
  const body = publishedBody ?? fetchedBody;
  return body === undefined ? undefined : { ok: true, status, headers, body, start, timing };
}

/** One published message: replies to calls of one gateway. */
export function encodeFrame(rows: readonly ReplyRow[]): Buffer {
  return packr.pack(rows);
}

/** The inverse of `encodeFrame`. */
export function decodeFrame(frame: Buffer): ReplyRow[] {
  return packr.unpack(frame) as ReplyRow[];
}

function isFailure(row: ReplyRow): row is FailureRow {
  return typeof row[1] === 'string';
}
