/** Registries as earlier versions left them. */
import pg from 'pg';
import { runner } from 'node-pg-migrate';
import { migrationsFolder, migrationsTable } from '../../registry/migrate/files.ts';

/** Applies the first migrations only. @param count how many */
export async function migrateFirst(url: string, count: number): Promise<void> {
  const dbClient = new pg.Client(url);
  await dbClient.connect();
  try {
    await runner({
      dbClient,
      dir: migrationsFolder,
      migrationsTable,
      direction: 'up',
      count,
      migrationLoaderStrategies: [{ extensions: ['.sql'], loader: 'sql' }],
      singleTransaction: true,
      log: () => {},
    });
  } finally {
    await dbClient.end();
  }
}

/** SQL, for any schema: a function with its versions, numbered from 1. @param versions 0: one that was deleted after its first */
export function functionFromBefore(name: string, versions: number): string {
  return `
    insert into modules (digest, size_bytes, bytes) values (sha256('${name}'), 4, 'wasm') on conflict do nothing;
    insert into functions (name, latest_version) values ('${name}', ${Math.max(1, versions)});
    insert into versions (function_id, version, digest, kind, entry, analysis, config, limits)
    select f.id, n, sha256('${name}'), 'core', '"run"', '{"exports":[],"needs":[]}', '{}', '{"timeoutMs":1000,"memoryBytes":65536,"concurrency":1}'
    from functions f, generate_series(1, ${versions}) n where f.name = '${name}';`;
}
