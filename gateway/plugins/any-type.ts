/** For routes that take any body, whatever it says of its type. A Content-Type that is none counts as not given. */
import type { FastifyInstance } from 'fastify';

/** A media type as far as Fastify asks for one (RFC 9110, section 8.3.1). */
const mediaType = /^\s*[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(?:;|$)/;

/** Without it Fastify answers 415 before any parser is asked. */
export function takeAnyType(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const { headers } = request.raw;
    const type = headers['content-type'];
    if (type !== undefined && !mediaType.test(type)) delete headers['content-type'];
    done();
  });
}

/** Bodies are bytes. @param maxBytes past which they get 413 */
export function takeAnyBody(app: FastifyInstance, maxBytes: number): void {
  takeAnyType(app);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: maxBytes }, (_request, body, done) => done(null, body));
}
