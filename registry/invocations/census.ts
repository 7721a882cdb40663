/** How many asynchronous invocations wait, run and are dead, and what waits beside them. */
import type pg from 'pg';
import { onPostgres } from '../../shared/postgres.ts';

/** What the record holds. */
export interface Census {
  readonly queued: number;
  readonly running: number;
  readonly dead: number;
  /** Seconds for which the attempt that is due for the longest has been due; 0 when none is. */
  readonly oldestDueSeconds: number;
  readonly pendingDeliveries: number;
  readonly workers: number;
}

/** Every count is of a partial index. @throws BantamError REGISTRY_UNAVAILABLE */
export async function takeCensus(pool: pg.Pool): Promise<Census> {
  const { rows } = await onPostgres(() => pool.query<Census>(sql));
  return rows[0] as Census;
}

const sql = `select
  (select count(*)::float8 from invocations where status = 'queued') as queued,
  (select count(*)::float8 from invocations where status = 'running') as running,
  (select count(*)::float8 from invocations where status = 'dead') as dead,
  (select coalesce(greatest(0, extract(epoch from now() - min(due_at))), 0)::float8 from invocations where status = 'queued') as "oldestDueSeconds",
  (select count(*)::float8 from deliveries where status = 'pending') as "pendingDeliveries",
  (select count(*)::float8 from workers) as workers`;
