/** The running server of a cluster as its postmaster.pid shows it, also one that a killed Bantam left behind. */
import { execFile } from 'node:child_process';
import { readFile, readlink, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';

const pollMs = 10;
/** After this a fast shutdown is taken for stuck, and the server is stopped as by a crash; it recovers at the next start. */
export const fastShutdownMs = 5_000;

export interface Postmaster {
  readonly pid: number;
  readonly ready: boolean;
}

/** Lines of postmaster.pid: pid, data folder, start time, port, socket folder, address, shared memory, status (PostgreSQL, miscadmin.h). */
export async function readPostmaster(cluster: string): Promise<Postmaster | undefined> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return { pid, ready: lines[7]?.trim() === 'ready' };
}

/**
 * Stops the server that a killed Bantam left behind, if there is one, and waits for its end. Nothing committed is lost.
 * The caller holds the lock of the data folder, so no living Bantam uses that server.
 * @returns the pid of what was stopped
 */
export async function stopOrphan(cluster: string): Promise<number | undefined> {
  const pid = (await readPostmaster(cluster))?.pid;
  if (pid === undefined) return undefined;
  if (!(await servesCluster(pid, cluster))) {
    // That server is dead. When something else has its number by now, PostgreSQL would take that for the server.
    if (isAlive(pid)) await rm(join(cluster, 'postmaster.pid'), { force: true });
    return undefined;
  }
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (await servesCluster(pid, cluster)) process.kill(pid, signal);
    if (await ended(pid, cluster, fastShutdownMs)) break;
  }
  return pid;
}

async function ended(pid: number, cluster: string, withinMs: number): Promise<boolean> {
  for (let waitedMs = 0; await servesCluster(pid, cluster); waitedMs += pollMs) {
    if (waitedMs >= withinMs) return false;
    await wait(pollMs);
  }
  return true;
}

/** Also true of a zombie, which PostgreSQL too takes for alive. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Numbers of processes are used again: a signal goes only to what is a postgres working in this very folder. False of a zombie. */
async function servesCluster(pid: number, cluster: string): Promise<boolean> {
  if (process.platform === 'linux') {
    try {
      const [program, its, ours] = await Promise.all([readlink(`/proc/${pid}/exe`), stat(`/proc/${pid}/cwd`), stat(cluster)]);
      return basename(program).startsWith('postgres') && its.dev === ours.dev && its.ino === ours.ino;
    } catch {
      return false;
    }
  }
  const { stdout } = await promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return stdout.includes('postgres') && stdout.includes(cluster);
}
