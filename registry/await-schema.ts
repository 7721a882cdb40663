/** Waits for Postgres at start: processes of a cluster may come up in any order. */
import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';
import { BantamError } from '../contracts/errors.ts';
import { checkSchema } from './schema.ts';

const retryMs = 500;

/**
 * Waits until Postgres can be asked and its schema fits.
 * @throws StartupError when it does not fit
 */
export async function awaitSchema(
  pool: pg.Pool,
  log: { warn(fields: object, message: string): void; info(message: string): void },
): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await checkSchema(pool);
      if (tries > 0) log.info('Postgres is there');
      return;
    } catch (error) {
      if (!(error instanceof BantamError)) throw error;
      if (tries === 0) log.warn({ reason: error.message }, 'Postgres cannot be reached yet: trying again');
      await wait(retryMs);
    }
  }
}
