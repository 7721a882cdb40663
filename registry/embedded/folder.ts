/** The data folder: one server at a time, and a database cluster in `postgres/` that is either whole or not there. */
import { mkdir, mkdtemp, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StartupError } from '../../shared/startup-error.ts';
import type { PostgresBinaries } from './binaries.ts';
import { launch, type Launcher } from './launch.ts';

/** Superuser of the cluster, and the only one. */
export const superuser = 'bantam';
const initPrefix = 'postgres.init-';
const sqliteBusy = 5;

/**
 * Takes the data folder for this process, creating it where missing.
 * The lock is the kernel's (fcntl, by way of SQLite, as Node has no other): it ends with the process, however that ends.
 * @returns lets go of it
 * @throws StartupError when another server has it, or it cannot be written to
 */
export async function lockDataFolder(dataDir: string): Promise<() => void> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    const lock = new DatabaseSync(join(dataDir, 'postgres.lock'), { timeout: 0 });
    lock.exec('pragma journal_mode = memory; begin exclusive');
    return () => lock.close();
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy) {
      throw new StartupError(
        `the data folder ${dataDir} is in use by another Bantam server: stop that one, or choose another folder with BANTAM_DATA_DIR`,
      );
    }
    throw cannotWrite(dataDir, error);
  }
}

/**
 * Makes the database cluster unless it is there.
 * @returns its folder
 * @throws StartupError when it cannot be made, or is there but of another major version
 */
export async function ensureCluster(dataDir: string, binaries: PostgresBinaries, launcher: Launcher): Promise<string> {
  const cluster = join(dataDir, 'postgres');
  const version = await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch(() => undefined);
  if (version !== undefined && Number(version) !== binaries.majorVersion) {
    throw new StartupError(
      `the database in ${cluster} is of PostgreSQL ${version.trim()}, this Bantam comes with ${binaries.majorVersion}: dump it with the Bantam that wrote it, or choose another folder with BANTAM_DATA_DIR`,
    );
  }
  if (version === undefined) await createCluster(dataDir, cluster, binaries, launcher);
  return cluster;
}

/** Elsewhere first, then renamed: whatever interrupts this, `cluster` is never half made. */
async function createCluster(dataDir: string, cluster: string, binaries: PostgresBinaries, launcher: Launcher): Promise<void> {
  await removeUnfinished(dataDir);
  const unfinished = await mkdtemp(join(dataDir, initPrefix)).catch((error: unknown) => {
    throw cannotWrite(dataDir, error);
  });
  const options = ['--auth=trust', '--encoding=UTF8', '--locale=C', '--no-instructions'];
  const initdb = launch(launcher, binaries.initdb, ['--pgdata', unfinished, '--username', superuser, ...options]);
  let output = '';
  for (const stream of [initdb.stdout, initdb.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise((resolve, reject) => initdb.once('error', reject).once('close', resolve));
  if (code !== 0) {
    await removeUnfinished(dataDir);
    throw new StartupError(`the database could not be created in ${dataDir}: ${/error: .*/.exec(output)?.[0] ?? output.trim()}`);
  }
  await rename(unfinished, cluster);
  await syncFolder(dataDir);
}

async function removeUnfinished(dataDir: string): Promise<void> {
  const names = (await readdir(dataDir)).filter((name) => name.startsWith(initPrefix));
  await Promise.all(names.map((name) => rm(join(dataDir, name), { recursive: true, force: true, maxRetries: 3 })));
}

/** Else a power failure could take back the rename, and with it what was committed since. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  await handle.sync();
  await handle.close();
}

function cannotWrite(dataDir: string, error: unknown): StartupError {
  const reason = error instanceof Error ? error.message : String(error);
  return new StartupError(`the data folder ${dataDir} cannot be written to (${reason}): choose another with BANTAM_DATA_DIR`);
}
