/** `npm run migrate`: brings the database of DATABASE_URL to the newest schema, waiting for it to come up. Exits 0 or 1. */
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { BantamError } from '../../contracts/errors.ts';
import { migrate } from './migrate.ts';

const retryMs = 500;

process.exitCode = await main(process.env['DATABASE_URL']);

async function main(databaseUrl: string | undefined): Promise<number> {
  if (databaseUrl === undefined || databaseUrl === '') {
    console.error('DATABASE_URL is not set: it names the database to migrate, such as postgres://user:password@host:5432/bantam');
    return 1;
  }
  let said: string | undefined;
  for (;;) {
    try {
      await migrate(databaseUrl, (line) => console.log(line));
      console.log('the schema is up to date');
      return 0;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (!mayPass(error)) {
        console.error(`the migration failed: ${message}`);
        return 1;
      }
      if (message !== said) console.error(`waiting for the database: ${message}`);
      said = message;
    }
    await wait(retryMs);
  }
}

/** A wrong password or an unknown database is not cured by waiting. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof BantamError) || error.code !== 'REGISTRY_UNAVAILABLE') return false;
  const code = error.cause instanceof pg.DatabaseError ? (error.cause.code ?? '') : '';
  return !code.startsWith('28') && !code.startsWith('3D');
}
