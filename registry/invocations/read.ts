/** Reading invocations: for the API, and for whoever waits for their ends. */
import type pg from 'pg';
import {
  type Attempt,
  type DeadReason,
  type Delivery,
  type InvocationRecord,
  type InvocationStatus,
  isFinal,
} from '../../contracts/async.ts';
import { BantamError } from '../../contracts/errors.ts';
import { onPostgres } from '../../shared/postgres.ts';
import { isUuid } from '../../shared/uuid.ts';
import { type Page, toPage } from '../page.ts';
import { outcomeColumns, type OutcomeRow, toOutcome } from './outcome.ts';
import type { InvocationFilter, StoredResult } from './port.ts';

const recordColumns = `i.id, i.function, i.version, i.status, i.reason, i.code, i.detail, i.accepted_at, i.due_at, i.expires_at, i.finished_at,
  i.schedule, i.caller, i.attempts, i.attempt, i.started_at, i.worker, i.result_status`;

interface RecordRow {
  readonly id: string;
  readonly function: string;
  readonly version: number;
  readonly status: InvocationStatus;
  readonly reason: DeadReason | null;
  readonly code: string | null;
  readonly detail: string | null;
  readonly accepted_at: Date;
  readonly due_at: Date;
  readonly expires_at: Date;
  readonly finished_at: Date | null;
  readonly schedule: string | null;
  readonly caller: string | null;
  readonly attempts: readonly Attempt[];
  readonly attempt: number;
  readonly started_at: Date | null;
  readonly worker: string | null;
  readonly result_status: number | null;
}

interface DeliveryRow {
  readonly destination: 'function' | 'url';
  readonly target: string;
  readonly status: Delivery['status'];
  readonly attempt: number;
  readonly detail: string | null;
}

interface ResultRow extends OutcomeRow {
  readonly function: string;
  readonly version: number;
  readonly caller: string | null;
  readonly status: InvocationStatus;
}

/** See InvocationStore. */
export async function findInvocation(pool: pg.Pool, id: string): Promise<InvocationRecord | undefined> {
  if (!isUuid(id)) return undefined;
  const { rows } = await onPostgres(() =>
    pool.query<RecordRow & { deliveries: readonly DeliveryRow[] | null }>(
      `select ${recordColumns}, (
         select json_agg(json_build_object('destination', d.destination, 'target', d.target, 'status', d.status,
           'attempt', d.attempt, 'detail', d.detail) order by d.destination, d.target, d.id)
         from deliveries d where d.invocation = i.id) as deliveries
       from invocations i where i.id = $1`,
      [id],
    ),
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  return { ...toRecord(row), ...(row.deliveries !== null && { deliveries: row.deliveries.map(toDelivery) }) };
}

/** See InvocationStore. */
export async function findResult(pool: pg.Pool, id: string): Promise<StoredResult | undefined> {
  if (!isUuid(id)) return undefined;
  const { rows } = await onPostgres(() =>
    pool.query<ResultRow>(`select i.function, i.version, i.caller, i.status, ${outcomeColumns} from invocations i where i.id = $1`, [id]),
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  // What is known of the attempts before is no result.
  const isResult = isFinal(row.status) && row.status !== 'cancelled';
  return {
    function: row.function,
    version: row.version,
    ...(row.caller !== null && { caller: row.caller }),
    status: row.status,
    outcome: isResult ? toOutcome(row) : undefined,
  };
}

/** See InvocationStore. @throws BantamError INVALID_REQUEST when `before` is no id */
export async function listInvocations(
  pool: pg.Pool,
  filter: InvocationFilter,
  limit: number,
  before: string | undefined,
): Promise<Page<InvocationRecord>> {
  if (before !== undefined && !isUuid(before))
    throw new BantamError('INVALID_REQUEST', '"before" is not the "next" of a page of invocations');
  const { rows } = await onPostgres(() =>
    pool.query<RecordRow>(
      `select ${recordColumns} from invocations i
       where ($1::text is null or i.function = $1) and ($2::text is null or i.status = $2) and ($3::text is null or i.schedule = $3)
         and ($4::text is null or i.reason = $4) and ($5::uuid is null or i.id < $5)
         and ($6::text is null or namespace_of(i.function) = $6)
       order by i.id desc limit $7`,
      [filter.function, filter.status, filter.schedule, filter.reason, before, filter.namespace, limit + 1],
    ),
  );
  return toPage(rows.map(toRecord), limit, ({ id }) => id);
}

/** See InvocationStore. */
export async function finishedOf(pool: pg.Pool, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await onPostgres(() =>
    pool.query<{ id: string }>(
      `select asked.id from unnest($1::uuid[]) as asked (id)
       where not exists (select from invocations i where i.id = asked.id and i.status in ('queued', 'running'))`,
      [ids],
    ),
  );
  return new Set(rows.map(({ id }) => id));
}

/** See InvocationStore. */
export async function countQueued(pool: pg.Pool, atMost: number): Promise<number> {
  const { rows } = await onPostgres(() =>
    pool.query<{ count: number }>(
      `select count(*)::integer as count from (select from invocations where status = 'queued' limit $1) as waiting`,
      [atMost],
    ),
  );
  return rows[0]?.count ?? 0;
}

function toRecord(row: RecordRow): InvocationRecord {
  return {
    id: row.id,
    function: row.function,
    version: row.version,
    status: row.status,
    ...(row.reason !== null && { reason: row.reason }),
    ...(row.code !== null && { code: row.code }),
    ...(row.detail !== null && { detail: row.detail }),
    acceptedAt: row.accepted_at.toISOString(),
    ...(row.status === 'queued' && { dueAt: row.due_at.toISOString() }),
    expiresAt: row.expires_at.toISOString(),
    ...(row.finished_at !== null && { finishedAt: row.finished_at.toISOString() }),
    ...(row.schedule !== null && { schedule: row.schedule }),
    ...(row.caller !== null && { caller: row.caller }),
    attempts: [...row.attempts.map(toAttempt), ...underWay(row)],
    ...(row.result_status !== null && { resultStatus: row.result_status }),
  };
}

function underWay({ status, attempt, started_at: startedAt, worker }: RecordRow): Attempt[] {
  return status !== 'running' || startedAt === null || worker === null ? [] : [{ attempt, startedAt: startedAt.toISOString(), worker }];
}

/** Its times are as Postgres writes them in JSON, with an offset. */
function toAttempt({ startedAt, endedAt, ...rest }: Attempt): Attempt {
  return {
    ...rest,
    startedAt: new Date(startedAt).toISOString(),
    ...(endedAt !== undefined && { endedAt: new Date(endedAt).toISOString() }),
  };
}

function toDelivery({ destination, target, status, attempt, detail }: DeliveryRow): Delivery {
  return {
    destination: destination === 'url' ? { url: target } : { function: target },
    status,
    attempts: attempt,
    ...(detail !== null && { detail }),
  };
}
