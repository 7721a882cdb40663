/** The logs of functions in Postgres: each is a stream of lines, a line is named by where it ends. */
import type pg from 'pg';
import { type DroppedLog, type GuestLogLine, lineOverheadBytes } from '../contracts/guest-log.ts';
import { onPostgres } from '../shared/postgres.ts';
import { splitByBytes, storable } from './invocations/columns.ts';

/** A line to be written. */
export interface NewLogLine {
  /** Qualified name. */
  readonly function: string;
  readonly version: number;
  readonly invocationId: string;
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly line: string;
  readonly dropped: DroppedLog | undefined;
}

export interface LogFilter {
  /** Epoch milliseconds before which lines are left out; undefined: none are. */
  readonly sinceMs: number | undefined;
  /** UUID of the only invocation; undefined: of any. */
  readonly invocationId: string | undefined;
}

/** All throw BantamError REGISTRY_UNAVAILABLE when Postgres cannot be reached. */
export interface GuestLogStore {
  /** Appends to the logs of functions, and deletes what is further back in them than `keepBytes`. @param worker its UUID */
  append(worker: string, lines: readonly NewLogLine[], keepBytes: number): Promise<void>;
  /** Oldest first. Whoever goes on after the last id it was given misses none. @param after id that the page starts after */
  read(name: string, after: bigint, filter: LogFilter, limit: number): Promise<readonly GuestLogLine[]>;
  /** @returns the id after which the newest `count` lines come; 0 when there are no more than that */
  before(name: string, filter: LogFilter, count: number): Promise<bigint>;
  /** @returns the id of the newest line by function, where there is one */
  newest(names: readonly string[]): Promise<ReadonlyMap<string, bigint>>;
}

interface LineRow {
  readonly position: string;
  readonly at: Date;
  readonly invocation: string;
  readonly version: number;
  readonly worker: string;
  readonly line: string;
  readonly dropped_lines: number | null;
  readonly dropped_bytes: number | null;
}

const selected = `function = $1 and ($2::float8 is null or at >= to_timestamp($2 / 1000)) and ($3::uuid is null or invocation = $3)`;

/** @param pool stays the caller's */
export function openGuestLogs(pool: pg.Pool): GuestLogStore {
  return {
    async append(worker, lines, keepBytes) {
      for (const group of splitByBytes(lines, ({ line }) => line.length)) await onPostgres(() => insert(pool, worker, group, keepBytes));
    },
    async read(name, after, { sinceMs, invocationId }, limit) {
      const { rows } = await onPostgres(() =>
        pool.query<LineRow>(
          `select position, at, invocation, version, worker, line, dropped_lines, dropped_bytes
           from guest_logs where ${selected} and position > $4 order by position limit $5`,
          [name, sinceMs, invocationId, after, limit],
        ),
      );
      return rows.map(toLine);
    },
    async before(name, { sinceMs, invocationId }, count) {
      const { rows } = await onPostgres(() =>
        pool.query<{ position: string }>(`select position from guest_logs where ${selected} order by position desc offset $4 limit 1`, [
          name,
          sinceMs,
          invocationId,
          count,
        ]),
      );
      return BigInt(rows[0]?.position ?? 0);
    },
    async newest(names) {
      const { rows } = await onPostgres(() =>
        pool.query<{ name: string; position: string | null }>(
          `select name, (select max(position) from guest_logs where function = name) as position from unnest($1::text[]) as name`,
          [names],
        ),
      );
      return new Map(rows.flatMap(({ name, position }) => (position === null ? [] : [[name, BigInt(position)] as const])));
    },
  };
}

async function insert(pool: pg.Pool, worker: string, lines: readonly NewLogLine[], keepBytes: number): Promise<void> {
  await pool.query('select append_guest_logs($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)', [
    lines.map((line) => line.function),
    lines.map(({ atMs }) => atMs),
    lines.map(({ version }) => version),
    lines.map(({ invocationId }) => invocationId),
    worker,
    lines.map(({ line }) => storable(line)),
    lines.map(({ dropped }) => dropped?.lines),
    lines.map(({ dropped }) => dropped?.bytes),
    lineOverheadBytes,
    keepBytes,
  ]);
}

function toLine(row: LineRow): GuestLogLine {
  const { dropped_lines: lines, dropped_bytes: bytes } = row;
  return {
    id: row.position,
    at: row.at.toISOString(),
    invocationId: row.invocation,
    version: row.version,
    worker: row.worker,
    line: row.line,
    ...(lines !== null && bytes !== null && { dropped: { lines, bytes } }),
  };
}
