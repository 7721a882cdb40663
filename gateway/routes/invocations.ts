/** The API of asynchronous invocations: look, wait, get the result, list, cancel. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { InvocationRecord, invocationStatuses, isFinal } from '../../contracts/async.ts';
import { errorCatalogue } from '../../contracts/error-catalogue.ts';
import { BantamError, type ErrorCode } from '../../contracts/errors.ts';
import { limits } from '../../contracts/limits.ts';
import { functionNamePattern, qualifiedNamePattern } from '../../contracts/names.ts';
import type { InvocationStore, KeptAnswer, StoredResult } from '../../registry/invocations/port.ts';
import { permitRecord } from '../auth/permit.ts';
import { parseDuration } from '../async/duration.ts';
import { noInvocation, parseInvocationId } from '../async/ids.ts';
import type { Waiters } from '../async/waiters.ts';
import { hangUp, sendAnswer } from '../plugins/answers.ts';
import { sendProblem } from '../plugins/problems.ts';
import { namedIn, namespaceMember, namespacesIn, ofNamespaces, shown } from './in-namespace.ts';

export interface InvocationRoutesOptions {
  readonly store: Pick<InvocationStore, 'find' | 'result' | 'list' | 'cancel'>;
  readonly waiters: Pick<Waiters, 'wait' | 'close'>;
}

const ShownInvocation = Type.Object({ ...InvocationRecord.properties, ...namespaceMember });
const InvocationList = Type.Object({
  invocations: Type.Array(ShownInvocation),
  next: Type.Optional(Type.String({ description: '`before` of the next page' })),
});
const Listing = Type.Object(
  {
    ...ofNamespaces,
    function: Type.Optional(Type.String({ pattern: functionNamePattern })),
    status: Type.Optional(Type.Enum([...invocationStatuses])),
    schedule: Type.Optional(Type.String({ pattern: qualifiedNamePattern, description: 'Name of the schedule that made them' })),
    before: Type.Optional(Type.String({ description: '`next` of the page before' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  },
  // A misspelt filter would list everything.
  { additionalProperties: false },
);
const Waiting = Type.Object({
  wait: Type.Optional(Type.String({ description: 'How long to wait for its end: 30s, 5m' })),
});
interface OfOne {
  readonly Params: { readonly id: string };
  readonly Querystring: Static<typeof Waiting>;
}

export function invocationRoutes(app: FastifyInstance, { store, waiters }: InvocationRoutesOptions): void {
  const tags = ['asynchronous invocation'];
  // A server that closes waits for its requests, and must not wait for long polls.
  app.addHook('preClose', () => waiters.close());

  /** Looks, and where asked waits and looks again while it is not final. */
  const look = async <T extends Pick<InvocationRecord, 'function' | 'status' | 'caller'>>(
    { params, query: { wait }, principal }: FastifyRequest<OfOne>,
    reply: FastifyReply,
    find: (id: string) => Promise<T | undefined>,
  ): Promise<T> => {
    const waitMs = wait === undefined ? 0 : parseDuration('wait', wait, limits.maxWaitMs);
    const id = parseInvocationId(params.id);
    let found = await find(id);
    if (found !== undefined) permitRecord(principal, 'read', found);
    if (found !== undefined && !isFinal(found.status) && waitMs > 0) {
      await waiters.wait(id, waitMs, hangUp(reply));
      found = await find(id);
    }
    if (found === undefined) throw noInvocation(id);
    return found;
  };

  app.get<{ Querystring: Static<typeof Listing> }>(
    '/api/invocations',
    {
      config: { access: 'read' },
      schema: { summary: 'List asynchronous invocations, newest first', tags, querystring: Listing, response: { 200: InvocationList } },
    },
    async ({ query }) => {
      const { function: name, status, schedule, before, limit } = query;
      const namespace = namespacesIn(query);
      const filter = { namespace, function: namedIn(namespace, name), status, schedule: namedIn(namespace, schedule) };
      const { items, next } = await store.list(filter, limit ?? 100, before);
      return { invocations: items.map(shown), next };
    },
  );

  app.get<OfOne>(
    '/api/invocations/:id',
    {
      config: { access: 'read', own: 'invoke', about: 'record' },
      schema: {
        summary: 'Show an asynchronous invocation, or wait for its end',
        tags,
        querystring: Waiting,
        response: { 200: ShownInvocation },
      },
    },
    async (request, reply) => shown(await look(request, reply, (id) => store.find(id))),
  );

  app.get<OfOne>(
    '/api/invocations/:id/result',
    {
      config: { access: 'read', own: 'invoke', about: 'record' },
      schema: {
        summary: 'The result of an asynchronous invocation: what a synchronous call would have been answered',
        tags,
        querystring: Waiting,
      },
    },
    async (request, reply) => {
      const result = await look(request, reply, (one) => store.result(one));
      const id = parseInvocationId(request.params.id);
      reply.header('x-bantam-invocation-id', id).header('x-bantam-version', result.version);
      return sendResult(reply, id, result);
    },
  );

  app.delete<OfOne>(
    '/api/invocations/:id',
    {
      config: { access: 'deploy', own: 'invoke', about: 'record' },
      schema: { summary: 'Cancel an asynchronous invocation', tags, response: { 200: ShownInvocation } },
    },
    async ({ params, principal }) => {
      const id = parseInvocationId(params.id);
      const found = await store.find(id);
      if (found === undefined) throw noInvocation(id);
      permitRecord(principal, 'deploy', found);
      const status = await store.cancel(id);
      if (status !== undefined && status !== 'cancelled') throw new BantamError('INVOCATION_FINISHED', `the invocation ${id} is ${status}`);
      const record = status && (await store.find(id));
      if (record === undefined) throw noInvocation(id);
      return shown(record);
    },
  );
}

function sendResult(reply: FastifyReply, id: string, { status, outcome }: StoredResult): FastifyReply {
  if (status === 'cancelled') throw new BantamError('INVOCATION_CANCELLED', `the invocation ${id} was cancelled`);
  if (!isFinal(status) || outcome === undefined) throw new BantamError('INVOCATION_NOT_FINISHED', `the invocation ${id} is ${status}`);
  if ('answer' in outcome) return sendAnswer(reply, toCheckedAnswer(outcome.answer));
  const { code, detail, extra } = outcome.failure;
  // Workers of a newer version may know more codes.
  const known = Object.hasOwn(errorCatalogue, code) ? (code as ErrorCode) : 'INTERNAL';
  return sendProblem(reply, new BantamError(known, detail, extra), { invocationId: id });
}

/** It was checked before it was kept. */
function toCheckedAnswer({ status, headers, body }: KeptAnswer): Parameters<typeof sendAnswer>[1] {
  const byName = new Map<string, string[]>();
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const [name = '', value = ''] = headers.slice(i, i + 2);
    byName.set(name, [...(byName.get(name) ?? []), value]);
  }
  return { status, headers: byName, body: body.length === 0 ? undefined : body };
}
