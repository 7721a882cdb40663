/** Deleting versions, and with them the modules and assets that nothing else uses. */
import type pg from 'pg';
import { assetPacks } from './assets.ts';
import { sweepBlobs } from './blobs.ts';
import { modules } from './modules.ts';

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
