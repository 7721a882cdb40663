/** What GET /api/events tells. No I/O. */
import { type Static, Type } from 'typebox';

/** Each with what it is about, see docs/events.md. */
export const eventTypes = [
  'function.published',
  'function.deleted',
  'release.set',
  'release.rolled-back',
  'invocation.finished',
  'invocation.dead',
  'schedule.run',
  'schedule.skipped',
  'worker.joined',
  'worker.left',
  'worker.lost',
] as const;
export type EventType = (typeof eventTypes)[number];

export const PlatformEvent = Type.Object({
  id: Type.String({ description: 'Greater than that of every event before it; Last-Event-ID.' }),
  at: Type.String({ format: 'date-time' }),
  type: Type.Enum([...eventTypes]),
  data: Type.Unsafe<Readonly<Record<string, unknown>>>(Type.Object({}, { additionalProperties: true })),
});
export type PlatformEvent = Static<typeof PlatformEvent>;
