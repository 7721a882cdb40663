/** A real PostgreSQL for tests: one embedded server per test process, a fresh database for each who asks. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../registry/embedded/start.ts';
import { migrate } from '../../registry/migrate/migrate.ts';

export interface TestPostgres {
  /** A new, empty database. @returns its URL */
  createDatabase(): Promise<string>;
  /** A new database with the newest schema. @returns its URL */
  createRegistry(): Promise<string>;
}

/** Call it once, at the top of a test file. The server starts when it is first needed and goes after the last test. */
export function usePostgres(): TestPostgres {
  let running: Promise<{ server: EmbeddedPostgres; dataDir: string }> | undefined;
  let count = 0;

  after(async () => {
    if (running === undefined) return;
    const { server, dataDir } = await running;
    await server.stop();
    await rm(dataDir, { recursive: true });
  });

  async function createDatabase(): Promise<string> {
    running ??= start();
    const { server } = await running;
    count += 1;
    const name = `test_${count}`;
    await runSql(server.url, `create database ${name}`);
    const url = new URL(server.url);
    url.pathname = `/${name}`;
    return url.href;
  }

  return {
    createDatabase,
    async createRegistry() {
      const url = await createDatabase();
      await migrate(url, () => {});
      return url;
    },
  };
}

/** One statement on a connection of its own. */
export async function runSql<Row extends pg.QueryResultRow>(url: string, sql: string, values?: unknown[]): Promise<Row[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

async function start(): Promise<{ server: EmbeddedPostgres; dataDir: string }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'bantam-test-'));
  return { server: await startEmbeddedPostgres({ dataDir, log: () => {} }), dataDir };
}
