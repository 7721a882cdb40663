/** Rows of releases: every change of every alias of a function, and the last one of each. */
import type pg from 'pg';
import {
  type Guard,
  plainState,
  type Release,
  type ReleaseState,
  type releaseReasons,
  type Share,
  type Sticky,
  toPointer,
} from '../contracts/release.ts';
import { onPostgres } from '../shared/postgres.ts';
import { notifyChange } from './changes.ts';
import { type Page, toPage } from './page.ts';

export type ReleaseReason = (typeof releaseReasons)[number];

/** Whose alias it is; its function is locked by the transaction. */
export interface AliasOf {
  readonly functionId: string;
  readonly name: string;
  readonly alias: string;
}

/** A release that points to something. */
export interface StoredRelease {
  /** Grows with every release of the registry. */
  readonly id: string;
  readonly state: ReleaseState;
  /** The release that a rollback goes back to. */
  readonly beneath: string | null;
}

/** What is to be written. */
export interface NewRelease {
  /** Undefined deletes the alias. */
  readonly state: ReleaseState | undefined;
  readonly by: string;
  readonly reason: ReleaseReason;
  readonly detail?: string;
  readonly beneath: string | null;
}

interface StateColumns {
  readonly versions: readonly number[] | null;
  readonly weights: readonly number[] | null;
  readonly sticky: Sticky | null;
  readonly guard: Guard | null;
}

interface ReleaseRow extends StateColumns {
  readonly id: string;
  readonly beneath: string | null;
}

interface HistoryRow extends ReleaseRow {
  readonly alias: string;
  readonly released_at: Date;
  readonly released_by: string;
  readonly reason: ReleaseReason;
  readonly detail: string | null;
  readonly from_versions: readonly number[] | null;
  readonly from_weights: readonly number[] | null;
  readonly from_sticky: Sticky | null;
  readonly from_guard: Guard | null;
}

/** @returns the last release of an alias; undefined when there is no such alias */
export async function readHead(client: pg.ClientBase, { functionId, alias }: AliasOf): Promise<StoredRelease | undefined> {
  const { rows } = await client.query<ReleaseRow>(
    `select r.id, r.versions, r.weights, r.sticky, r.guard, r.beneath
     from aliases a join releases r on r.id = a.release where a.function_id = $1 and a.alias = $2`,
    [functionId, alias],
  );
  return rows.map(toStored)[0];
}

export async function readRelease(client: pg.ClientBase, id: string): Promise<StoredRelease | undefined> {
  const { rows } = await client.query<ReleaseRow>(
    'select id, versions, weights, sticky, guard, beneath from releases where id = $1 and versions <> $2',
    [id, []],
  );
  return rows.map(toStored)[0];
}

/** Changes an alias, and says so in its history and to every process. */
export async function writeRelease(
  client: pg.ClientBase,
  { functionId, name, alias }: AliasOf,
  replaced: StoredRelease | undefined,
  { state, by, reason, detail, beneath }: NewRelease,
): Promise<Release> {
  const shares = state?.shares ?? [];
  const { rows } = await client.query<{ id: string; released_at: Date }>(
    `insert into releases (function_id, alias, released_by, reason, versions, weights, sticky, guard, detail, replaces, beneath)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning id, released_at`,
    [
      functionId,
      alias,
      by,
      reason,
      shares.map(({ version }) => version),
      state?.weighted === true ? shares.map(({ weight }) => weight) : null,
      toJson(state?.sticky),
      toJson(state?.guard),
      detail,
      replaced?.id,
      beneath,
    ],
  );
  const [row] = rows;
  if (row === undefined) throw new TypeError('an insert without a conflict clause returned no row');
  if (state === undefined) await client.query('delete from aliases where function_id = $1 and alias = $2', [functionId, alias]);
  else {
    await client.query(
      `insert into aliases (function_id, alias, release) values ($1, $2, $3)
       on conflict (function_id, alias) do update set release = excluded.release`,
      [functionId, alias, row.id],
    );
  }
  await notifyChange(client, name);
  return {
    id: row.id,
    function: name,
    alias,
    at: row.released_at.toISOString(),
    by,
    reason,
    ...(replaced !== undefined && { from: toPointer(replaced.state) }),
    ...(state !== undefined && { to: toPointer(state) }),
    ...(detail !== undefined && { detail }),
  };
}

/** All releases of a function, newest first; empty when there is no such function. @param after `next` of the page before */
export async function listReleases(pool: pg.Pool, name: string, limit: number, after?: string): Promise<Page<Release>> {
  const { rows } = await onPostgres(() =>
    pool.query<HistoryRow>(
      `select r.id, r.alias, r.released_at, r.released_by, r.reason, r.detail, r.beneath, r.versions, r.weights, r.sticky, r.guard,
         p.versions as from_versions, p.weights as from_weights, p.sticky as from_sticky, p.guard as from_guard
       from functions f join releases r on r.function_id = f.id left join releases p on p.id = r.replaces
       where f.name = $1 and ($2::bigint is null or r.id < $2) order by r.id desc limit $3`,
      [name, after, limit + 1],
    ),
  );
  return toPage(
    rows.map((row) => toRelease(name, row)),
    limit,
    ({ id }) => id,
  );
}

/** @returns undefined for the columns of a deletion, or of a row that is not there */
export function toState({ versions, weights, sticky, guard }: StateColumns): ReleaseState | undefined {
  if (versions === null || versions.length === 0) return undefined;
  const shares = versions.map((version, i): Share => ({ version, weight: weights?.[i] ?? 1 }));
  return { shares, weighted: weights !== null, sticky: sticky ?? undefined, guard: guard ?? undefined };
}

function toStored(row: ReleaseRow): StoredRelease {
  // A release that an alias or a rollback stands on points to something.
  return { id: row.id, state: toState(row) ?? plainState(0), beneath: row.beneath };
}

function toRelease(name: string, row: HistoryRow): Release {
  const to = toState(row);
  const from = toState({ versions: row.from_versions, weights: row.from_weights, sticky: row.from_sticky, guard: row.from_guard });
  return {
    id: row.id,
    function: name,
    alias: row.alias,
    at: row.released_at.toISOString(),
    by: row.released_by,
    reason: row.reason,
    ...(from !== undefined && { from: toPointer(from) }),
    ...(to !== undefined && { to: toPointer(to) }),
    ...(row.detail !== null && { detail: row.detail }),
  };
}

function toJson(value: object | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
