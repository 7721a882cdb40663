/** Schedules as they are kept, their rows, and what two versions of one have in common. Pure. */
import type { Schedule } from '../contracts/schedule.ts';

/** What a schedule says. */
export interface ScheduleSpec {
  readonly name: string;
  /** name, name@version or name:alias */
  readonly function: string;
  /** This or `everyMs`. */
  readonly cron: string | undefined;
  readonly timeZone: string;
  readonly everyMs: number | undefined;
  /** JSON; undefined: its requests have none. */
  readonly body: string | undefined;
  readonly overlap: Schedule['overlap'];
  readonly missed: Schedule['missed'];
  readonly paused: boolean;
}

export interface StoredSchedule extends ScheduleSpec {
  readonly createdAt: Date;
  /** Undefined while it is paused, and when there is no further tick. */
  readonly nextAt: Date | undefined;
  /** Tick of the last run, or when it was last run by hand. */
  readonly lastAt: Date | undefined;
  readonly lastInvocation: string | undefined;
}

export const columns =
  'name, function, cron, time_zone, every_ms, body, overlap, missed, paused, created_at, next_at, last_at, last_invocation';

export interface ScheduleRow {
  readonly name: string;
  readonly function: string;
  readonly cron: string | null;
  readonly time_zone: string;
  /** bigint: pg gives text. */
  readonly every_ms: string | null;
  readonly body: string | null;
  readonly overlap: Schedule['overlap'];
  readonly missed: Schedule['missed'];
  readonly paused: boolean;
  readonly created_at: Date;
  readonly next_at: Date | null;
  readonly last_at: Date | null;
  readonly last_invocation: string | null;
}

export function toSchedule(row: ScheduleRow): StoredSchedule {
  return {
    name: row.name,
    function: row.function,
    cron: row.cron ?? undefined,
    timeZone: row.time_zone,
    everyMs: row.every_ms === null ? undefined : Number(row.every_ms),
    body: row.body ?? undefined,
    overlap: row.overlap,
    missed: row.missed,
    paused: row.paused,
    createdAt: row.created_at,
    nextAt: row.next_at ?? undefined,
    lastAt: row.last_at ?? undefined,
    lastInvocation: row.last_invocation ?? undefined,
  };
}

/** In the order of the columns, `name` first. */
export function specValues(spec: ScheduleSpec): unknown[] {
  return [spec.name, spec.function, spec.cron, spec.timeZone, spec.everyMs, spec.body, spec.overlap, spec.missed, spec.paused];
}

/** @returns `ticks` when those to come are others than before, or lead to another function; `rest` when only something else differs */
export function changed(from: ScheduleSpec, to: ScheduleSpec): 'nothing' | 'ticks' | 'rest' {
  const before = tickMembers(from);
  if (tickMembers(to).some((member, i) => member !== before[i])) return 'ticks';
  return from.body === to.body && from.overlap === to.overlap && from.missed === to.missed ? 'nothing' : 'rest';
}

function tickMembers(spec: ScheduleSpec): readonly unknown[] {
  return [spec.function, spec.cron, spec.timeZone, spec.everyMs, spec.paused];
}
