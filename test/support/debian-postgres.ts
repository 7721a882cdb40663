/** A PostgreSQL as an operator has one: server, pg_dump and pg_restore of one version, which the one from npm comes without. */
import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findLauncher, launch, type Launcher } from '../../registry/embedded/launch.ts';
import { needProgram } from './debian.ts';
import { eventually } from './eventually.ts';
import { runSql } from './postgres.ts';

export const debianPostgresPackages = ['postgresql'];

export interface DebianPostgres {
  /** @returns the URL of a database, which need not be there */
  url(database: string): string;
  /** Runs a program of this PostgreSQL. @throws when it fails, with what it said */
  run(program: 'pg_dump' | 'pg_restore', args: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

export async function startDebianPostgres(): Promise<DebianPostgres> {
  const programs = findPrograms();
  const launcher = await findLauncher();
  const folder = await mkdtemp(join(tmpdir(), 'bantam-debian-'));
  await execute(launcher, join(programs, 'initdb'), [
    '--pgdata',
    join(folder, 'data'),
    '--username=bantam',
    '--auth=trust',
    '--encoding=UTF8',
  ]);
  const server = launch(launcher, join(programs, 'postgres'), ['-D', join(folder, 'data'), '-k', folder, '-c', 'listen_addresses=']);
  const ended = new Promise((resolve) => server.once('close', resolve));
  const url = (database: string): string => `postgres://bantam@${encodeURIComponent(folder)}:5432/${database}`;
  await eventually(() => runSql(url('postgres'), 'select 1'), { timeoutMs: 15_000 });
  return {
    url,
    run: (program, args) => execute([], join(programs, program), args),
    async stop() {
      // Fast shutdown: it waits for nobody.
      server.kill('SIGINT');
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}

/** @returns the folder with the programs of the newest version that is installed */
function findPrograms(): string {
  needProgram('pg_dump', debianPostgresPackages);
  const [newest] = globSync('/usr/lib/postgresql/*/bin').toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  if (newest === undefined) throw new Error('tests need a PostgreSQL below /usr/lib/postgresql: apt-get install postgresql');
  return newest;
}

async function execute(launcher: Launcher, program: string, args: readonly string[]): Promise<void> {
  const [command, ...rest] = [...launcher, program, ...args];
  await promisify(execFile)(command ?? program, rest);
}
