/** The control API of schedules. */
import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { BantamError } from '../../contracts/errors.ts';
import { bareNameOf, defaultNamespace, namespaceOf, qualifiedNamePattern, qualify } from '../../contracts/names.ts';
import { Schedule, ScheduleChange } from '../../contracts/schedule.ts';
import type { StoredSchedule } from '../../registry/schedule-rows.ts';
import type { NextOf, ScheduleStore } from '../../registry/schedules.ts';
import { permitReference } from '../auth/references.ts';
import { nextTick } from '../schedules/next.ts';
import { parseSchedule, parseScheduleName } from '../schedules/parse.ts';
import type { ScheduleRunner } from '../schedules/run.ts';
import { InNamespace, namedIn, namespaceIn, namespacesIn, ofNamespaces } from './in-namespace.ts';

export interface ScheduleRoutesOptions {
  readonly store: Pick<ScheduleStore, 'put' | 'pause' | 'find' | 'list' | 'remove' | 'ran'>;
  readonly runner: Pick<ScheduleRunner, 'check' | 'runNow'>;
  /** Called when ticks may come at other times than before. */
  readonly onChange: () => void;
}

const ScheduleList = Type.Object({
  schedules: Type.Array(Schedule),
  next: Type.Optional(Type.String({ description: '`after` of the next page' })),
});
const Paging = Type.Object({
  ...ofNamespaces,
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  after: Type.Optional(Type.String({ pattern: qualifiedNamePattern, description: '`next` of the page before' })),
});
const Accepted = Type.Object({
  id: Type.String(),
  statusUrl: Type.String({ description: 'Path at which it is followed' }),
});
interface OfOne {
  readonly Params: { readonly name: string };
}

export function scheduleRoutes(app: FastifyInstance, { store, runner, onChange }: ScheduleRoutesOptions): void {
  const tags = ['schedules'];

  app.put<OfOne>(
    '/api/schedules/:name',
    {
      config: { access: 'deploy' },
      schema: {
        summary: 'Invoke a function by the clock: make a schedule, or replace it',
        tags,
        querystring: InNamespace,
        body: Type.Unsafe<unknown>(ScheduleChange),
        response: { 200: Schedule, 201: Schedule },
      },
      // Said in our own words by parseSchedule.
      validatorCompiler: () => () => true,
    },
    async (request, reply) => {
      const now = new Date();
      const name = scheduleIn(request);
      const spec = parseSchedule(name, request.body, now.getTime());
      permitReference(request.principal, namespaceOf(name), spec.function);
      await runner.check(spec);
      const { created, schedule } = await store.put(spec, now, nextFrom(now));
      onChange();
      return reply
        .code(created ? 201 : 200)
        .header('location', pathOf(name))
        .send(view(schedule));
    },
  );

  app.get<{ Querystring: Static<typeof Paging> }>(
    '/api/schedules',
    {
      config: { access: 'read' },
      schema: { summary: 'List the schedules by name', tags, querystring: Paging, response: { 200: ScheduleList } },
    },
    async ({ query }) => {
      const namespace = namespacesIn(query);
      const { items, next } = await store.list(namespace, query.limit ?? 100, namedIn(namespace, query.after));
      return { schedules: items.map(view), next };
    },
  );

  app.get<OfOne>(
    '/api/schedules/:name',
    { config: { access: 'read' }, schema: { summary: 'Show a schedule', tags, querystring: InNamespace, response: { 200: Schedule } } },
    async (request) => view(await existing(request)),
  );

  app.delete<OfOne>(
    '/api/schedules/:name',
    {
      config: { access: 'deploy' },
      schema: { summary: 'Delete a schedule; what it has invoked goes on', tags, querystring: InNamespace, response: { 204: Type.Null() } },
    },
    async (request, reply) => {
      const name = scheduleIn(request);
      if (!(await store.remove(name))) throw noSchedule(name);
      return reply.code(204).send();
    },
  );

  app.post<OfOne>(
    '/api/schedules/:name/run',
    {
      config: { access: 'deploy' },
      schema: {
        summary: 'Run a schedule now, also when it is paused or its last run is not finished',
        tags,
        querystring: InNamespace,
        response: { 202: Accepted },
      },
    },
    async (request, reply) => {
      const schedule = await existing(request);
      const now = new Date();
      const { id } = await runner.runNow(schedule, now);
      await store.ran(schedule.name, id, now);
      const statusUrl = `/api/invocations/${id}`;
      return reply.code(202).header('x-bantam-invocation-id', id).header('location', statusUrl).send({ id, statusUrl });
    },
  );

  for (const [action, paused, summary] of [
    ['pause', true, 'Pause a schedule'],
    ['resume', false, 'Go on with a schedule, from the next time it fits'],
  ] as const) {
    app.post<OfOne>(
      `/api/schedules/:name/${action}`,
      { config: { access: 'deploy' }, schema: { summary, tags, querystring: InNamespace, response: { 200: Schedule } } },
      async (request) => {
        const name = scheduleIn(request);
        const schedule = await store.pause(name, paused, nextFrom(new Date()));
        if (schedule === undefined) throw noSchedule(name);
        onChange();
        return view(schedule);
      },
    );
  }

  const existing = async (request: Named): Promise<StoredSchedule> => {
    const name = scheduleIn(request);
    const schedule = await store.find(name);
    if (schedule === undefined) throw noSchedule(name);
    return schedule;
  };
}

function nextFrom(now: Date): NextOf {
  return (spec, createdAt) => {
    const next = nextTick(spec, createdAt.getTime(), now.getTime());
    return next === undefined ? undefined : new Date(next);
  };
}

/** As `Schedule`; the serializer writes dates. */
function view({
  body,
  name,
  ...schedule
}: StoredSchedule): Omit<StoredSchedule, 'body'> & { readonly namespace: string; readonly body?: unknown } {
  const named = { ...schedule, name: bareNameOf(name), namespace: namespaceOf(name) };
  return body === undefined ? named : { ...named, body: JSON.parse(body) as unknown };
}

interface Named {
  readonly params: OfOne['Params'];
  readonly query: unknown;
}

/** @returns the qualified name of the schedule that a request is about. @throws BantamError INVALID_NAME */
function scheduleIn({ params, query }: Named): string {
  return qualify(parseScheduleName(params.name), namespaceIn(query));
}

function pathOf(name: string): string {
  const namespace = namespaceOf(name);
  return `/api/schedules/${bareNameOf(name)}${namespace === defaultNamespace ? '' : `?namespace=${namespace}`}`;
}

function noSchedule(name: string): BantamError {
  return new BantamError('SCHEDULE_NOT_FOUND', `there is no schedule "${name}"`);
}
