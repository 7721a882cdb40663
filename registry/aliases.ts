/** Reading aliases: for the API, and with all that a call must know of the versions they point to. */
import type pg from 'pg';
import { type Alias, defaultAlias, type Guard, latestAlias, type Sticky, toPointer } from '../contracts/release.ts';
import { onPostgres } from '../shared/postgres.ts';
import type { Route } from './port.ts';
import { toState } from './release-rows.ts';
import { findLatestVersion, toFunctionVersion, versionColumns, type VersionRow, versionTables } from './versions.ts';

interface AliasRow {
  readonly alias: string;
  readonly versions: readonly number[];
  readonly weights: readonly number[] | null;
  readonly sticky: Sticky | null;
  readonly guard: Guard | null;
  readonly released_at: Date;
  readonly released_by: string;
}

interface RouteRow extends VersionRow {
  readonly release: string;
  readonly weight: number;
  readonly sticky: Sticky | null;
  readonly guard: Guard | null;
}

/** @returns `latest` and then all others by name; empty when there is no such function. @throws BantamError REGISTRY_UNAVAILABLE */
export async function listAliases(pool: pg.Pool, name: string): Promise<readonly Alias[]> {
  const latest = await findLatestVersion(pool, name);
  if (latest === undefined) return [];
  const { rows } = await onPostgres(() =>
    pool.query<AliasRow>(
      `select a.alias, r.versions, r.weights, r.sticky, r.guard, r.released_at, r.released_by
       from functions f join aliases a on a.function_id = f.id join releases r on r.id = a.release where f.name = $1 order by a.alias`,
      [name],
    ),
  );
  return [{ alias: latestAlias, version: latest.version }, ...rows.map(toAlias)];
}

/**
 * Where calls by an alias go. A default alias that nobody has set is the latest version.
 * @returns undefined when there is no such function or alias
 * @throws BantamError REGISTRY_UNAVAILABLE
 */
export async function findRoute(pool: pg.Pool, name: string, alias: string): Promise<Route | undefined> {
  const { rows } = await onPostgres(() =>
    pool.query<RouteRow>(
      `select ${versionColumns}, r.id as release, coalesce(s.weight, 1) as weight, r.sticky, r.guard
       from functions f join aliases al on al.function_id = f.id join releases r on r.id = al.release
         cross join lateral unnest(r.versions, r.weights) as s (version, weight)
         join versions v on v.function_id = f.id and v.version = s.version ${versionTables}
       where f.name = $1 and al.alias = $2 order by v.version desc`,
      [name, alias],
    ),
  );
  const [row] = rows;
  if (row !== undefined) {
    const { release, sticky, guard } = row;
    const shares = rows.map((share) => ({ version: toFunctionVersion(share), weight: share.weight }));
    return { alias, release, shares, sticky: sticky ?? undefined, guard: guard ?? undefined };
  }
  if (alias !== latestAlias && alias !== defaultAlias) return undefined;
  const latest = await findLatestVersion(pool, name);
  if (latest === undefined) return undefined;
  return { alias, release: '', shares: [{ version: latest, weight: 1 }], sticky: undefined, guard: undefined };
}

function toAlias(row: AliasRow): Alias {
  const state = toState(row);
  const since = { releasedAt: row.released_at.toISOString(), releasedBy: row.released_by };
  return { alias: row.alias, ...(state !== undefined && toPointer(state)), ...since };
}
