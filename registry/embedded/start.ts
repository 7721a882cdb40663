/** A real PostgreSQL of our own, for a server that was given none: data in the data folder, reachable by this user only. */
import { join, resolve } from 'node:path';
import { findPostgresBinaries } from './binaries.ts';
import { ensureCluster, lockDataFolder, superuser } from './folder.ts';
import { findLauncher } from './launch.ts';
import { stopOrphan } from './postmaster.ts';
import { port, PostgresServer } from './server.ts';
import { createSocketFolder, removeSocketFolder } from './socket-folder.ts';

export interface EmbeddedPostgresOptions {
  /** Created where missing; the database is in its subfolder `postgres`. */
  readonly dataDir: string;
  /** Hears PostgreSQL's own log lines, and what is done about it here. */
  readonly log: (line: string) => void;
}

export interface EmbeddedPostgres {
  /** For `DATABASE_URL`; the same until `stop`. */
  readonly url: string;
  /** Fast shutdown: open transactions are rolled back, everything committed is kept. Resolves when the process is gone. */
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL of a data folder, and again whenever it ends by itself.
 * One that a killed server left behind is stopped first.
 * @throws StartupError with what to do, for the operator
 */
export async function startEmbeddedPostgres({ dataDir, log }: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const folder = resolve(dataDir);
  const unlock = await lockDataFolder(folder);
  try {
    const [binaries, launcher] = await Promise.all([findPostgresBinaries(), findLauncher()]);
    const orphan = await stopOrphan(join(folder, 'postgres'));
    if (orphan !== undefined) log(`stopped the PostgreSQL that a killed server left behind (process ${orphan})`);
    await removeSocketFolder(folder);
    const cluster = await ensureCluster(folder, binaries, launcher);
    const socketFolder = await createSocketFolder(folder);
    const server = new PostgresServer({ cluster, socketFolder, binaries, launcher, log });
    await server.start();
    return {
      url: `postgres://${superuser}@${encodeURIComponent(socketFolder)}:${port}/postgres?sslmode=disable`,
      async stop() {
        await server.stop();
        await removeSocketFolder(folder);
        unlock();
      },
    };
  } catch (error) {
    await removeSocketFolder(folder);
    unlock();
    throw error;
  }
}
