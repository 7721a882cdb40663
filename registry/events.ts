/** Events in Postgres: what has happened, in the order in which it became visible. */
import type pg from 'pg';
import type { EventType, PlatformEvent } from '../contracts/event.ts';
import { onPostgres } from '../shared/postgres.ts';

/** What there is to be read. */
export interface EventRange {
  /** Id of the oldest event that is kept; past `latest` when none is. */
  readonly oldest: bigint;
  /** Id of the newest event, also when it is not kept any more; 0 before the first. */
  readonly latest: bigint;
}

/** All throw BantamError REGISTRY_UNAVAILABLE when Postgres cannot be reached. */
export interface EventStore {
  /** Oldest first. Whoever goes on after the last id it was given misses none. @param after id that the page starts after */
  read(after: bigint, limit: number): Promise<readonly PlatformEvent[]>;
  range(): Promise<EventRange>;
}

export function openEvents(pool: pg.Pool): EventStore {
  return {
    read: (after, limit) => readEvents(pool, after, limit),
    range: () => eventRange(pool),
  };
}

/** Events take turns from here to the end of their transactions: the last thing that a transaction does, and all of it that is told. */
export async function appendEvent(client: pg.ClientBase, type: EventType, data: Readonly<Record<string, unknown>>): Promise<void> {
  await client.query('select append_event($1, $2)', [type, JSON.stringify(data)]);
}

interface EventRow {
  readonly id: string;
  readonly at: Date;
  readonly type: EventType;
  readonly data: Readonly<Record<string, unknown>>;
}

async function readEvents(pool: pg.Pool, after: bigint, limit: number): Promise<readonly PlatformEvent[]> {
  const { rows } = await onPostgres(() =>
    pool.query<EventRow>('select id, at, type, data from events where id > $1 order by id limit $2', [after, limit]),
  );
  return rows.map(({ id, at, type, data }) => ({ id, at: at.toISOString(), type, data }));
}

async function eventRange(pool: pg.Pool): Promise<EventRange> {
  // Ids that were given and are not there belong to events that were deleted, or never came about.
  const { rows } = await onPostgres(() =>
    pool.query<{ oldest: string | null; newest: string | null; given: string | null }>(
      `select min(id) as oldest, max(id) as newest, pg_sequence_last_value(pg_get_serial_sequence('events', 'id')) as given from events`,
    ),
  );
  const [row] = rows;
  const latest = BigInt(row?.newest ?? row?.given ?? 0);
  return { oldest: BigInt(row?.oldest ?? latest + 1n), latest };
}
