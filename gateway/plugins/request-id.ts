/** Every request has an id: the caller's `x-request-id` where it is a plain one, else a new one; every answer carries it. */
import { randomUUID } from 'node:crypto';
import type { FastifyInstance, RawRequestDefaultExpression } from 'fastify';
import fp from 'fastify-plugin';

/** What can go into a header and a log line as it is. */
const plain = /^[\x21-\x7e]{1,128}$/;

export function requestIdOf(request: RawRequestDefaultExpression): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && plain.test(given) ? given : randomUUID();
}

async function requestId(app: FastifyInstance): Promise<void> {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    done();
  });
}

export default fp(requestId, { name: 'request-id' });
