/** Bytes kept by the sha256 of themselves: uploaded modules, packs of assets. They live as long as a version refers to them. */
import type pg from 'pg';
import { onPostgres } from '../shared/postgres.ts';

/** A table of them, and the column of `versions` that refers to it. Written into statements: never from outside. */
export interface BlobTable {
  readonly name: 'modules' | 'assets';
  readonly column: 'digest' | 'assets';
}

/** pg reads bytes as hexadecimal text: 64 MiB at once would take 200 MB and stop everything else for a second. */
const chunkBytes = 4_194_304;

/**
 * @param digest lower-case hex
 * @returns undefined when there is no such row, or it was deleted while it was read
 */
export async function findBlob(pool: pg.Pool, { name }: BlobTable, digest: string): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  for (let readBytes = 0, sizeBytes = 1; readBytes < sizeBytes; readBytes += chunkBytes) {
    const { rows } = await onPostgres(() =>
      pool.query<{ chunk: Buffer; size_bytes: number }>(
        `select substring(bytes from $2 for $3) as chunk, size_bytes from ${name} where digest = decode($1, 'hex')`,
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

/** Keeps others from deleting a row until the transaction ends. @returns whether it is there */
export async function keepBlob(client: pg.ClientBase, { name }: BlobTable, digest: string): Promise<boolean> {
  const { rowCount } = await client.query(`select from ${name} where digest = decode($1, 'hex') for key share`, [digest]);
  return rowCount === 1;
}

/** Deletes those of the given rows that no version refers to. */
export async function sweepBlobs(client: pg.ClientBase, { name, column }: BlobTable, digests: readonly Buffer[]): Promise<void> {
  // Locked by a statement of its own: the next one then sees the versions of publishes that held the locks.
  // In order of the digests, so that two sweeps never wait for each other.
  await client.query(`select from ${name} where digest = any($1) order by digest for update`, [digests]);
  await client.query(
    `delete from ${name}
     where digest = any($1) and not exists (select from versions where versions.${column} = ${name}.digest)`,
    [digests],
  );
}
