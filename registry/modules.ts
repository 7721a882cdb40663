/** Uploaded modules by the sha256 of their bytes. A module lives as long as a version refers to it. */
import type pg from 'pg';
import { onPostgres } from '../shared/postgres.ts';

/** pg reads bytes as hexadecimal text: 64 MiB at once would take 200 MB and stop everything else for a second. */
const chunkBytes = 4_194_304;

/**
 * @param digest lower-case hex
 * @returns undefined when there is no such module, or it was deleted while it was read
 */
export async function findModuleBytes(pool: pg.Pool, digest: string): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  for (let readBytes = 0, sizeBytes = 1; readBytes < sizeBytes; readBytes += chunkBytes) {
    const { rows } = await onPostgres(() =>
      pool.query<{ chunk: Buffer; size_bytes: number }>(
        "select substring(bytes from $2 for $3) as chunk, size_bytes from modules where digest = decode($1, 'hex')",
        [digest, readBytes + 1, chunkBytes],
      ),
    );
    const [row] = rows;
    if (row === undefined) return undefined;
    chunks.push(row.chunk);
    sizeBytes = row.size_bytes;
  }
  return Buffer.concat(chunks);
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

/** Keeps others from deleting a module until the transaction ends. @returns whether it is there */
export async function keepModule(client: pg.ClientBase, digest: string): Promise<boolean> {
  const { rowCount } = await client.query("select from modules where digest = decode($1, 'hex') for key share", [digest]);
  return rowCount === 1;
}

/** Deletes those of the given modules that no version refers to. */
export async function sweepModules(client: pg.ClientBase, digests: readonly Buffer[]): Promise<void> {
  // Locked by a statement of its own: the next one then sees the versions of publishes that held the locks.
  // In order of the digests, so that two sweeps never wait for each other.
  await client.query('select from modules where digest = any($1) order by digest for update', [digests]);
  await client.query(
    `delete from modules
     where digest = any($1) and not exists (select from versions where versions.digest = modules.digest)`,
    [digests],
  );
}
