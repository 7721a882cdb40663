/** The API of dead letters: asynchronous invocations that were given up. They can be looked at, queued again and deleted. */
import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { deadReasons, InvocationRecord } from '../../contracts/async.ts';
import { BantamError } from '../../contracts/errors.ts';
import { functionNamePattern } from '../../contracts/names.ts';
import type { AsyncProducer } from '../../queue/async/port.ts';
import type { DeadLetterFilter, InvocationStore } from '../../registry/invocations/port.ts';
import { noInvocation, parseInvocationId } from '../async/ids.ts';

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
const Listing = Type.Object(
  {
    ...filtering,
    before: Type.Optional(Type.String({ description: '`next` of the page before' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  },
  { additionalProperties: false },
);
const DeadLetterList = Type.Object({
  invocations: Type.Array(InvocationRecord),
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
  const showDead = async (id: string): Promise<InvocationRecord> => {
    const record = await show(id);
    if (record.status !== 'dead') throw new BantamError('INVOCATION_NOT_DEAD', `the invocation ${id} is ${record.status}`);
    return record;
  };
  /** In one pass: what dies again meanwhile is not taken again. @returns the sum of what `work` says */
  const forAll = async (filter: Static<typeof Filter>, work: (ids: readonly string[]) => Promise<number>): Promise<number> => {
    const wanted: DeadLetterFilter = { function: filter.function, reason: filter.reason };
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
    { schema: { summary: 'List the dead letters, newest first', tags, querystring: Listing, response: { 200: DeadLetterList } } },
    async ({ query }) => {
      const { function: name, reason, before, limit } = query;
      const { items, next } = await store.list({ function: name, status: 'dead', schedule: undefined, reason }, limit ?? 100, before);
      return { invocations: items, next };
    },
  );

  app.delete<{ Querystring: Static<typeof Filter> }>(
    '/api/dead-letters',
    {
      schema: {
        summary: 'Delete all dead letters, or those of a function or with a reason',
        tags,
        querystring: Filter,
        response: { 200: Type.Object({ purged: Type.Integer() }) },
      },
    },
    async ({ query }) => ({ purged: await forAll(query, (ids) => store.purge(ids)) }),
  );

  app.post<{ Body: Static<typeof Filter> }>(
    '/api/dead-letters/redrive',
    {
      schema: {
        summary: 'Queue all dead letters again, or those of a function or with a reason',
        tags,
        body: Filter,
        response: { 200: Type.Object({ redriven: Type.Integer() }) },
      },
    },
    async ({ body }) => ({ redriven: await forAll(body, redrive) }),
  );

  app.get<OfOne>(
    '/api/dead-letters/:id',
    { schema: { summary: 'Show a dead letter', tags, response: { 200: InvocationRecord } } },
    ({ params }) => showDead(parseInvocationId(params.id)),
  );

  app.post<OfOne>(
    '/api/dead-letters/:id/redrive',
    { schema: { summary: 'Queue a dead letter again, as if no attempt had been made', tags, response: { 200: InvocationRecord } } },
    async ({ params }) => {
      const id = parseInvocationId(params.id);
      return (await redrive([id])) > 0 ? show(id) : showDead(id);
    },
  );

  app.delete<OfOne>(
    '/api/dead-letters/:id',
    { schema: { summary: 'Delete a dead letter', tags, response: { 204: Type.Null() } } },
    async ({ params }, reply) => {
      const id = parseInvocationId(params.id);
      if ((await store.purge([id])) === 0) await showDead(id);
      return reply.code(204).send();
    },
  );
}
