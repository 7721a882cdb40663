/** Deleting what is kept for too long or is too much: a bounded piece at a time, and what others hold is left for the next. */
import type pg from 'pg';
import { onPostgres } from '../../shared/postgres.ts';
import type { RetentionBounds } from './port.ts';

const maxSwept = 1_000;

/** Written as the index on them is. */
const finished = `status in ('succeeded', 'failed', 'cancelled')`;
const olderThan = `now() - $1::float8 * interval '1 ms'`;

const resultsByAge = `
delete from invocations where id in (
  select id from invocations where ${finished} and finished_at < ${olderThan} order by finished_at limit ${maxSwept} for update skip locked)`;

/** The oldest ones, up to the first with which the rest is not too much. */
const resultsBySize = `
delete from invocations where id in (
  select id from (
    select id, sum(stored_bytes) over (order by finished_at, id) - stored_bytes as older_bytes
    from (select id, finished_at, stored_bytes from invocations where ${finished} order by finished_at limit ${maxSwept}) as oldest
  ) as summed
  where older_bytes < (select sum(stored_bytes) from invocations where ${finished}) - $1::bigint)`;

const deadLettersByAge = `
delete from invocations where id in (
  select id from invocations where status = 'dead' and finished_at < ${olderThan} order by finished_at limit ${maxSwept} for update skip locked)`;

const keysByAge = `
delete from idempotency_keys where (function, key) in (
  select function, key from idempotency_keys where created_at < ${olderThan} order by created_at limit ${maxSwept} for update skip locked)`;

/** Greater ids are later ones: only the first need be looked at. */
const eventsByAge = `
delete from events where id in (
  select id from (select id, at from events order by id limit ${maxSwept}) as first where at < ${olderThan})`;

const linesByAge = `
delete from guest_logs where (function, position) in (
  select function, position from guest_logs where at < ${olderThan} order by at limit ${maxSwept})`;

/** See InvocationStore. */
export async function sweepInvocations(pool: pg.Pool, bounds: RetentionBounds): Promise<number> {
  const steps = [
    [resultsByAge, bounds.resultAgeMs],
    [resultsBySize, bounds.resultBytes],
    [deadLettersByAge, bounds.deadLetterAgeMs],
    [keysByAge, bounds.idempotencyAgeMs],
    [eventsByAge, bounds.eventAgeMs],
    [linesByAge, bounds.logAgeMs],
  ] as const;
  let swept = 0;
  for (const [sql, bound] of steps) swept += (await onPostgres(() => pool.query(sql, [bound]))).rowCount ?? 0;
  return swept;
}
