/** Every error leaves as RFC 9457 problem details. The one place where Fastify's errors become ours. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { BantamError, type Problem, toProblem } from '../../contracts/errors.ts';

/** Fastify's codes that a caller can cause (fastify/lib/errors.js). */
const fromFastify: Readonly<Record<string, (error: FastifyError) => BantamError>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: () => new BantamError('BODY_TOO_LARGE', 'the request body is larger than the limit'),
  FST_REQ_FILE_TOO_LARGE: () => new BantamError('MODULE_TOO_LARGE', 'a part of the form is larger than the limit'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () => new BantamError('UNSUPPORTED_MEDIA_TYPE', 'send the body as application/json'),
  FST_ERR_BAD_URL: () => new BantamError('INVALID_REQUEST', 'the URL is not valid percent-encoding'),
};

export function toBantamError(error: unknown): BantamError {
  if (error instanceof BantamError) return error;
  const foreign = error as Partial<FastifyError>;
  const known = foreign.code === undefined ? undefined : fromFastify[foreign.code]?.(foreign as FastifyError);
  if (known !== undefined) return known;
  if (foreign.validation !== undefined || (foreign.statusCode !== undefined && foreign.statusCode >= 400 && foreign.statusCode < 500)) {
    return new BantamError('INVALID_REQUEST', detailOf(foreign), undefined, { cause: error });
  }
  return new BantamError('INTERNAL', 'an unforeseen error; the log has it under the request id', undefined, { cause: error });
}

/** Ajv says that there are allowed values, or a member too many, and names them only beside its message. */
function detailOf({ message = 'the request is malformed', validation }: Partial<FastifyError>): string {
  const { allowedValues, additionalProperty } = validation?.[0]?.params ?? {};
  const named = Array.isArray(allowedValues) ? allowedValues.join(', ') : additionalProperty;
  return typeof named === 'string' ? `${message}: ${named}` : message;
}

/** Answers with the problem; Retry-After comes from `extra.retryAfterMs`. */
export function sendProblem(reply: FastifyReply, error: BantamError, members: Readonly<Record<string, unknown>> = {}): FastifyReply {
  const retryAfterMs = error.extra?.['retryAfterMs'] ?? (error.row.retryable ? 1_000 : undefined);
  if (typeof retryAfterMs === 'number') reply.header('retry-after', Math.ceil(retryAfterMs / 1_000));
  const problem: Problem = { ...toProblem(error), ...members };
  return reply.code(problem.status).header('content-type', 'application/problem+json').serializer(JSON.stringify).send(problem);
}

async function problems(app: FastifyInstance): Promise<void> {
  app.setErrorHandler((error, request: FastifyRequest, reply) => {
    const known = toBantamError(error);
    const invocationId = reply.getHeader('x-bantam-invocation-id');
    if (known.code === 'INTERNAL')
      request.log.error({ err: known.cause ?? known, requestId: request.id, invocationId }, 'unforeseen error');
    // A caller who is still sending must be able to read the answer: closing now, as Fastify would, resets the connection.
    reply.removeHeader('connection');
    request.raw.resume();
    return sendProblem(reply, known, { requestId: request.id, ...(invocationId !== undefined && { invocationId }) });
  });
  const routes = new Map<string, { readonly pattern: RegExp; readonly methods: string[] }>();
  app.addHook('onRoute', ({ url, method }) => {
    const route = routes.get(url) ?? { pattern: new RegExp(`^${url.replaceAll('*', '.*').replaceAll(/:[a-z]+/g, '[^/]+')}$`), methods: [] };
    route.methods.push(...[method].flat());
    routes.set(url, route);
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    const allowed = [...routes.values()].find(({ pattern }) => pattern.test(path))?.methods;
    if (allowed === undefined)
      return sendProblem(reply, new BantamError('ROUTE_NOT_FOUND', `there is nothing at ${path}`), { requestId: request.id });
    reply.header('allow', allowed.join(', '));
    return sendProblem(reply, new BantamError('METHOD_NOT_ALLOWED', `${path} does not take ${request.method}`), { requestId: request.id });
  });
}

export default fp(problems, { name: 'problems' });
