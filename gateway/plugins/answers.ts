/** A guest's answer becomes the HTTP answer, and the caller who does not wait for it is noticed. */
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
  return body === undefined ? reply.send() : reply.send(body);
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
