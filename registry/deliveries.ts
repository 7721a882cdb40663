/** Deliveries: what is to be told of finished invocations, as a list that any number of gateways work off together. */
import type pg from 'pg';
import type { Destination } from '../contracts/async.ts';
import { onPostgres } from '../shared/postgres.ts';
import { storable } from './invocations/columns.ts';
import { outcomeColumns, type OutcomeRow, toOutcome } from './invocations/outcome.ts';
import type { KeptAnswer, KeptFailure } from './invocations/port.ts';

/** A delivery that an attempt is to be made of, with all that it tells. */
export interface TakenDelivery {
  readonly id: string;
  /** Attempts begun, this one included. */
  readonly attempt: number;
  readonly destination: Destination;
  readonly success: boolean;
  readonly invocation: string;
  readonly function: string;
  readonly version: number;
  /** How many invocations led to that one as their destination. */
  readonly depth: number;
  /** Milliseconds since the end of the invocation. */
  readonly ageMs: number;
  /** Trace that it is part of (contracts/traceparent.ts). */
  readonly traceparent?: string | undefined;
  readonly outcome: { readonly answer: KeptAnswer } | { readonly failure: KeptFailure };
}

/** All throw BantamError REGISTRY_UNAVAILABLE when Postgres cannot be reached. */
export interface DeliveryStore {
  /**
   * Begins attempts of deliveries that are due, the longest due first; nobody else gets these.
   * @param leaseMs after which another may take them, if nothing was heard of them until then
   */
  take(limit: number, leaseMs: number): Promise<readonly TakenDelivery[]>;
  delivered(id: string): Promise<void>;
  /** An attempt failed, unless another has begun since. @param delayMs until the next one; undefined: there is none */
  failed(of: { readonly id: string; readonly attempt: number }, detail: string, delayMs: number | undefined): Promise<void>;
}

interface DeliveryRow extends OutcomeRow {
  readonly id: string;
  readonly attempt: number;
  readonly destination: 'function' | 'url';
  readonly target: string;
  readonly outcome: 'success' | 'failure';
  readonly invocation: string;
  readonly function: string;
  readonly version: number;
  readonly depth: number;
  readonly age_ms: number;
  readonly traceparent: string | null;
}

export function openDeliveries(pool: pg.Pool): DeliveryStore {
  return {
    async take(limit, leaseMs) {
      const { rows } = await onPostgres(() => pool.query<DeliveryRow>(takeSql, [limit, leaseMs]));
      return rows.map(toDelivery);
    },
    async delivered(id) {
      const sql = "update deliveries set status = 'delivered', finished_at = now(), detail = null where id = $1 and status = 'pending'";
      await onPostgres(() => pool.query(sql, [id]));
    },
    async failed({ id, attempt }, detail, delayMs) {
      await onPostgres(() => pool.query(failedSql, [id, attempt, storable(detail), delayMs]));
    },
  };
}

// Of an invocation that was redriven there is nothing to tell until it has its next end.
const takeSql = `
  with due as (
    select d.id from deliveries d join invocations i on i.id = d.invocation
    where d.status = 'pending' and d.due_at <= now() and i.finished_at is not null
    order by d.due_at limit $1 for update of d skip locked
  ), taken as (
    update deliveries d set attempt = d.attempt + 1, due_at = now() + $2 * interval '1 ms' from due where d.id = due.id
    returning d.id, d.attempt, d.destination, d.target, d.outcome, d.invocation
  )
  select t.*, i.function, i.version, i.depth, i.traceparent, ${outcomeColumns},
    extract(epoch from now() - i.finished_at)::float8 * 1000 as age_ms
  from taken t join invocations i on i.id = t.invocation`;

const failedSql = `
  update deliveries set detail = $3,
    status = case when $4::float8 is null then 'dead' else status end,
    finished_at = case when $4::float8 is null then now() end,
    due_at = now() + coalesce($4::float8, 0) * interval '1 ms'
  where id = $1 and attempt = $2 and status = 'pending'`;

function toDelivery(row: DeliveryRow): TakenDelivery {
  const { id, attempt, target, invocation, version, depth } = row;
  return {
    id,
    attempt,
    destination: row.destination === 'url' ? { url: target } : { function: target },
    success: row.outcome === 'success',
    invocation,
    function: row.function,
    version,
    depth,
    ageMs: row.age_ms,
    traceparent: row.traceparent ?? undefined,
    outcome: toOutcome(row) ?? { failure: { code: 'INTERNAL', detail: '', extra: undefined } },
  };
}
