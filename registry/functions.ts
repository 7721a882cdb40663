/** Functions as named rows: what gives versions their numbers, and deletion. */
import type pg from 'pg';
import { inTransaction } from '../shared/postgres.ts';
import { assetPacks } from './assets.ts';
import { sweepBlobs } from './blobs.ts';
import { notifyChange } from './changes.ts';
import { modules } from './modules.ts';

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
 * Deletes a function with all its versions, and the modules and assets that nothing else uses. Its numbers are not given again.
 * @returns false when there was no such function
 */
export function removeFunction(pool: pg.Pool, name: string): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    const row = await lockFunction(client, name);
    const { rows } = await client.query<{ digest: Buffer; assets: Buffer | null }>(
      'delete from versions where function_id = $1 returning digest, assets',
      [row?.id],
    );
    if (rows.length === 0) return false;
    // In this order, as publishes lock them: two that wait for each other would never end.
    await sweepBlobs(
      client,
      modules,
      rows.map(({ digest }) => digest),
    );
    await sweepBlobs(
      client,
      assetPacks,
      rows.flatMap(({ assets }) => assets ?? []),
    );
    await notifyChange(client, name);
    return true;
  });
}
