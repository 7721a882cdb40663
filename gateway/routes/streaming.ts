/** What routes have in common whose answers go on. Pure. */
import type { FastifyReply } from 'fastify';
import { BantamError } from '../../contracts/errors.ts';

/** What Postgres counts with (bigint), and no more. */
const id = /^(0|[1-9][0-9]{0,17})$/;

export const eventStreamType = 'text/event-stream';

export function describeStream(reply: FastifyReply, contentType: string): FastifyReply {
  // nginx would gather what is sent until a buffer is full.
  return reply.headers({ 'content-type': contentType, 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
}

/**
 * @param header Last-Event-ID: a client that comes back names there what it has got since the URL was written
 * @param after  the same in the query
 * @param what   it is the id of, for the message
 * @throws BantamError INVALID_REQUEST
 */
export function parseCursor(header: string | string[] | undefined, after: string | undefined, what: string): bigint | undefined {
  const text = header === undefined || header === '' ? after : String(header);
  if (text === undefined) return undefined;
  if (!id.test(text)) throw new BantamError('INVALID_REQUEST', `${JSON.stringify(text.slice(0, 80))} is not the id of ${what}`);
  return BigInt(text);
}
