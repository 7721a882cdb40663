/** Brings a database to the newest schema: applies the files of migrations/ that it does not have yet. */
import { runner } from 'node-pg-migrate';
import { createClient, onPostgres } from '../../shared/postgres.ts';
import { migrationsFolder, migrationsTable } from './files.ts';

const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/**
 * All or nothing, in one transaction. Several at once are safe: they wait for each other.
 * A database that is newer than this code is left as it is.
 * @param log hears one line per applied migration
 * @throws BantamError REGISTRY_UNAVAILABLE; Error when a migration fails or one was added out of order
 */
export async function migrate(databaseUrl: string, log: (line: string) => void): Promise<void> {
  const client = createClient(databaseUrl, 'bantam-migrate');
  // A lost connection also fails the query under way; without a listener it would end the process.
  client.on('error', ignore);
  try {
    await onPostgres(() => client.connect());
    const applied = await runner({
      dbClient: client,
      dir: migrationsFolder,
      migrationsTable,
      direction: 'up',
      migrationLoaderStrategies: [{ extensions: ['.sql'], loader: 'sql' }],
      advisoryLockMode: 'wait',
      singleTransaction: true,
      checkOrder: true,
      logger: silent,
    });
    for (const { name } of applied) log(`applied migration ${name}`);
  } finally {
    await client.end();
  }
}

function ignore(): void {}
