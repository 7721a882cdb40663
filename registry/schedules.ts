/** Schedules in Postgres: what they say, when they are due, and what became of the last tick. */
import type pg from 'pg';
import { BantamError } from '../contracts/errors.ts';
import { bareNameOf, namespaceOf } from '../contracts/names.ts';
import { inTransaction, onPostgres } from '../shared/postgres.ts';
import { holdNamespace } from './namespaces.ts';
import { type Page, toPage } from './page.ts';
import { changed, columns, type ScheduleRow, type ScheduleSpec, specValues, type StoredSchedule, toSchedule } from './schedule-rows.ts';
import { settle, type TickEnd, tell } from './schedule-ticks.ts';

export interface DueSchedule extends StoredSchedule {
  readonly nextAt: Date;
  /** Whether the last invocation is not finished. */
  readonly busy: boolean;
}

/** @returns the first tick after now; undefined when there is none */
export type NextOf = (spec: ScheduleSpec, createdAt: Date) => Date | undefined;

/** Names are qualified. All throw BantamError REGISTRY_UNAVAILABLE when Postgres cannot be reached. */
export interface ScheduleStore {
  /**
   * Creates or replaces. `next` is asked when ticks begin anew: not while function, times and pause stay as they were, so that none is lost.
   * @throws BantamError NAMESPACE_NOT_FOUND
   */
  put(spec: ScheduleSpec, now: Date, next: NextOf): Promise<{ readonly created: boolean; readonly schedule: StoredSchedule }>;
  /** @returns undefined when there is none of this name */
  pause(name: string, paused: boolean, next: NextOf): Promise<StoredSchedule | undefined>;
  find(name: string): Promise<StoredSchedule | undefined>;
  /** By namespace and name. @param namespace undefined: of all @param after name that the page starts after */
  list(namespace: string | undefined, limit: number, after: string | undefined): Promise<Page<StoredSchedule>>;
  /** @returns false when there was none */
  remove(name: string): Promise<boolean>;
  /** Those with a tick that has come, the longest due first. */
  due(now: Date, limit: number): Promise<readonly DueSchedule[]>;
  /** @returns when the next one is due; undefined when none ever is */
  soonest(): Promise<Date | undefined>;
  /** Moves schedules on to their next tick and tells of it. @returns whether each was still at its tick: else it stays as it is */
  settle(ends: readonly TickEnd[]): Promise<readonly boolean[]>;
  /** Notes a run by hand and tells of it. */
  ran(name: string, invocation: string, at: Date): Promise<void>;
}

export function openSchedules(pool: pg.Pool): ScheduleStore {
  return {
    put: (spec, now, next) => put(pool, spec, now, next),
    pause: (name, paused, next) => inTransaction(pool, (client) => pause(client, name, paused, next)),
    find: (name) => find(pool, name),
    list: (namespace, limit, after) => list(pool, namespace, limit, after),
    remove: (name) => remove(pool, name),
    due: (now, limit) => due(pool, now, limit),
    soonest: () => soonest(pool),
    settle: (ends) => settle(pool, ends),
    ran: (name, invocation, at) => inTransaction(pool, (client) => ran(client, name, invocation, at)),
  };
}

async function put(pool: pg.Pool, spec: ScheduleSpec, now: Date, next: NextOf): ReturnType<ScheduleStore['put']> {
  // A refusal is returned and not thrown: it is no reason to close the connection.
  const result = await inTransaction(
    pool,
    async (client) => (await holdNamespace(client, namespaceOf(spec.name))) ?? insertOrReplace(client, spec, now, next),
  );
  if (result instanceof BantamError) throw result;
  return result;
}

