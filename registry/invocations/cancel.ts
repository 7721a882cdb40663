/** Taking an invocation back. Its guest, if one runs, is stopped by its worker, which learns of it with its next beat. */
import type pg from 'pg';
import type { InvocationStatus } from '../../contracts/async.ts';
import { onPostgres } from '../../shared/postgres.ts';
import { isUuid } from '../../shared/uuid.ts';
import { rowBytes } from './columns.ts';
import { endedColumns, eventsOfEnds, withEnd } from './ending.ts';

const cancel = `
with held as materialized (
  select id, status from invocations where id = $1 for no key update
), ended as (
  update invocations i set
    status = 'cancelled', payload = null, finished_at = now(), code = null, detail = null, extra = null, stored_bytes = ${rowBytes},
    attempts = case when i.status = 'queued' then i.attempts else ${withEnd('null', "'INVOCATION_CANCELLED'")} end
  from held where i.id = held.id and held.status in ('queued', 'running')
  returning ${endedColumns}
)
select coalesce((select status from ended), (select status from held)) as status, ${eventsOfEnds}`;

/** See InvocationStore. */
export async function cancelInvocation(pool: pg.Pool, id: string): Promise<InvocationStatus | undefined> {
  if (!isUuid(id)) return undefined;
  const { rows } = await onPostgres(() => pool.query<{ status: InvocationStatus | null }>(cancel, [id]));
  return rows[0]?.status ?? undefined;
}
