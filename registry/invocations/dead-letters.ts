/** Dead letters: found, run once more, thrown away. */
import type pg from 'pg';
import { onPostgres } from '../../shared/postgres.ts';
import { isUuid } from '../../shared/uuid.ts';
import { rowBytes } from './columns.ts';
import type { DeadLetterFilter } from './port.ts';

/** See InvocationStore. What nobody was told of its end so far, nobody will be: it has none any more. */
export async function redrive(
  pool: pg.Pool,
  ids: readonly string[],
): Promise<readonly { readonly id: string; readonly attempt: number }[]> {
  const { rows } = await onPostgres(() =>
    pool.query<{ id: string; attempt: number }>(
      `with held as materialized (
         select id from invocations where id = any($1::uuid[]) and status = 'dead' order by id for no key update
       ), untold as (
         delete from deliveries where invocation in (select id from held) and status = 'pending'
       )
       update invocations i set
         status = 'queued', reason = null, tries = 0, losses = 0, crashes = 0,
         due_at = now(), expires_at = now() + i.max_age_ms * interval '1 ms', finished_at = null,
         code = null, detail = null, extra = null, result_status = null, result_headers = null, result_body = null,
         stored_bytes = ${rowBytes} + octet_length(i.payload)
       from held where i.id = held.id
       returning i.id, i.attempt`,
      [ids.filter(isUuid)],
    ),
  );
  return rows;
}

/** See InvocationStore. */
export async function deadLetters(
  pool: pg.Pool,
  { namespace, function: name, reason }: DeadLetterFilter,
  limit: number,
  after: string | undefined,
): Promise<readonly string[]> {
  const { rows } = await onPostgres(() =>
    pool.query<{ id: string }>(
      `select id from invocations
       where status = 'dead' and ($1::text is null or function = $1) and ($2::text is null or reason = $2) and ($3::uuid is null or id > $3)
         and ($4::text is null or namespace_of(function) = $4)
       order by id limit $5`,
      [name, reason, after, namespace, limit],
    ),
  );
  return rows.map(({ id }) => id);
}

/** See InvocationStore. */
export async function purge(pool: pg.Pool, ids: readonly string[]): Promise<number> {
  const { rowCount } = await onPostgres(() =>
    pool.query(`delete from invocations where id = any($1::uuid[]) and status = 'dead'`, [ids.filter(isUuid)]),
  );
  return rowCount ?? 0;
}
