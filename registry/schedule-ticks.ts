/** The end of ticks: many schedules move on in one transaction, each only from the tick it was at. */
import type pg from 'pg';
import { inTransaction } from '../shared/postgres.ts';

/** What became of a tick. */
export interface TickEnd {
  readonly name: string;
  readonly tick: Date;
  /** Undefined: it was the last. */
  readonly nextAt: Date | undefined;
  readonly outcome: { readonly invocation: string } | TickSkip;
}

/** `missed`: nobody was there in time; `overlap`: the run before is not finished; `error`: it could not be invoked, `code` and `detail` say why. */
export interface TickSkip {
  readonly reason: 'missed' | 'overlap' | 'error';
  readonly code?: string;
  readonly detail?: string;
}

/** @throws BantamError REGISTRY_UNAVAILABLE. @returns see ScheduleStore */
export function settle(pool: pg.Pool, ends: readonly TickEnd[]): Promise<readonly boolean[]> {
  return inTransaction(pool, async (client) => {
    const names = ends.map(({ name }) => name);
    // In the order of names, so that two who settle the same do not wait for each other.
    const { rows } = await client.query<{ name: string }>(
      `with mine as materialized (
         select s.name, t.next, t.tick, t.invocation
         from unnest($1::text[], $2::timestamptz[], $3::timestamptz[], $4::uuid[]) as t (name, tick, next, invocation)
           join schedules s on s.name = t.name and s.next_at = t.tick order by s.name for update of s)
       update schedules s
       set next_at = mine.next,
           last_at = case when mine.invocation is null then s.last_at else mine.tick end,
           last_invocation = coalesce(mine.invocation, s.last_invocation)
       from mine where s.name = mine.name returning s.name`,
      [
        names,
        ends.map(({ tick }) => tick),
        ends.map(({ nextAt }) => nextAt),
        ends.map(({ outcome }) => ('invocation' in outcome ? outcome.invocation : undefined)),
      ],
    );
    const moved = new Set(rows.map(({ name }) => name));
    await tell(client, ends.filter(({ name }) => moved.has(name)).map(toEvent));
    return names.map((name) => moved.has(name));
  });
}

interface ScheduleEvent {
  readonly type: 'schedule.run' | 'schedule.skipped';
  readonly data: Readonly<Record<string, unknown>>;
}

function toEvent({ name, tick, outcome }: TickEnd): ScheduleEvent {
  const data = { schedule: name, tick: tick.toISOString(), ...outcome };
  return { type: 'invocation' in outcome ? 'schedule.run' : 'schedule.skipped', data };
}

/** Last in a transaction: see the function append_event. */
export async function tell(client: pg.ClientBase, events: readonly ScheduleEvent[]): Promise<void> {
  if (events.length === 0) return;
  await client.query('select append_events($1, $2)', [events.map(({ type }) => type), events.map(({ data }) => JSON.stringify(data))]);
}
