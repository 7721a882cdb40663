/** Decides at start whether the schema of the database and this code fit together. */
import type pg from 'pg';
import { onPostgres } from '../shared/postgres.ts';
import { StartupError } from '../shared/startup-error.ts';
import { migrationNames, migrationNumber, migrationsTable } from './migrate/files.ts';

/**
 * A schema that is newer is accepted as long as its migrations say that it still fits this code.
 * @throws StartupError when migrations are missing, or when a newer one broke with this code
 * @throws BantamError REGISTRY_UNAVAILABLE
 */
export async function checkSchema(pool: pg.Pool): Promise<void> {
  const known = await migrationNames();
  const applied = await appliedMigrations(pool);
  const missing = known.filter((name) => !applied.has(name));
  if (missing.length > 0) {
    throw new StartupError(`the database lacks the migrations ${missing.join(', ')}: run \`npm run migrate\` with the same DATABASE_URL`);
  }
  const newest = Math.max(...known.map(migrationNumber));
  const { rows } = await onPostgres(() => pool.query<{ min_supported: number }>('select min_supported from schema_compatibility'));
  const minSupported = rows[0]?.min_supported ?? 0;
  if (minSupported > newest) {
    throw new StartupError(
      `the database was migrated by a newer Bantam (it asks for migration ${minSupported}, this one knows ${newest}): update this one`,
    );
  }
}

async function appliedMigrations(pool: pg.Pool): Promise<ReadonlySet<string>> {
  return onPostgres(async () => {
    const found = await pool.query<{ found: boolean }>('select to_regclass($1) is not null as found', [migrationsTable]);
    if (found.rows[0]?.found !== true) return new Set();
    const { rows } = await pool.query<{ name: string }>(`select name from ${migrationsTable}`);
    return new Set(rows.map(({ name }) => name));
  });
}
