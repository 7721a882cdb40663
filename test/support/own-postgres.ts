/** A PostgreSQL that a test can take away and bring back at the same address. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPostgresBinaries } from '../../registry/embedded/binaries.ts';
import { ensureCluster, superuser } from '../../registry/embedded/folder.ts';
import { findLauncher } from '../../registry/embedded/launch.ts';
import { port, PostgresServer } from '../../registry/embedded/server.ts';
import { migrate } from '../../registry/migrate/migrate.ts';

export interface OwnPostgres {
  readonly url: string;
  /** Resolves when connections are accepted. */
  start(): Promise<void>;
  /** Ends all connections; resolves when the process is gone. */
  stop(): Promise<void>;
  /** Removes its files; call `stop` before. */
  remove(): Promise<void>;
}

/** Made with the newest schema, and stopped. */
export async function createOwnPostgres(): Promise<OwnPostgres> {
  const dataDir = await mkdtemp(join(tmpdir(), 'bantam-test-'));
  const [binaries, launcher] = await Promise.all([findPostgresBinaries(), findLauncher()]);
  const cluster = await ensureCluster(dataDir, binaries, launcher);
  let server: PostgresServer | undefined;
  const own: OwnPostgres = {
    url: `postgres://${superuser}@${encodeURIComponent(dataDir)}:${port}/postgres?sslmode=disable`,
    async start() {
      server = new PostgresServer({ cluster, socketFolder: dataDir, binaries, launcher, log: () => {} });
      await server.start();
    },
    async stop() {
      await server?.stop();
      server = undefined;
    },
    remove: () => rm(dataDir, { recursive: true }),
  };
  await own.start();
  await migrate(own.url, () => {});
  await own.stop();
  return own;
}
