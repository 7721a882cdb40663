/** Packs of assets (contracts/assets.ts) by the sha256 of their bytes. */
import type pg from 'pg';
import { type BlobTable, findBlob } from './blobs.ts';
import type { PublishedAssets } from './port.ts';

export const assetPacks: BlobTable = { name: 'assets', column: 'assets' };

/** @param digest lower-case hex. @returns the pack; undefined when there is none, or it was deleted while it was read */
export function findAssetBytes(pool: pg.Pool, digest: string): Promise<Uint8Array | undefined> {
  return findBlob(pool, assetPacks, digest);
}

/** Stores a pack unless it is there already, and in both cases keeps others from deleting it until the transaction ends. */
export async function storeAssets(client: pg.ClientBase, { digest, entries, sizeBytes, pack }: PublishedAssets): Promise<void> {
  // As in storeModule.
  await client.query(
    `insert into assets (digest, size_bytes, entries, content_bytes, bytes) values (decode($1, 'hex'), $2, $3, $4, $5)
     on conflict (digest) do update set digest = excluded.digest where false`,
    [digest, pack.length, entries, sizeBytes, pack],
  );
}
