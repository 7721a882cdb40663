/** What happens on the platform, as it happens: server-sent events. */
import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { BantamError } from '../../contracts/errors.ts';
import { type EventType, eventTypes } from '../../contracts/event.ts';
import { functionNamePattern } from '../../contracts/names.ts';
import type { Feed } from '../events/feed.ts';
import type { EventFilter } from '../events/sse.ts';
import { namedIn, namespacesIn, ofNamespaces } from './in-namespace.ts';
import { describeStream, eventStreamType, parseCursor } from './streaming.ts';

export interface EventRoutesOptions {
  readonly feed: Feed;
}

const EventQuery = Type.Object(
  {
    ...ofNamespaces,
    after: Type.Optional(
      Type.String({ description: 'Id of an event: those that came after it; 0: all that are kept. Last-Event-ID says the same.' }),
    ),
    types: Type.Optional(Type.String({ description: `Only these, separated by commas: ${eventTypes.join(', ')}.` })),
    function: Type.Optional(Type.String({ pattern: functionNamePattern, description: 'Only what is about this function.' })),
  },
  { additionalProperties: false },
);
type EventQuery = Static<typeof EventQuery>;

export function eventRoutes(app: FastifyInstance, { feed }: EventRoutesOptions): void {
  // Before the server waits for its connections to end.
  app.addHook('preClose', async () => feed.close());

  app.get<{ Querystring: EventQuery }>(
    '/api/events',
    {
      // Fastify's own would open a stream that nobody reads.
      exposeHeadRoute: false,
      config: { access: 'read' },
      schema: {
        summary: 'Follow what happens: server-sent events',
        description:
          'From now on, or from after an event that is named by `Last-Event-ID` (as EventSource does when it comes back) or `after`. What is too old to be kept is told as an event `gap`. See docs/events.md.',
        tags: ['events'],
        querystring: EventQuery,
        produces: [eventStreamType],
      },
    },
    async ({ headers, query }, reply) => {
      const namespace = namespacesIn(query);
      const filter: EventFilter = { types: parseTypes(query.types), namespace, function: namedIn(namespace, query.function) };
      const stream = await feed.open(parseCursor(headers['last-event-id'], query.after, 'an event'), filter);
      return describeStream(reply, eventStreamType).send(stream);
    },
  );

  app.head('/api/events', { config: { access: 'read' }, schema: { hide: true } }, async (_request, reply) =>
    describeStream(reply, eventStreamType).send(),
  );
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
