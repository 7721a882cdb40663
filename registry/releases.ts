/** Moving aliases: each in one transaction that holds the function, writes the history and tells every process. */
import { isDeepStrictEqual } from 'node:util';
import type pg from 'pg';
import { BantamError } from '../contracts/errors.ts';
import { limits } from '../contracts/limits.ts';
import { defaultAlias, plainState, type Release, type ReleaseState } from '../contracts/release.ts';
import { appendEvent } from './events.ts';
import { type FunctionRow, onFunction } from './functions.ts';
import { withoutNewest } from './guard-policy.ts';
import { type AliasOf, type NewRelease, readHead, readRelease, type StoredRelease, writeRelease } from './release-rows.ts';

/** Whose alias, and who changes it: the name of a key, or a client address. */
export interface AliasRequest {
  readonly name: string;
  readonly alias: string;
  readonly by: string;
}

/**
 * Points an alias to something, creating it where it is not there.
 * @returns undefined when it points there already
 * @throws BantamError FUNCTION_NOT_FOUND, VERSION_NOT_FOUND, TOO_MANY_ALIASES, REGISTRY_UNAVAILABLE
 */
export function setAlias(pool: pg.Pool, { name, alias, by }: AliasRequest, state: ReleaseState): Promise<Release | undefined> {
  return onFunction(pool, name, async (client, row) => {
    const missing = await missingVersion(client, row, state);
    if (missing !== undefined) return new BantamError('VERSION_NOT_FOUND', `there is no function "${name}" with version ${missing}`);
    const of: AliasOf = { functionId: row.id, name, alias };
    const head = await readHead(client, of);
    if (head === undefined && (await countAliases(client, row)) >= limits.maxAliases) {
      return new BantamError('TOO_MANY_ALIASES', `"${name}" has ${limits.maxAliases} aliases`);
    }
    if (head !== undefined && isDeepStrictEqual(head.state, state)) return undefined;
    return moveAlias(client, of, head, { state, by, reason: 'set', beneath: head?.id ?? null });
  });
}

/**
 * Points the default alias back to what it pointed to before; again: to what it pointed to before that.
 * @throws BantamError FUNCTION_NOT_FOUND, NOTHING_TO_ROLL_BACK, REGISTRY_UNAVAILABLE
 */
export function rollback(pool: pg.Pool, name: string, by: string): Promise<Release> {
  return onFunction(pool, name, async (client, row) => {
    const of: AliasOf = { functionId: row.id, name, alias: defaultAlias };
    const head = await readHead(client, of);
    const back = await below(client, head);
    if (back === undefined) return new BantamError('NOTHING_TO_ROLL_BACK', `"${name}" has never pointed to anything else`);
    const missing = await missingVersion(client, row, back.state);
    if (missing !== undefined) {
      return new BantamError('NOTHING_TO_ROLL_BACK', `version ${missing}, which "${name}" pointed to before, is deleted`);
    }
    return moveAlias(client, of, head, { state: back.state, by, reason: 'rollback', beneath: back.beneath });
  });
}

/** @throws BantamError FUNCTION_NOT_FOUND, ALIAS_NOT_FOUND, ALIAS_RESERVED, REGISTRY_UNAVAILABLE */
export function deleteAlias(pool: pg.Pool, { name, alias, by }: AliasRequest): Promise<Release> {
  return onFunction(pool, name, async (client, row) => {
    if (alias === defaultAlias) return new BantamError('ALIAS_RESERVED', `"${alias}" is what calls of "${name}" get`);
    const of: AliasOf = { functionId: row.id, name, alias };
    const head = await readHead(client, of);
    if (head === undefined) return new BantamError('ALIAS_NOT_FOUND', `there is no function "${name}" with an alias "${alias}"`);
    return moveAlias(client, of, head, { state: undefined, by, reason: 'delete', beneath: null });
  });
}

/**
 * Takes the newest version out of a release, unless the alias has moved on since.
 * @param release id of the release that was judged
 * @param detail what was counted, in words
 * @returns undefined when that release is no longer the last one: of several who try, one wins
 * @throws BantamError FUNCTION_NOT_FOUND, REGISTRY_UNAVAILABLE
 */
export function tripGuard(
  pool: pg.Pool,
  { name, alias, release, detail }: { readonly name: string; readonly alias: string; readonly release: string; readonly detail: string },
): Promise<Release | undefined> {
  return onFunction(pool, name, async (client, row) => {
    const of: AliasOf = { functionId: row.id, name, alias };
    const head = await readHead(client, of);
    if (head === undefined || head.id !== release) return undefined;
    const state = withoutNewest(head.state);
    if (state === undefined) return undefined;
    // A later rollback goes to something else than this, and not to what the same version was part of.
    const newest = head.state.shares[0]?.version;
    const versionsOf = ({ shares }: ReleaseState): string => shares.map(({ version }) => version).join();
    const isOfUse = ({ state: before }: StoredRelease): boolean =>
      before.shares.every(({ version }) => version !== newest) && versionsOf(before) !== versionsOf(state);
    let back = await below(client, head);
    while (back !== undefined && !isOfUse(back)) back = await below(client, back);
    return moveAlias(client, of, head, { state, by: 'guard', reason: 'guard', detail, beneath: back?.id ?? null });
  });
}

export interface LiveMove {
  /** What the default alias points to then. */
  readonly live: ReleaseState;
  /** Undefined when it stayed where it was. The publish ends with an event of it. */
  readonly release: Release | undefined;
}

/**
 * For a publish: the default alias follows, unless it has weights.
 * @param by name of a key, or a client address
 */
export async function moveLive(
  client: pg.ClientBase,
  { functionId, name, version, by }: { readonly functionId: string; readonly name: string; readonly version: number; readonly by: string },
): Promise<LiveMove> {
  const of: AliasOf = { functionId, name, alias: defaultAlias };
  const head = await readHead(client, of);
  const state = plainState(version);
  if (head !== undefined && (head.state.weighted || isDeepStrictEqual(head.state, state))) return { live: head.state, release: undefined };
  const release = await writeRelease(client, of, head, { state, by, reason: 'publish', beneath: head?.id ?? null });
  return { live: state, release };
}

/** The last thing that a transaction does: see `appendEvent`. */
export async function tellRelease(client: pg.ClientBase, release: Release): Promise<void> {
  const isBack = release.reason === 'rollback' || release.reason === 'guard';
  await appendEvent(client, isBack ? 'release.rolled-back' : 'release.set', release);
}

async function moveAlias(client: pg.ClientBase, of: AliasOf, head: StoredRelease | undefined, change: NewRelease): Promise<Release> {
  const release = await writeRelease(client, of, head, change);
  await tellRelease(client, release);
  return release;
}

async function below(client: pg.ClientBase, release: StoredRelease | undefined): Promise<StoredRelease | undefined> {
  const id = release?.beneath ?? null;
  return id === null ? undefined : readRelease(client, id);
}

async function missingVersion(client: pg.ClientBase, { id }: FunctionRow, { shares }: ReleaseState): Promise<number | undefined> {
  const wanted = shares.map(({ version }) => version);
  const { rows } = await client.query<{ version: number }>('select version from versions where function_id = $1 and version = any($2)', [
    id,
    wanted,
  ]);
  const there = new Set(rows.map(({ version }) => version));
  return wanted.find((version) => !there.has(version));
}

async function countAliases(client: pg.ClientBase, { id }: FunctionRow): Promise<number> {
  const { rows } = await client.query<{ count: number }>('select count(*)::integer as count from aliases where function_id = $1', [id]);
  return rows[0]?.count ?? 0;
}
