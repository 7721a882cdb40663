/** The audit log in Postgres. */
import type pg from 'pg';
import type { AuditEntry } from '../contracts/key.ts';
import { onPostgres } from '../shared/postgres.ts';
import { storable } from './invocations/columns.ts';
import { type Page, toPage } from './page.ts';

/** What is to be written; cut where it is longer than it is of use. */
export type NewAuditEntry = Omit<AuditEntry, 'id'>;

export interface AuditFilter {
  readonly key: string | undefined;
  readonly action: string | undefined;
}

/** All throw BantamError REGISTRY_UNAVAILABLE when Postgres cannot be reached. */
export interface AuditStore {
  write(entries: readonly NewAuditEntry[]): Promise<void>;
  /** Newest first. @param before id that the page starts after */
  list(filter: AuditFilter, limit: number, before: string | undefined): Promise<Page<AuditEntry>>;
  /** Deletes what is older, a bounded piece at a time. @returns how many */
  sweep(ageMs: number): Promise<number>;
}

const columns = ['at', 'key', 'name', 'address', 'action', 'target', 'namespace', 'status', 'request_id'] as const;
const maxCharacters = 512;

interface AuditRow {
  readonly id: string;
  readonly at: Date;
  readonly key: string | null;
  readonly name: string | null;
  readonly address: string;
  readonly action: string;
  readonly target: string | null;
  readonly namespace: string | null;
  readonly status: number;
  readonly request_id: string;
}

export function openAudit(pool: pg.Pool): AuditStore {
  return {
    async write(entries) {
      const rows = entries.map(({ requestId, ...entry }) => ({ ...entry, request_id: requestId }));
      // A member that is not there is null.
      const json = JSON.stringify(rows, (_, value: unknown) =>
        typeof value === 'string' ? storable(value.slice(0, maxCharacters)) : value,
      );
      const sql = `insert into audit (${columns.join(', ')}) select ${columns.join(', ')} from jsonb_populate_recordset(null::audit, $1)`;
      await onPostgres(() => pool.query(sql, [json]));
    },
    async list({ key, action }, limit, before) {
      const { rows } = await onPostgres(() =>
        pool.query<AuditRow>(
          `select id, ${columns.join(', ')} from audit
           where ($1::text is null or key = $1) and ($2::text is null or action = $2) and ($3::bigint is null or id < $3)
           order by id desc limit $4`,
          [key, action, before, limit + 1],
        ),
      );
      return toPage(rows.map(toEntry), limit, ({ id }) => id);
    },
    async sweep(ageMs) {
      const sql = `
        delete from audit where id in (
          select id from audit where at < now() - $1::float8 * interval '1 ms' order by at limit 1000 for update skip locked)`;
      return (await onPostgres(() => pool.query(sql, [ageMs]))).rowCount ?? 0;
    },
  };
}

function toEntry(row: AuditRow): AuditEntry {
  return {
    id: row.id,
    at: row.at.toISOString(),
    ...(row.key !== null && { key: row.key }),
    ...(row.name !== null && { name: row.name }),
    address: row.address,
    action: row.action,
    ...(row.target !== null && { target: row.target }),
    ...(row.namespace !== null && { namespace: row.namespace }),
    status: row.status,
    requestId: row.request_id,
  };
}
