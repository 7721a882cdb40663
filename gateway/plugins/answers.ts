/** A guest's answer becomes the HTTP answer, and the caller who does not wait for it is noticed. */
import { isAscii } from 'node:buffer';
import type { FastifyReply } from 'fastify';
import type { CheckedAnswer } from '../../contracts/guest-answer.ts';

/** Fields that the gateway has set before come first. */
export function sendAnswer(
  reply: FastifyReply,
  { status, headers, body }: Pick<CheckedAnswer, 'status' | 'headers' | 'body'>,
): FastifyReply {
  reply.code(status);
  for (const [name, values] of headers) {
    const before = reply.getHeader(name);
    // Two of a kind would be none: the configuration of the function speaks for the guest.
    if (before !== undefined && name.startsWith('access-control-')) continue;
    const all = before === undefined ? values : [before, ...values];
    reply.header(name, all.length === 1 ? all[0] : all);
  }
  const content = body === undefined ? undefined : withHeader(reply, body);
  // Fastify adds a charset to the type of JSON that is a string, unless it is told what makes it one.
  return typeof content === 'string' ? reply.serializer(String).send(content) : reply.send(content);
}

/** Bytes past which a copy costs more than a second write. */
const smallBytes = 4_096;

const ascii = /^[\0-\x7f]*$/;

/**
 * Node writes a string together with the header, a buffer after it. Both are then written as UTF-8, but fields of a header are Latin-1.
 * @returns the same bytes, as a string where that is possible and cheap
 */
function withHeader(reply: FastifyReply, body: Uint8Array): Uint8Array | string {
  if (body.length > smallBytes || !isAscii(body)) return body;
  if (!Object.values(reply.getHeaders()).every((value) => ascii.test(String(value)))) return body;
  return Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1');
}

/** @returns a signal that is aborted when the caller closes the connection before it has its answer */
export function hangUp(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  // It may have been closed before anybody asked.
  if (reply.raw.destroyed && !reply.raw.writableEnded) controller.abort();
  reply.raw.once('close', () => {
    if (!reply.raw.writableEnded) controller.abort();
  });
  return controller.signal;
}
