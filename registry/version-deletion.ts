/** Which versions may be deleted, and deleting them, and with them the modules and assets that nothing else uses. */
import type pg from 'pg';
import { assetPacks } from './assets.ts';
import { sweepBlobs } from './blobs.ts';
import { modules } from './modules.ts';

/**
 * Queued and running invocations of versions, none of which can get more of them, or be otherwise deleted, until the transaction ends.
 * The function is locked by the transaction.
 * @returns how many, by version; nothing of those that have none
 */
export async function holdVersions(
  client: pg.ClientBase,
  { id, name }: { readonly id: string; readonly name: string },
  versions: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  // In order, as invocations are accepted, and by a statement of its own: the next one then sees what was accepted before.
  await client.query('select from versions where function_id = $1 and version = any($2) order by version for update', [id, versions]);
  const { rows } = await client.query<{ version: number; count: number }>(
    `select version, count(*)::integer as count
     from (
       select version from invocations where status = 'queued' and function = $1 and version = any($2)
       union all
       select version from invocations where status = 'running' and function = $1 and version = any($2)
     ) as unfinished group by version`,
    [name, versions],
  );
  return new Map(rows.map(({ version, count }) => [version, count]));
}

/**
 * The function is locked by the transaction.
 * @param versions null for all
 * @returns how many were there
 */
export async function dropVersions(client: pg.ClientBase, functionId: string, versions: readonly number[] | null): Promise<number> {
  const { rows } = await client.query<{ digest: Buffer; assets: Buffer | null }>(
    'delete from versions where function_id = $1 and ($2::integer[] is null or version = any($2)) returning digest, assets',
    [functionId, versions],
  );
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
  return rows.length;
}
