/** What the keeper looks after: attempts that should have begun, and attempts that nobody will end. */
import type pg from 'pg';
import { onPostgres } from '../../shared/postgres.ts';
import type { DueCursor, DueRow, OrphanedAttempt } from './port.ts';
import { type ClaimRow, progressColumns, toClaim } from './progress.ts';

/** See InvocationStore. */
export async function dueAttempts(pool: pg.Pool, graceMs: number, limit: number, after: DueCursor | undefined): Promise<readonly DueRow[]> {
  const { rows } = await onPostgres(() =>
    pool.query<DueRow>(
      `select id, attempt, (extract(epoch from due_at) * 1000000)::bigint::text as "dueAtUs"
       from invocations
       where status = 'queued' and due_at <= now() - $1::float8 * interval '1 ms'
         and ($3::bigint is null or (due_at, id) > (timestamptz 'epoch' + $3::bigint * interval '1 microsecond', $4::uuid))
       order by due_at, id limit $2`,
      [graceMs, limit, after?.dueAtUs, after?.id],
    ),
  );
  return rows;
}

/** See InvocationStore. */
export async function orphanedAttempts(pool: pg.Pool, limit: number): Promise<readonly OrphanedAttempt[]> {
  const { rows } = await onPostgres(() =>
    pool.query<ClaimRow & Pick<OrphanedAttempt, 'status'>>(
      `(select ${progressColumns}, i.status from invocations i
        where i.status = 'running' and not exists (select from workers w where w.id = i.worker) limit $1)
       union all
       (select ${progressColumns}, i.status from invocations i
        where i.status = 'queued' and i.expires_at <= now() order by i.expires_at limit $1)
       limit $1`,
      [limit],
    ),
  );
  return rows.map((row) => Object.assign(toClaim(row), { status: row.status }));
}
