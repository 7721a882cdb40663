/**
 * Which locks this machine lets us put on a process that touches guest bytes, found by trying them, strongest first.
 * The permission model is always on; the rest are wrappers (util-linux) that exec node in place, so that the pid stays the same.
 */
import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/** What /api/system says of the locks in force. */
export interface ActiveLocks {
  /** Node's permission model: no file system, network, child processes, threads, addons. */
  readonly permissionModel: true;
  /** `own`: a uid that nothing else uses; `mapped`: nobody inside a user namespace; `server`: the uid of the server. */
  readonly uid: 'own' | 'mapped' | 'server';
  readonly noNewPrivileges: boolean;
  /** Empty capability bounding set. */
  readonly capabilitiesDropped: boolean;
  /** A network namespace without interfaces. */
  readonly networkNamespace: boolean;
  /** The kernel kills the process when its parent dies, even in an endless loop. */
  readonly parentDeathSignal: boolean;
  /** How memory beyond the module's declared maximum is bounded. */
  readonly memoryControl: 'rss-watch';
}

export interface LockPlan {
  readonly active: ActiveLocks;
  /** Command line to put before node's, empty when no wrapper works here. @param slot small number, unique among living processes */
  prefix(slot: number): string[];
}

/** Uids for executors, one each, so that none can signal another: the range systemd allots dynamically (systemd.exec(5), DynamicUser=). */
const firstUid = 61_184;
const uidCount = 4_000;

/**
 * @param tools    absolute paths of unshare, setpriv and prlimit, undefined where missing
 * @param asRoot   whether the server runs as uid 0
 * @returns plans, strongest first; the last needs nothing
 */
export function candidateLocks(
  tools: { unshare: string | undefined; setpriv: string | undefined; prlimit: string | undefined },
  asRoot: boolean,
): LockPlan[] {
  const { unshare, setpriv, prlimit } = tools;
  const limit = prlimit === undefined ? [] : [prlimit, '--core=0', '--'];
  const confine = setpriv === undefined ? [] : [setpriv, '--no-new-privs', '--pdeathsig=KILL'];
  const none = {
    permissionModel: true,
    noNewPrivileges: setpriv !== undefined,
    parentDeathSignal: setpriv !== undefined,
    memoryControl: 'rss-watch',
  } as const;
  const found: LockPlan[] = [];
  if (asRoot && setpriv !== undefined) {
    const drop = (slot: number): string[] => {
      const uid = String(firstUid + (slot % uidCount));
      return [...confine, '--bounding-set=-all', '--inh-caps=-all', '--clear-groups', `--reuid=${uid}`, `--regid=${uid}`, '--', ...limit];
    };
    const active = { ...none, uid: 'own', capabilitiesDropped: true } as const;
    if (unshare !== undefined)
      found.push({ active: { ...active, networkNamespace: true }, prefix: (slot) => [unshare, '--net', '--', ...drop(slot)] });
    found.push({ active: { ...active, networkNamespace: false }, prefix: drop });
  }
  if (unshare !== undefined && setpriv !== undefined) {
    found.push({
      active: { ...none, uid: 'mapped', capabilitiesDropped: true, networkNamespace: true },
      prefix: () => [
        unshare,
        '--user',
        '--net',
        '--map-user=65534',
        '--map-group=65534',
        '--',
        ...confine,
        '--bounding-set=-all',
        '--inh-caps=-all',
        '--',
        ...limit,
      ],
    });
  }
  const bare = { uid: 'server', capabilitiesDropped: false, networkNamespace: false } as const;
  if (setpriv !== undefined) found.push({ active: { ...none, ...bare }, prefix: () => [...confine, '--', ...limit] });
  found.push({ active: { ...none, ...bare, noNewPrivileges: false, parentDeathSignal: false }, prefix: () => [] });
  return found;
}

/**
 * Tries the candidates one after the other with the very node and files they are for.
 * @param readable a file the locked process must be able to read (not reachable by another uid below a folder of mode 700)
 */
export async function probeLocks(readable: string): Promise<LockPlan> {
  const tools = { unshare: which('unshare'), setpriv: which('setpriv'), prlimit: which('prlimit') };
  const plans =
    process.platform === 'linux'
      ? candidateLocks(tools, process.getuid?.() === 0)
      : candidateLocks({ unshare: undefined, setpriv: undefined, prlimit: undefined }, false);
  for (const plan of plans) if (await works(plan, readable)) return plan;
  throw new Error(`node cannot be started with its permission model: ${process.execPath}`);
}

/** @returns the command and arguments that start node behind the locks; node's own arguments follow */
export function commandLine(plan: LockPlan, slot: number): [string, ...string[]] {
  const [wrapper, ...rest] = plan.prefix(slot);
  return wrapper === undefined ? [process.execPath] : [wrapper, ...rest, process.execPath];
}

function works(plan: LockPlan, readable: string): Promise<boolean> {
  const [command, ...rest] = commandLine(plan, 0);
  const args = [...rest, '--permission', `--allow-fs-read=${readable}`, '-e', `require('fs').readFileSync(${JSON.stringify(readable)})`];
  return new Promise((resolve) => {
    execFile(command, args, { env: {}, timeout: 10_000 }, (error) => resolve(error === null));
  });
}

function which(name: string): string | undefined {
  // Fixed folders, not PATH: what guards guests must not be picked by the environment.
  for (const folder of ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/local/bin']) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not here: try the next folder.
    }
  }
  return undefined;
}
