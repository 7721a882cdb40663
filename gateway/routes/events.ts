/** What happens on the platform, as it happens: server-sent events. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { type Static, Type } from 'typebox';
import { BantamError } from '../../contracts/errors.ts';
import { type EventType, eventTypes } from '../../contracts/event.ts';
import { functionNamePattern } from '../../contracts/names.ts';
import type { Feed } from '../events/feed.ts';
import type { EventFilter } from '../events/sse.ts';

export interface EventRoutesOptions {
  readonly feed: Feed;
}

const EventQuery = Type.Object(
  {
    after: Type.Optional(
      Type.String({ description: 'Id of an event: those that came after it; 0: all that are kept. Last-Event-ID says the same.' }),
    ),
    types: Type.Optional(Type.String({ description: `Only these, separated by commas: ${eventTypes.join(', ')}.` })),
    function: Type.Optional(Type.String({ pattern: functionNamePattern, description: 'Only what is about this function.' })),
  },
  { additionalProperties: false },
);
type EventQuery = Static<typeof EventQuery>;

/** What Postgres counts with (bigint), and no more. */
const idPattern = /^(0|[1-9][0-9]{0,17})$/;
const contentType = 'text/event-stream';

export function eventRoutes(app: FastifyInstance, { feed }: EventRoutesOptions): void {
  // Before the server waits for its connections to end.
  app.addHook('preClose', async () => feed.close());

  app.get<{ Querystring: EventQuery }>(
    '/api/events',
    {
      // Fastify's own would open a stream that nobody reads.
      exposeHeadRoute: false,
      schema: {
        summary: 'Follow what happens: server-sent events',
        description:
          'From now on, or from after an event that is named by `Last-Event-ID` (as EventSource does when it comes back) or `after`. What is too old to be kept is told as an event `gap`. See docs/events.md.',
        tags: ['events'],
        querystring: EventQuery,
        produces: [contentType],
      },
    },
    async ({ headers, query }, reply) => {
      const filter: EventFilter = { types: parseTypes(query.types), function: query.function };
      const stream = await feed.open(parseCursor(headers['last-event-id'], query.after), filter);
      return describe(reply).send(stream);
    },
  );

  app.head('/api/events', { schema: { hide: true } }, async (_request, reply) => describe(reply).send());
}

function describe(reply: FastifyReply): FastifyReply {
  // nginx would gather events until a buffer is full.
  return reply.headers({ 'content-type': contentType, 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
}

/** A client that comes back names in the header what it has got since the URL was written. */
function parseCursor(header: string | string[] | undefined, after: string | undefined): bigint | undefined {
  const text = header === undefined || header === '' ? after : String(header);
  if (text === undefined) return undefined;
  if (!idPattern.test(text)) throw new BantamError('INVALID_REQUEST', `${JSON.stringify(text.slice(0, 80))} is not the id of an event`);
  return BigInt(text);
}

function parseTypes(text: string | undefined): ReadonlySet<EventType> | undefined {
  if (text === undefined) return undefined;
  return new Set(
    text.split(',').map((name) => {
      const type = eventTypes.find((one) => one === name);
      if (type !== undefined) return type;
      throw new BantamError('INVALID_REQUEST', `${JSON.stringify(name.slice(0, 80))} is not one of ${eventTypes.join(', ')}`);
    }),
  );
}
