/** Uploaded modules by the sha256 of their bytes. */
import type pg from 'pg';
import { type BlobTable, findBlob } from './blobs.ts';

export const modules: BlobTable = { name: 'modules', column: 'digest' };

/** @param digest lower-case hex. @returns undefined when there is no such module, or it was deleted while it was read */
export function findModuleBytes(pool: pg.Pool, digest: string): Promise<Uint8Array | undefined> {
  return findBlob(pool, modules, digest);
}

/** Stores a module unless it is there already, and in both cases keeps others from deleting it until the transaction ends. */
export async function storeModule(client: pg.ClientBase, digest: string, bytes: Uint8Array): Promise<void> {
  // `do update ... where false` changes nothing but locks the row, or waits for its deletion and inserts it again.
  await client.query(
    `insert into modules (digest, size_bytes, bytes) values (decode($1, 'hex'), $2, $3)
     on conflict (digest) do update set digest = excluded.digest where false`,
    [digest, bytes.length, bytes],
  );
}
