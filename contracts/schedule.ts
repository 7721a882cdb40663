/** Schedules: functions invoked by the clock. No I/O. */
import { type Static, Type } from 'typebox';

const DateTime = Type.String({ format: 'date-time' });

/** What PUT of a schedule takes: `cron` or `everyMs`. */
export const ScheduleChange = Type.Object(
  {
    function: Type.String({
      minLength: 1,
      maxLength: 192,
      description: 'name, name@version or name:alias; of another namespace name.namespace. Looked up at each run.',
    }),
    cron: Type.Optional(
      Type.String({ minLength: 1, maxLength: 256, description: 'Five fields (minute to day of week), or six with seconds first.' }),
    ),
    timeZone: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'IANA name that `cron` is read in. Default UTC.' })),
    everyMs: Type.Optional(
      Type.Integer({ minimum: 1_000, maximum: 31_536_000_000, description: 'Milliseconds between runs, counted from when it was made.' }),
    ),
    body: Type.Optional(Type.Unsafe<unknown>({ description: 'JSON: the body of the requests it makes.' })),
    overlap: Type.Optional(
      Type.Enum(['skip', 'queue'], { description: 'When the run before is not finished: leave this one out, or queue it. Default skip.' }),
    ),
    missed: Type.Optional(
      Type.Enum(['skip', 'one'], { description: 'When nobody was there to run it: leave them all out, or run once. Default skip.' }),
    ),
    paused: Type.Optional(Type.Boolean({ description: 'Default false.' })),
  },
  { additionalProperties: false },
);
export type ScheduleChange = Static<typeof ScheduleChange>;

export const Schedule = Type.Object({
  name: Type.String(),
  namespace: Type.String(),
  function: Type.String(),
  cron: Type.Optional(Type.String()),
  timeZone: Type.String(),
  everyMs: Type.Optional(Type.Integer()),
  body: Type.Optional(Type.Unsafe<unknown>({})),
  overlap: Type.Enum(['skip', 'queue']),
  missed: Type.Enum(['skip', 'one']),
  paused: Type.Boolean(),
  createdAt: DateTime,
  nextAt: Type.Optional(DateTime),
  lastAt: Type.Optional(DateTime),
  lastInvocation: Type.Optional(Type.String()),
});
export type Schedule = Static<typeof Schedule>;
