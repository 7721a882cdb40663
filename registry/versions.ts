/** Versions of functions: reading them, and the row that a publish adds. */
import type pg from 'pg';
import { BantamError } from '../contracts/errors.ts';
import type { FunctionConfig, FunctionVersion, ModuleAnalysis } from '../contracts/function.ts';
import type { ModuleKind } from '../contracts/kinds.ts';
import { bareNameOf, namespaceOf } from '../contracts/names.ts';
import type { SecretReference } from '../contracts/secret.ts';
import { onPostgres } from '../shared/postgres.ts';
import { type Page, toPage } from './page.ts';
import type { Reconfiguration } from './port.ts';
import { noteSecrets, versionSecrets } from './version-secrets.ts';

export interface VersionRow {
  readonly name: string;
  readonly version: number;
  readonly digest: string;
  readonly size_bytes: number;
  readonly kind: ModuleKind;
  readonly entry: string;
  readonly analysis: Pick<ModuleAnalysis, 'exports' | 'needs'>;
  readonly config: FunctionConfig;
  readonly limits: FunctionVersion['limits'];
  /** Null, as are its entries and their bytes, when there are none. */
  readonly assets: string | null;
  readonly asset_entries: number | null;
  readonly asset_bytes: number | null;
  /** Null when there are none. */
  readonly secrets: SecretReference[] | null;
  readonly created_at: Date;
}

/** Everything of a FunctionVersion, of `f` (functions), `v` (versions) and `versionTables`. */
export const versionColumns = `f.name, v.version, encode(v.digest, 'hex') as digest, m.size_bytes, v.kind, v.entry, v.analysis, v.config, v.limits,
  v.created_at, encode(v.assets, 'hex') as assets, a.entries as asset_entries, a.content_bytes as asset_bytes, ${versionSecrets} as secrets`;
export const versionTables = 'join modules m on m.digest = v.digest left join assets a on a.digest = v.assets';

/** Followed by conditions on `f` and `v`. */
const selectVersion = `select ${versionColumns} from functions f join versions v on v.function_id = f.id ${versionTables}`;

/** @returns the newest version; undefined when there is no such function */
export async function findLatestVersion(db: pg.Pool | pg.ClientBase, name: string): Promise<FunctionVersion | undefined> {
  const rows = await queryVersions(db, `${selectVersion} where f.name = $1 and v.version = f.latest_version`, [name]);
  return rows[0];
}

/** @returns undefined when there is no such function or version */
export async function findVersion(pool: pg.Pool, name: string, version: number): Promise<FunctionVersion | undefined> {
  const rows = await queryVersions(pool, `${selectVersion} where f.name = $1 and v.version = $2`, [name, version]);
  return rows[0];
}

/**
 * Newest first; empty when there is no such function.
 * @param after `next` of the page before
 * @throws BantamError INVALID_REQUEST when `after` is none
 */
export async function listVersions(pool: pg.Pool, name: string, limit: number, after?: string): Promise<Page<FunctionVersion>> {
  const before = after === undefined ? null : Number(after);
  if (before !== null && !(Number.isInteger(before) && Math.abs(before) < 2 ** 31)) {
    throw new BantamError('INVALID_REQUEST', '"after" is not the "next" of a page of versions');
  }
  const rows = await queryVersions(
    pool,
    `${selectVersion} where f.name = $1 and ($2::integer is null or v.version < $2) order by v.version desc limit $3`,
    [name, before, limit + 1],
  );
  return toPage(rows, limit, ({ version }) => String(version));
}

/**
 * The latest version of every function, by namespace and name in byte order.
 * @param namespace undefined: of all
 * @param after `next` of the page before
 */
export async function listLatestVersions(
  pool: pg.Pool,
  namespace: string | undefined,
  limit: number,
  after?: string,
): Promise<Page<FunctionVersion>> {
  const rows = await queryVersions(
    pool,
    `${selectVersion} where v.version = f.latest_version and ($1::text is null or f.namespace = $1)
       and ($2::text is null or (f.namespace, split_part(f.name, '.', 1)) > ($2, $3))
     order by f.namespace, split_part(f.name, '.', 1) limit $4`,
    [namespace, after === undefined ? null : namespaceOf(after), after === undefined ? null : bareNameOf(after), limit + 1],
  );
  return toPage(rows, limit, ({ name }) => name);
}

/** Adds a version; its module, assets and secrets are there and kept by this transaction. @param assets digest, lower-case hex */
export async function insertVersion(
  client: pg.ClientBase,
  functionId: string,
  version: number,
  publication: Reconfiguration,
  assets: string | undefined,
): Promise<void> {
  const { digest, analysis, entry, config, limits } = publication;
  await client.query(
    `insert into versions (function_id, version, digest, kind, entry, analysis, config, limits, assets)
     values ($1, $2, decode($3, 'hex'), $4, $5, $6, $7, $8, decode($9, 'hex'))`,
    [
      functionId,
      version,
      digest,
      analysis.kind,
      JSON.stringify(entry),
      JSON.stringify({ exports: analysis.exports, needs: analysis.needs }),
      JSON.stringify(config),
      JSON.stringify(limits),
      assets,
    ],
  );
  await noteSecrets(client, functionId, version, publication);
}

async function queryVersions(db: pg.Pool | pg.ClientBase, sql: string, values: unknown[]): Promise<FunctionVersion[]> {
  const { rows } = await onPostgres(() => db.query<VersionRow>(sql, values));
  return rows.map(toFunctionVersion);
}

export function toFunctionVersion(row: VersionRow): FunctionVersion {
  const { assets, asset_entries: entries, asset_bytes: sizeBytes, secrets } = row;
  return {
    name: row.name,
    version: row.version,
    digest: row.digest,
    sizeBytes: row.size_bytes,
    kind: row.kind,
    entry: row.entry,
    exports: [...row.analysis.exports],
    needs: [...row.analysis.needs],
    config: row.config,
    limits: row.limits,
    ...(secrets !== null && { secrets }),
    ...(assets !== null && entries !== null && sizeBytes !== null && { assets: { digest: assets, entries, sizeBytes } }),
    createdAt: row.created_at.toISOString(),
  };
}
