/** Quotas in Postgres, and what is used of them. Each change is told to every gateway by a trigger: migrations/0007_quotas.sql. */
import type pg from 'pg';
import { BantamError } from '../contracts/errors.ts';
import type { NamespaceUsage, Quota, QuotaSubject } from '../contracts/quota.ts';
import { inTransaction, onPostgres } from '../shared/postgres.ts';
import { noNamespace } from './namespaces.ts';
import { storedBytesOf, functionsOf } from './quota-counts.ts';

/** All throw BantamError REGISTRY_UNAVAILABLE when Postgres cannot be reached. */
export interface QuotaStore {
  all(): Promise<readonly (readonly [QuotaSubject, Quota])[]>;
  /** @returns undefined when it has none. @throws BantamError NAMESPACE_NOT_FOUND, KEY_NOT_FOUND */
  find(subject: QuotaSubject): Promise<Quota | undefined>;
  /** In place of what it had. @throws BantamError NAMESPACE_NOT_FOUND, KEY_NOT_FOUND */
  put(subject: QuotaSubject, quota: Quota): Promise<void>;
  /** If it has any. @throws BantamError NAMESPACE_NOT_FOUND, KEY_NOT_FOUND */
  remove(subject: QuotaSubject): Promise<void>;
  /** What counts in the whole installation. */
  usage(subject: QuotaSubject): Promise<Omit<NamespaceUsage, 'concurrency'>>;
  /** @returns how many of its asynchronous invocations are queued, at most `atMost` */
  countQueued(subject: QuotaSubject, atMost: number): Promise<number>;
}

interface QuotaRow {
  readonly namespace: string | null;
  readonly key: string | null;
  readonly rate_per_second: number | null;
  readonly burst: number | null;
  readonly concurrency: number | null;
  readonly functions: number | null;
  /** As text: what pg does with bigint. */
  readonly stored_bytes: string | null;
  readonly async_backlog: number | null;
}

export function openQuotas(pool: pg.Pool): QuotaStore {
  return {
    async all() {
      const { rows } = await onPostgres(() => pool.query<QuotaRow>('select * from quotas'));
      return rows.map((row) => [toSubject(row), toQuota(row)]);
    },
    find: (subject) =>
      onSubject(pool, subject, async (client) => {
        const { rows } = await client.query<QuotaRow>(`select * from quotas where ${subject.kind} = $1`, [subject.id]);
        return rows.map(toQuota)[0];
      }),
    put: (subject, quota) =>
      onSubject(pool, subject, async (client) => {
        await client.query(
          `insert into quotas (${subject.kind}, rate_per_second, burst, concurrency, functions, stored_bytes, async_backlog)
           values ($1, $2, $3, $4, $5, $6, $7)
           on conflict (${subject.kind}) do update set (rate_per_second, burst, concurrency, functions, stored_bytes, async_backlog)
             = (excluded.rate_per_second, excluded.burst, excluded.concurrency, excluded.functions, excluded.stored_bytes, excluded.async_backlog)`,
          [subject.id, quota.ratePerSecond, quota.burst, quota.concurrency, quota.functions, quota.storedBytes, quota.asyncBacklog],
        );
      }),
    remove: (subject) =>
      onSubject(pool, subject, async (client) => {
        await client.query(`delete from quotas where ${subject.kind} = $1`, [subject.id]);
      }),
    async usage({ kind, id }) {
      const isNamespace = kind === 'namespace';
      const { rows } = await onPostgres(() =>
        pool.query<{ functions: string; stored_bytes: string; queued: string }>(
          `select ${isNamespace ? `${functionsOf('$1')} as functions, ${storedBytesOf('$1')} as stored_bytes` : '0 as functions, 0 as stored_bytes'},
             (select count(*) from invocations where status = 'queued' and ${queuedOf[kind]} = $1) as queued`,
          [id],
        ),
      );
      const [row] = rows;
      return { functions: Number(row?.functions), storedBytes: Number(row?.stored_bytes), asyncBacklog: Number(row?.queued) };
    },
    async countQueued({ kind, id }, atMost) {
      const sql = `select count(*) as queued from (select from invocations where status = 'queued' and ${queuedOf[kind]} = $1 limit $2) as q`;
      const { rows } = await onPostgres(() => pool.query<{ queued: string }>(sql, [id, atMost]));
      return Number(rows[0]?.queued);
    },
  };
}

/** Column or expression of `invocations`. */
const queuedOf = { namespace: 'namespace_of(function)', key: 'caller' } as const;

/** Runs `work` while the subject is there and stays. @throws BantamError NAMESPACE_NOT_FOUND, KEY_NOT_FOUND */
async function onSubject<T>(pool: pg.Pool, { kind, id }: QuotaSubject, work: (client: pg.ClientBase) => Promise<T>): Promise<T> {
  const hold =
    kind === 'namespace' ? 'select from namespaces where name = $1 for key share' : 'select from keys where id = $1 for key share';
  // A refusal is returned and not thrown: it is no reason to close the connection.
  const result = await inTransaction(pool, async (client): Promise<{ readonly done: T } | BantamError> => {
    const { rowCount } = await client.query(hold, [id]);
    if (rowCount === 1) return { done: await work(client) };
    return kind === 'namespace' ? noNamespace(id) : new BantamError('KEY_NOT_FOUND', `there is no key ${JSON.stringify(id.slice(0, 80))}`);
  });
  if (result instanceof BantamError) throw result;
  return result.done;
}

function toSubject({ namespace, key }: QuotaRow): QuotaSubject {
  return namespace === null ? { kind: 'key', id: key ?? '' } : { kind: 'namespace', id: namespace };
}

function toQuota(row: QuotaRow): Quota {
  return {
    ...(row.rate_per_second !== null && { ratePerSecond: row.rate_per_second }),
    ...(row.burst !== null && { burst: row.burst }),
    ...(row.concurrency !== null && { concurrency: row.concurrency }),
    ...(row.functions !== null && { functions: row.functions }),
    ...(row.stored_bytes !== null && { storedBytes: Number(row.stored_bytes) }),
    ...(row.async_backlog !== null && { asyncBacklog: row.async_backlog }),
  };
}
