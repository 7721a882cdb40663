/** What guests wrote beside their answers: the log of a function, as it is and as it grows. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import type { GuestLogStore, LogFilter } from '../../registry/guest-logs.ts';
import type { FunctionRegistry } from '../../registry/registry.ts';
import type { StreamFormat } from '../events/stream.ts';
import type { LogFollowers } from '../logs/followers.ts';
import { filtered, type LogEntry, ndjson, sse, toEntry } from '../logs/format.ts';
import { parseSince } from '../logs/since.ts';
import { type NameParams, noFunction } from './function-view.ts';
import { functionIn, inNamespace } from './in-namespace.ts';
import { describeStream, eventStreamType, parseCursor } from './streaming.ts';

export interface LogRoutesOptions {
  readonly store: Pick<GuestLogStore, 'read' | 'before'>;
  readonly followers: LogFollowers;
  readonly registry: Pick<FunctionRegistry, 'latest'>;
}

const LogQuery = Type.Object(
  {
    ...inNamespace,
    follow: Type.Optional(Type.String({ enum: ['0', '1', 'true', 'false'], default: '0', description: '1: go on with what comes.' })),
    since: Type.Optional(Type.String({ description: 'Only lines since then: a time (2026-01-31T12:00:00Z), or how long ago (10m).' })),
    after: Type.Optional(Type.String({ description: 'Id of a line: those that came after it. Last-Event-ID says the same.' })),
    invocation: Type.Optional(Type.String({ format: 'uuid', description: 'Only lines of this invocation.' })),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_000,
        default: 100,
        description:
          'Most lines: the newest; with `since` or `after` the first. When following: most of those that are there already, unless `since` or `after` says where to begin.',
      }),
    ),
  },
  { additionalProperties: false },
);
type LogQuery = Static<typeof LogQuery>;

const types = { ndjson: 'application/x-ndjson', sse: eventStreamType } as const;
const formats: Readonly<Record<keyof typeof types, StreamFormat<LogEntry>>> = { ndjson, sse };

export function logRoutes(app: FastifyInstance, { store, followers, registry }: LogRoutesOptions): void {
  // Before the server waits for its connections to end.
  app.addHook('preClose', async () => followers.close());

  const url = '/api/functions/:name/logs';
  app.get<{ Params: NameParams; Querystring: LogQuery }>(
    url,
    {
      // Fastify's own would open a stream that nobody reads.
      exposeHeadRoute: false,
      config: { access: 'read' },
      schema: {
        summary: "Show or follow a function's log",
        description:
          'What its guests wrote to standard error, and to standard output where that is not the answer, as a JSON object per line; as server-sent events where Accept asks for text/event-stream. See docs/logs.md.',
        tags: ['functions'],
        querystring: LogQuery,
        produces: Object.values(types),
      },
    },
    async (request, reply) => {
      const name = functionIn(request);
      if ((await registry.latest(name)) === undefined) throw noFunction(name);
      const { follow, since, invocation, limit = 100 } = request.query;
      const filter: LogFilter = { sinceMs: since === undefined ? undefined : parseSince(since, Date.now()), invocationId: invocation };
      const seen = parseCursor(request.headers['last-event-id'], request.query.after, 'a line');
      const after = seen ?? (since === undefined ? await store.before(name, filter, limit) : 0n);
      const type = typeOf(request);
      const format = formats[type];
      describeStream(reply, types[type]);
      if (follow === '1' || follow === 'true') return reply.send(followers.open(name, after, filtered(format, filter)));
      const lines = await store.read(name, after, filter, limit);
      // Of text Fastify would say the charset, for which neither type has a parameter.
      return reply.send(Buffer.from(format.write(lines.map(toEntry))));
    },
  );

  app.head(url, { config: { access: 'read' }, schema: { hide: true } }, async (request, reply) =>
    describeStream(reply, types[typeOf(request)]).send(),
  );
}

function typeOf({ headers }: Pick<FastifyRequest, 'headers'>): keyof typeof types {
  return headers.accept?.includes(types.sse) === true ? 'sse' : 'ndjson';
}
