/** The postgres process of a cluster: started, watched, started again when it ends by itself, stopped. */
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { StartupError } from '../../shared/startup-error.ts';
import type { PostgresBinaries } from './binaries.ts';
import { launch, type Launcher } from './launch.ts';
import { fastShutdownMs, readPostmaster } from './postmaster.ts';

const pollMs = 10;
const restartMs = 500;

/** Only names the socket: there is no TCP. */
export const port = 5432;

const settings = {
  listen_addresses: '',
  port,
  unix_socket_permissions: '0700',
  max_connections: 60,
  // Small: a registry is a few tables. Durability is left as PostgreSQL has it: fsync and synchronous_commit are on.
  shared_buffers: '32MB',
  wal_level: 'minimal',
  max_wal_senders: 0,
  io_method: 'sync',
  log_min_messages: 'log',
  log_line_prefix: '',
  log_checkpoints: 'off',
};

export interface PostgresServerOptions {
  readonly cluster: string;
  /** Of mode 0700. */
  readonly socketFolder: string;
  readonly binaries: PostgresBinaries;
  readonly launcher: Launcher;
  readonly log: (line: string) => void;
}

/** The arguments of postgres for a cluster. */
export function postgresArguments(cluster: string, socketFolder: string): string[] {
  const all = Object.entries({ ...settings, unix_socket_directories: socketFolder });
  return ['-D', cluster, ...all.flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

export class PostgresServer {
  readonly #options: PostgresServerOptions;
  #child: ChildProcess | undefined;
  /** Resolves when the current process is gone. */
  #ended: Promise<unknown> = Promise.resolve();
  #stopping = false;

  constructor(options: PostgresServerOptions) {
    this.#options = options;
  }

  /**
   * Resolves when connections are accepted; after a crash that is after recovery, however long it takes.
   * @throws StartupError when the process ends before that
   */
  async start(): Promise<void> {
    const { cluster, socketFolder, binaries, launcher, log } = this.#options;
    const child = launch(launcher, binaries.postgres, postgresArguments(cluster, socketFolder));
    this.#child = child;
    let reason = 'no reason given';
    this.#ended = new Promise((resolve) => {
      child.once('close', resolve).once('error', resolve);
    });
    if (child.stderr !== null) {
      createInterface(child.stderr).on('line', (line) => {
        if (line.startsWith('FATAL:')) reason = line.replace(/^FATAL:\s*/, '');
        if (!this.#stopping) log(`postgres: ${line}`);
      });
    }
    while (child.exitCode === null && child.signalCode === null) {
      const postmaster = await readPostmaster(cluster);
      if (postmaster?.pid === child.pid && postmaster?.ready === true) {
        void this.#ended.then(() => this.#restart());
        return;
      }
      await Promise.race([wait(pollMs), this.#ended]);
    }
    // Its last words come with the end of its output.
    await this.#ended;
    throw new StartupError(`the embedded PostgreSQL did not start: ${reason}`);
  }

  /** Fast shutdown; resolves when the process is gone. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#child?.kill('SIGINT');
    const stuck = setTimeout(() => this.#child?.kill('SIGQUIT'), fastShutdownMs);
    await this.#ended;
    clearTimeout(stuck);
  }

  async #restart(): Promise<void> {
    while (!this.#stopping) {
      this.#options.log('the embedded PostgreSQL ended by itself; starting it again');
      try {
        await this.start();
        return;
      } catch (error) {
        if (this.#stopping) return;
        this.#options.log(String(error));
        await wait(restartMs);
      }
    }
  }
}
