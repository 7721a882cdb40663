/** Beginning attempts: each belongs to the one worker that was first. */
import type pg from 'pg';
import { onPostgres } from '../../shared/postgres.ts';
import { type ClaimRow, progressColumns, toClaim } from './progress.ts';
import type { ClaimedAttempt } from './port.ts';

/**
 * Not prepared: a plan that was made for a table with few rows would read the whole of it when there are many. For the same reason rows
 * are found by id alone: for a table without statistics Postgres would rather read the index of all that wait.
 */
const claim = `
with named as materialized (
  select i.id, i.status = 'queued' and i.expires_at > now() as waits
  from unnest($2::uuid[], $3::integer[]) as n (id, attempt) join invocations i using (id)
  where i.attempt = n.attempt and exists (select from workers where workers.id = $1)
  order by i.id for update of i skip locked
)
update invocations i set status = 'running', attempt = i.attempt + 1, started_at = now(), worker = $1
from named where i.id = named.id and named.waits
returning ${progressColumns}, i.payload, i.traceparent`;

type Names = readonly { readonly id: string; readonly attempt: number }[];

const begun = `
select ${progressColumns}, i.payload, i.traceparent from unnest($2::uuid[], $3::integer[]) as n (id, attempt) join invocations i using (id)
where i.status = 'running' and i.attempt = n.attempt + 1 and i.worker = $1`;

/** See InvocationStore. */
export function claimAttempts(pool: pg.Pool, worker: string, attempts: Names): Promise<readonly ClaimedAttempt[]> {
  return query(pool, claim, worker, attempts);
}

/** See InvocationStore. */
export function begunAttempts(pool: pg.Pool, worker: string, attempts: Names): Promise<readonly ClaimedAttempt[]> {
  return query(pool, begun, worker, attempts);
}

async function query(pool: pg.Pool, sql: string, worker: string, attempts: Names): Promise<readonly ClaimedAttempt[]> {
  const { rows } = await onPostgres(() =>
    pool.query<ClaimRow & { payload: Buffer; traceparent: string | null }>(sql, [
      worker,
      attempts.map(({ id }) => id),
      attempts.map(({ attempt }) => attempt),
    ]),
  );
  return rows.map((row) => Object.assign(toClaim(row), { payload: row.payload, traceparent: row.traceparent ?? undefined }));
}
