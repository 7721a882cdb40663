/** How a program of PostgreSQL is run: never as uid 0 in its own eyes, tied to this process where the system can do that. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';
import { StartupError } from '../../shared/startup-error.ts';

/** A command that runs the command given after it. */
export type Launcher = readonly string[];

/**
 * PostgreSQL refuses uid 0, and uids that no user has. In a user namespace of its own it sees uid 65534 instead, while its files stay ours:
 * no second user, no copies, and it works below folders that only root can enter.
 */
const asNobodyInItsOwnEyes: Launcher = ['unshare', '--user', '--map-user=65534', '--map-group=65534'];
/** When this process is killed the kernel asks PostgreSQL to shut down (fast). */
const endsWithThisProcess: Launcher = ['setpriv', '--pdeathsig', 'INT'];

/** Bare: PG* variables would change what PostgreSQL does, and without TZ initdb searches long for the time zone. */
const environment = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };

/** @throws StartupError when this is root or a user without a name, and user namespaces are refused */
export async function findLauncher(): Promise<Launcher> {
  const refused = process.getuid?.() === 0 || !hasName();
  const base = refused ? asNobodyInItsOwnEyes : [];
  const tied = [...base, ...endsWithThisProcess];
  if (await works(tied)) return tied;
  if (!refused || (await works(base))) return base;
  throw new StartupError(
    'PostgreSQL does not run as root or as a user without a name, and user namespaces (unshare) are refused here: start Bantam as another user, or use a server of your own with DATABASE_URL',
  );
}

/** Standard output and error are pipes. Detached, so that Ctrl-C reaches only us: we stop it when we are done with it. */
export function launch(launcher: Launcher, program: string, args: readonly string[]): ChildProcess {
  const [command, ...rest] = [...launcher, program, ...args];
  return spawn(command ?? program, rest, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment,
  });
}

/** Containers may run as any number. */
function hasName(): boolean {
  try {
    return userInfo().username !== '';
  } catch {
    return false;
  }
}

async function works(launcher: Launcher): Promise<boolean> {
  const [command, ...rest] = [...launcher, 'true'];
  return promisify(execFile)(command, rest, { env: environment }).then(
    () => true,
    () => false,
  );
}
