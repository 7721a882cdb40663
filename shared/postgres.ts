/** The way to Postgres: a pool that neither hangs nor ends the process, and the one place where its errors become ours. */
import { channel } from 'node:diagnostics_channel';
import pg from 'pg';
import { BantamError } from '../contracts/errors.ts';

export interface PoolOptions {
  /** Most connections at a time. */
  readonly max: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  /** Hears of connections lost while idle; the pool replaces them by itself. */
  readonly onError: (error: Error) => void;
  /** Milliseconds after which the server gives up on a statement. Default 30,000: the longest is a module of 64 MiB. */
  readonly statementTimeoutMs?: number;
}

const connectTimeoutMs = 2_000;
const defaultStatementTimeoutMs = 30_000;

/** Connects on first use. A server that is not there costs a caller 2 s at most. */
export function createPool(url: string, options: PoolOptions): pg.Pool {
  const statementTimeoutMs = options.statementTimeoutMs ?? defaultStatementTimeoutMs;
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max,
    application_name: options.applicationName,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    // The server's own timeout cannot be heard over a dead network.
    query_timeout: statementTimeoutMs + 2_000,
    keepAlive: true,
  });
  pool.on('error', (error) => {
    // pg hangs the whole client on its error: nothing for a log. A pool that is ending loses its connections one way or the other.
    if ('client' in error) delete error.client;
    if (!pool.ending) options.onError(error);
  });
  return pool;
}

/** A single connection outside of any pool, for what a pool cannot do (LISTEN, session locks). Not yet connected. */
export function createClient(url: string, applicationName: string): pg.Client {
  return new pg.Client({
    connectionString: url,
    application_name: applicationName,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
  });
}

/**
 * Runs `work`, which does nothing but talk to Postgres.
 * @throws BantamError REGISTRY_UNAVAILABLE when Postgres could not be reached, gave up or ran into a passing conflict
 */
export async function onPostgres<T>(work: () => Promise<T>): Promise<T> {
  const beganMs = performance.now();
  try {
    const result = await work();
    tell('ok', beganMs);
    return result;
  } catch (cause) {
    const error = toRegistryError(cause);
    tell(isOutage(error) ? 'unavailable' : error instanceof BantamError ? 'ok' : 'failed', beganMs);
    throw error;
  }
}

/** A call that came to an end. */
export interface PostgresCall {
  /** `unavailable`: Postgres was out of reach or gave up. `failed`: it refused a statement. What `work` itself decided against is `ok`. */
  readonly outcome: 'ok' | 'unavailable' | 'failed';
  /** Milliseconds, of a transaction as a whole, the wait for a connection included. */
  readonly tookMs: number;
}

/** Every PostgresCall of the process, for whoever watches. */
export const postgresCalls = channel('bantam:postgres');

function tell(outcome: PostgresCall['outcome'], beganMs: number): void {
  if (!postgresCalls.hasSubscribers) return;
  const call: PostgresCall = { outcome, tookMs: performance.now() - beganMs };
  postgresCalls.publish(call);
}

/**
 * Runs `work` in a transaction (read committed) of its own connection.
 * @throws BantamError as `onPostgres`; what `work` throws rolls back
 */
export function inTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  return onPostgres(async () => {
    const client = await pool.connect();
    try {
      await client.query('begin');
      const result = await work(client);
      await client.query('commit');
      client.release();
      return result;
    } catch (error) {
      // Closing the connection rolls back, whatever state it is in.
      client.release(true);
      throw error;
    }
  });
}

/** Whether it came to nothing only because Postgres was out of reach: the same may be tried again. It may have been done all the same. */
export function isOutage(error: unknown): boolean {
  return error instanceof BantamError && error.code === 'REGISTRY_UNAVAILABLE';
}

/** Classes of SQLSTATE that say nothing against the statement (PostgreSQL manual, appendix A). */
const passingClasses = new Set([
  '08', // connection exception
  '25', // invalid transaction state: read-only standby
  '28', // invalid authorization
  '3D', // invalid catalog name: no such database
  '40', // transaction rollback: deadlock, serialisation
  '53', // insufficient resources
  '55', // object not in prerequisite state: lock not available
  '57', // operator intervention: shutdown, starting up, statement timeout
  '58', // system error
]);

function toRegistryError(error: unknown): unknown {
  const reason = unavailability(error);
  if (reason === undefined) return error;
  return new BantamError('REGISTRY_UNAVAILABLE', `Postgres could not do it: ${reason}`, undefined, { cause: error });
}

/** @returns why Postgres is out of reach; undefined when the error says something else (a fault of ours) */
function unavailability(error: unknown): string | undefined {
  if (error instanceof pg.DatabaseError) {
    return error.code !== undefined && passingClasses.has(error.code.slice(0, 2)) ? error.message : undefined;
  }
  if (!(error instanceof Error) || error instanceof BantamError) return undefined;
  // System errors carry a syscall; several addresses tried give an AggregateError with the code of the first.
  if ('syscall' in error || error instanceof AggregateError) return 'code' in error ? String(error.code) : error.name;
  // What is left of pg's own ("Connection terminated", "Query read timeout") are plain errors without a class or a code.
  return error.constructor === Error ? error.message : undefined;
}
