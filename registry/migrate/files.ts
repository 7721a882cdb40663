/** The migrations that this code comes with: migrations/NNNN_what.sql. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

export const migrationsFolder = join(import.meta.dirname, '../../migrations');

/** Where node-pg-migrate notes what it has applied. */
export const migrationsTable = 'schema_migrations';

/** @returns the names without `.sql`, in the order of their numbers */
export async function migrationNames(): Promise<readonly string[]> {
  const files = await readdir(migrationsFolder);
  return files
    .filter((file) => file.endsWith('.sql'))
    .map((file) => file.slice(0, -'.sql'.length))
    .toSorted();
}

/** @returns the number of a migration by its name: 12 of `0012_what` */
export function migrationNumber(name: string): number {
  return Number.parseInt(name, 10);
}
