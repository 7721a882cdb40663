/** The API of dead letters: asynchronous invocations that were given up. They can be looked at, queued again and deleted. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { deadReasons, InvocationRecord } from '../../contracts/async.ts';
import { BantamError } from '../../contracts/errors.ts';
import { functionNamePattern } from '../../contracts/names.ts';
import type { AsyncProducer } from '../../queue/async/port.ts';
import type { DeadLetterFilter, InvocationStore } from '../../registry/invocations/port.ts';
import { permitRecord } from '../auth/permit.ts';
import { noInvocation, parseInvocationId } from '../async/ids.ts';
import { namedIn, namespaceMember, namespacesIn, ofNamespaces, shown } from './in-namespace.ts';

export interface DeadLetterRoutesOptions {
  readonly store: Pick<InvocationStore, 'find' | 'list' | 'deadLetters' | 'redrive' | 'purge'>;
  readonly engine: Pick<AsyncProducer, 'enqueue'>;
  /** Told when the engine did not take redriven invocations. */
  readonly onFault: (error: unknown) => void;
}

const filtering = {
  function: Type.Optional(Type.String({ pattern: functionNamePattern })),
  reason: Type.Optional(Type.Enum([...deadReasons])),
};
const Filter = Type.Object(filtering, { additionalProperties: false });
const OfNamespaces = Type.Object(ofNamespaces, { additionalProperties: false });
const Purge = Type.Object({ ...ofNamespaces, ...filtering }, { additionalProperties: false });
const Listing = Type.Object(
  {
    ...ofNamespaces,
    ...filtering,
    before: Type.Optional(Type.String({ description: '`next` of the page before' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  },
  { additionalProperties: false },
);
const ShownInvocation = Type.Object({ ...InvocationRecord.properties, ...namespaceMember });
const DeadLetterList = Type.Object({
  invocations: Type.Array(ShownInvocation),
  next: Type.Optional(Type.String({ description: '`before` of the next page' })),
});
interface OfOne {
  readonly Params: { readonly id: string };
}

const pageSize = 1_000;

export function deadLetterRoutes(app: FastifyInstance, { store, engine, onFault }: DeadLetterRoutesOptions): void {
  const tags = ['dead letters'];

  const redrive = async (ids: readonly string[]): Promise<number> => {
    const redriven = await store.redrive(ids);
    // Nobody waits for the engine: what it does not get, the keeper brings to it.
    if (redriven.length > 0) engine.enqueue(redriven.map((attempt) => ({ ...attempt, delayMs: 0 }))).catch(onFault);
    return redriven.length;
  };
  const show = async (id: string): Promise<InvocationRecord> => {
    const record = await store.find(id);
    if (record === undefined) throw noInvocation(id);
    return record;
  };
  /** @returns its id, if it is there for whoever asks */
  const permitted = async ({ params, principal }: FastifyRequest<OfOne>, access: 'read' | 'deploy'): Promise<string> => {
    const id = parseInvocationId(params.id);
    permitRecord(principal, access, await show(id));
    return id;
  };
  const showDead = async (id: string): Promise<InvocationRecord> => {
    const record = await show(id);
    if (record.status !== 'dead') throw new BantamError('INVOCATION_NOT_DEAD', `the invocation ${id} is ${record.status}`);
    return record;
  };
  /** In one pass: what dies again meanwhile is not taken again. @returns the sum of what `work` says */
  const forAll = async (wanted: DeadLetterFilter, work: (ids: readonly string[]) => Promise<number>): Promise<number> => {
    let done = 0;
    let ids: readonly string[] = [];
    do {
      ids = await store.deadLetters(wanted, pageSize, ids.at(-1));
      if (ids.length > 0) done += await work(ids);
    } while (ids.length === pageSize);
    return done;
  };

  app.get<{ Querystring: Static<typeof Listing> }>(
    '/api/dead-letters',
    {
      config: { access: 'read' },
      schema: { summary: 'List the dead letters, newest first', tags, querystring: Listing, response: { 200: DeadLetterList } },
    },
    async ({ query }) => {
      const filter = { ...filterOf(query, query), status: 'dead', schedule: undefined } as const;
      const { items, next } = await store.list(filter, query.limit ?? 100, query.before);
      return { invocations: items.map(shown), next };
    },
  );

  app.delete<{ Querystring: Static<typeof Purge> }>(
    '/api/dead-letters',
    {
      config: { access: 'deploy' },
      schema: {
        summary: 'Delete all dead letters, or those of a function or with a reason',
        tags,
        querystring: Purge,
        response: { 200: Type.Object({ purged: Type.Integer() }) },
      },
    },
    async ({ query }) => ({ purged: await forAll(filterOf(query, query), (ids) => store.purge(ids)) }),
  );

  app.post<{ Querystring: Static<typeof OfNamespaces>; Body: Static<typeof Filter> }>(
    '/api/dead-letters/redrive',
    {
      config: { access: 'deploy' },
      schema: {
        summary: 'Queue all dead letters again, or those of a function or with a reason',
        tags,
        querystring: OfNamespaces,
        body: Filter,
        response: { 200: Type.Object({ redriven: Type.Integer() }) },
      },
    },
    async ({ query, body }) => ({ redriven: await forAll(filterOf(query, body), redrive) }),
  );

  app.get<OfOne>(
    '/api/dead-letters/:id',
    { config: { access: 'read', about: 'record' }, schema: { summary: 'Show a dead letter', tags, response: { 200: ShownInvocation } } },
    async (request) => shown(await showDead(await permitted(request, 'read'))),
  );

  app.post<OfOne>(
    '/api/dead-letters/:id/redrive',
    {
      config: { access: 'deploy', about: 'record' },
      schema: { summary: 'Queue a dead letter again, as if no attempt had been made', tags, response: { 200: ShownInvocation } },
    },
    async (request) => {
      const id = await permitted(request, 'deploy');
      return shown(await ((await redrive([id])) > 0 ? show(id) : showDead(id)));
    },
  );

  app.delete<OfOne>(
    '/api/dead-letters/:id',
    { config: { access: 'deploy', about: 'record' }, schema: { summary: 'Delete a dead letter', tags, response: { 204: Type.Null() } } },
    async (request, reply) => {
      const id = await permitted(request, 'deploy');
      if ((await store.purge([id])) === 0) await showDead(id);
      return reply.code(204).send();
    },
  );
}

/** @throws BantamError INVALID_NAME */
function filterOf(query: unknown, { function: name, reason }: Static<typeof Filter>): DeadLetterFilter {
  const namespace = namespacesIn(query);
  return { namespace, function: namedIn(namespace, name), reason };
}
