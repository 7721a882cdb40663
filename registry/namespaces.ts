/** Namespaces: made and deleted by an administrator, held by whoever puts something into one. */
import type pg from 'pg';
import { BantamError } from '../contracts/errors.ts';
import { defaultNamespace } from '../contracts/names.ts';
import type { Namespace } from '../contracts/namespace.ts';
import { inTransaction, onPostgres } from '../shared/postgres.ts';
import { type Page, toPage } from './page.ts';

/** All throw BantamError REGISTRY_UNAVAILABLE when Postgres cannot be reached. */
export interface NamespaceStore {
  /** Makes it, or gives it another description. */
  put(name: string, description: string | undefined): Promise<{ readonly created: boolean; readonly namespace: Namespace }>;
  find(name: string): Promise<Namespace | undefined>;
  /** By name. @param after `next` of the page before */
  list(limit: number, after: string | undefined): Promise<Page<Namespace>>;
  /**
   * With the finished invocations and the logs that are still kept of it.
   * @returns false when there was none
   * @throws BantamError NAMESPACE_NOT_EMPTY saying what is in it, NAMESPACE_RESERVED
   */
  remove(name: string): Promise<boolean>;
}

export function openNamespaces(pool: pg.Pool): NamespaceStore {
  return {
    put: (name, description) => put(pool, name, description),
    find: (name) => find(pool, name),
    list: (limit, after) => list(pool, limit, after),
    remove: (name) => remove(pool, name),
  };
}

/**
 * It is not deleted until the transaction ends: for whoever puts something into it.
 * @returns what to say when there is none
 */
export async function holdNamespace(client: pg.ClientBase, name: string): Promise<BantamError | undefined> {
  if (name === defaultNamespace) return undefined;
  const { rowCount } = await client.query('select from namespaces where name = $1 for key share', [name]);
  return rowCount === 1 ? undefined : noNamespace(name);
}

export function noNamespace(name: string): BantamError {
  return new BantamError('NAMESPACE_NOT_FOUND', `there is no namespace "${name}": PUT /api/namespaces/${name} makes it`);
}

interface NamespaceRow {
  readonly name: string;
  readonly description: string | null;
  readonly created_at: Date;
}

const columns = 'name, description, created_at';

async function put(pool: pg.Pool, name: string, description: string | undefined): ReturnType<NamespaceStore['put']> {
  const { rows } = await onPostgres(() =>
    pool.query<NamespaceRow & { readonly created: boolean }>(
      `insert into namespaces (name, description) values ($1, $2)
       on conflict (name) do update set description = excluded.description returning ${columns}, xmax = 0 as created`,
      [name, description],
    ),
  );
  const row = rows[0] as NamespaceRow & { readonly created: boolean };
  return { created: row.created, namespace: toNamespace(row) };
}

async function find(pool: pg.Pool, name: string): Promise<Namespace | undefined> {
  const { rows } = await onPostgres(() => pool.query<NamespaceRow>(`select ${columns} from namespaces where name = $1`, [name]));
  return rows.map(toNamespace)[0];
}

async function list(pool: pg.Pool, limit: number, after = ''): Promise<Page<Namespace>> {
  const { rows } = await onPostgres(() =>
    pool.query<NamespaceRow>(`select ${columns} from namespaces where name > $1 order by name limit $2`, [after, limit + 1]),
  );
  return toPage(rows.map(toNamespace), limit, ({ name }) => name);
}

/** What keeps a namespace from being deleted, each kind with up to some of its names, shortest way to find out first. */
const contents = `
select kind, array_agg(label) as labels from (
  (select 'function' as kind, split_part(f.name, '.', 1) as label from functions f
   where f.namespace = $1 and exists (select from versions v where v.function_id = f.id) order by 2 limit 11)
  union all
  (select 'schedule', split_part(name, '.', 1) from schedules where namespace = $1 order by 2 limit 11)
  union all
  (select 'key', name from keys
   where namespace = $1 and revoked_at is null and (expires_at is null or expires_at > now()) order by 2 limit 11)
  union all
  (select 'secret', name from secrets where namespace = $1 and version is not null order by 2 limit 11)
  union all
  (select case status when 'dead' then 'dead letter' else status || ' invocation' end, id::text from invocations
   where namespace_of(function) = $1 and status in ('queued', 'running', 'dead') order by id limit 11)
) as found group by kind order by kind`;
const shown = 10;

async function remove(pool: pg.Pool, name: string): Promise<boolean> {
  if (name === defaultNamespace)
    throw new BantamError('NAMESPACE_RESERVED', `"${defaultNamespace}" is where names without a namespace are`);
  // A refusal is returned and not thrown: it is no reason to close the connection.
  const result = await inTransaction(pool, async (client) => {
    const { rowCount } = await client.query('select from namespaces where name = $1 for update', [name]);
    if (rowCount === 0) return false;
    const { rows } = await client.query<{ kind: string; labels: string[] }>(contents, [name]);
    if (rows.length > 0) return new BantamError('NAMESPACE_NOT_EMPTY', `in "${name}" there are ${rows.map(inWords).join('; ')}`);
    await client.query('delete from invocations where namespace_of(function) = $1', [name]);
    await client.query('delete from idempotency_keys where namespace_of(function) = $1', [name]);
    await client.query('delete from guest_logs where namespace_of(function) = $1', [name]);
    await client.query('delete from namespaces where name = $1', [name]);
    return true;
  });
  if (result instanceof BantamError) throw result;
  return result;
}

function inWords({ kind, labels }: { readonly kind: string; readonly labels: readonly string[] }): string {
  const names = labels.slice(0, shown).join(', ');
  return `${kind}s: ${names}${labels.length > shown ? ' and more' : ''}`;
}

function toNamespace({ name, description, created_at: createdAt }: NamespaceRow): Namespace {
  return { name, ...(description !== null && { description }), createdAt: createdAt.toISOString() };
}