async function insertOrReplace(client: pg.ClientBase, spec: ScheduleSpec, now: Date, next: NextOf): ReturnType<ScheduleStore['put']> {
  // The update changes nothing: it locks the row that is there, and returns it.
  const { rows } = await client.query<ScheduleRow & { readonly created: boolean }>(
    `insert into schedules (name, function, cron, time_zone, every_ms, body, overlap, missed, paused, created_at, next_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     on conflict (name) do update set name = excluded.name returning ${columns}, xmax = 0 as created`,
    [...specValues(spec), now, spec.paused ? undefined : next(spec, now)],
  );
  const row = rows[0] as ScheduleRow & { readonly created: boolean };
  return { created: row.created, schedule: row.created ? toSchedule(row) : await replace(client, toSchedule(row), spec, next) };
}

async function pause(client: pg.ClientBase, name: string, paused: boolean, next: NextOf): Promise<StoredSchedule | undefined> {
  const { rows } = await client.query<ScheduleRow>(`select ${columns} from schedules where name = $1 for update`, [name]);
  const [row] = rows;
  if (row === undefined) return undefined;
  const current = toSchedule(row);
  return replace(client, current, { ...current, paused }, next);
}

async function replace(client: pg.ClientBase, current: StoredSchedule, spec: ScheduleSpec, next: NextOf): Promise<StoredSchedule> {
  const change = changed(current, spec);
  if (change === 'nothing') return current;
  const begun = spec.paused ? undefined : next(spec, current.createdAt);
  const { rows } = await client.query<ScheduleRow>(
    `update schedules set function = $2, cron = $3, time_zone = $4, every_ms = $5, body = $6, overlap = $7, missed = $8, paused = $9, next_at = $10
     where name = $1 returning ${columns}`,
    [...specValues(spec), change === 'ticks' ? begun : current.nextAt],
  );
  return toSchedule(rows[0] as ScheduleRow);
}

async function find(pool: pg.Pool, name: string): Promise<StoredSchedule | undefined> {
  const { rows } = await onPostgres(() => pool.query<ScheduleRow>(`select ${columns} from schedules where name = $1`, [name]));
  return rows[0] === undefined ? undefined : toSchedule(rows[0]);
}

async function list(pool: pg.Pool, namespace: string | undefined, limit: number, after: string | undefined): Promise<Page<StoredSchedule>> {
  const { rows } = await onPostgres(() =>
    pool.query<ScheduleRow>(
      `select ${columns} from schedules
       where ($1::text is null or namespace = $1) and ($2::text is null or (namespace, split_part(name, '.', 1)) > ($2, $3))
       order by namespace, split_part(name, '.', 1) limit $4`,
      [namespace, after === undefined ? null : namespaceOf(after), after === undefined ? null : bareNameOf(after), limit + 1],
    ),
  );
  return toPage(rows.map(toSchedule), limit, ({ name }) => name);
}

async function remove(pool: pg.Pool, name: string): Promise<boolean> {
  const { rowCount } = await onPostgres(() => pool.query('delete from schedules where name = $1', [name]));
  return rowCount === 1;
}

async function due(pool: pg.Pool, now: Date, limit: number): Promise<readonly DueSchedule[]> {
  const { rows } = await onPostgres(() =>
    pool.query<ScheduleRow & { readonly busy: boolean }>(
      `select ${columns}, exists (select from invocations i where i.id = s.last_invocation and i.status in ('queued', 'running')) as busy
       from schedules s where next_at <= $1 order by next_at, name limit $2`,
      [now, limit],
    ),
  );
  return rows.map((row) => Object.assign(toSchedule(row), { nextAt: row.next_at as Date, busy: row.busy }));
}

async function soonest(pool: pg.Pool): Promise<Date | undefined> {
  const { rows } = await onPostgres(() => pool.query<{ soonest: Date | null }>('select min(next_at) as soonest from schedules'));
  return rows[0]?.soonest ?? undefined;
}

async function ran(client: pg.ClientBase, name: string, invocation: string, at: Date): Promise<void> {
  await client.query('update schedules set last_at = $2, last_invocation = $3 where name = $1', [name, at, invocation]);
  await tell(client, [{ type: 'schedule.run', data: { schedule: name, invocation } }]);
}
