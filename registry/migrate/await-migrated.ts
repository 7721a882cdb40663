/** Migrates as soon as the database is there: processes of a cluster may come up in any order. */
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { BantamError } from '../../contracts/errors.ts';
import { StartupError } from '../../shared/startup-error.ts';
import { migrate } from './migrate.ts';

const retryMs = 500;

export interface MigrationLog {
  /** One line per applied migration. */
  info(line: string): void;
  /** One line per reason why it has to wait. */
  warn(line: string): void;
}

/**
 * @throws StartupError when waiting would not help
 */
export async function awaitMigrated(databaseUrl: string, log: MigrationLog): Promise<void> {
  let said: string | undefined;
  for (;;) {
    try {
      await migrate(databaseUrl, (line) => log.info(line));
      return;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (!mayPass(error)) throw new StartupError(`the migration failed: ${message}`, { cause: error });
      if (message !== said) log.warn(`waiting for the database: ${message}`);
      said = message;
    }
    await wait(retryMs);
  }
}

/** A wrong password or an unknown database is not cured by waiting (classes 28 and 3D of PostgreSQL's error codes, appendix A). */
function mayPass(error: unknown): boolean {
  if (!(error instanceof BantamError) || error.code !== 'REGISTRY_UNAVAILABLE') return false;
  const code = error.cause instanceof pg.DatabaseError ? (error.cause.code ?? '') : '';
  return !code.startsWith('28') && !code.startsWith('3D');
}
