/** Functions as named rows: what gives versions their numbers, and deletion. */
import type pg from 'pg';
import { BantamError } from '../contracts/errors.ts';
import { inTransaction } from '../shared/postgres.ts';
import { notifyChange } from './changes.ts';
import { appendEvent } from './events.ts';
import { dropVersions } from './version-deletion.ts';

export interface FunctionRow {
  readonly id: string;
  /** The last number given, also when that version was deleted since; 0 before the first. */
  readonly latest_version: number;
}

/** Creates the row unless it is there, as it also is after a deletion. */
export async function ensureFunction(client: pg.ClientBase, name: string): Promise<void> {
  await client.query('insert into functions (name) values ($1) on conflict (name) do nothing', [name]);
}

/** Whoever holds the row is the only one to change this function until the transaction ends. */
export async function lockFunction(client: pg.ClientBase, name: string): Promise<FunctionRow | undefined> {
  const { rows } = await client.query<FunctionRow>('select id, latest_version from functions where name = $1 for update', [name]);
  return rows[0];
}

export async function setLatestVersion(client: pg.ClientBase, functionId: string, version: number): Promise<void> {
  await client.query('update functions set latest_version = $2 where id = $1', [functionId, version]);
}

/**
 * Runs `work` in a transaction that holds a function.
 * @throws BantamError FUNCTION_NOT_FOUND, REGISTRY_UNAVAILABLE, or the one that `work` returns, having changed nothing
 */
export async function onFunction<T>(
  pool: pg.Pool,
  name: string,
  work: (client: pg.ClientBase, row: FunctionRow) => Promise<T | BantamError>,
): Promise<T> {
  // A refusal is returned and not thrown: it is no reason to close the connection.
  const result = await inTransaction(pool, async (client) => {
    const row = await lockFunction(client, name);
    const { rowCount } = await client.query('select from versions where function_id = $1 and version = $2', [row?.id, row?.latest_version]);
    if (row === undefined || rowCount === 0) return new BantamError('FUNCTION_NOT_FOUND', `there is no function "${name}"`);
    return work(client, row);
  });
  if (result instanceof BantamError) throw result;
  return result;
}

/**
 * Deletes a function with all its versions, aliases and releases, and the modules and assets that nothing else uses.
 * Its numbers are not given again.
 * @returns false when there was no such function
 */
export function removeFunction(pool: pg.Pool, name: string): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    const row = await lockFunction(client, name);
    if (row === undefined || (await dropVersions(client, row.id, null)) === 0) return false;
    await client.query('delete from aliases where function_id = $1', [row.id]);
    await client.query('delete from releases where function_id = $1', [row.id]);
    await notifyChange(client, name);
    await appendEvent(client, 'function.deleted', { function: name });
    return true;
  });
}
