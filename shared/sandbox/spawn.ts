/** Starts a process that touches guest bytes: node with its permission model, behind the locks of this machine, one wire on fd 3. */
import { type ChildProcess, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import type { Duplex, Readable } from 'node:stream';
import type { LockPlan } from './locks.ts';

const root = join(import.meta.dirname, '..', '..');

export interface LockedProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly wire: Duplex;
  /** What the process itself prints: node's and V8's last words, never a guest's. */
  readonly output: readonly Readable[];
}

export interface LockedProgram {
  /** Entry file, relative to the project's root; it may read its own folder. */
  readonly entry: string;
  /** Further folders it may read, relative to the root. */
  readonly folders: readonly string[];
  /** V8 and node options. */
  readonly flags: readonly string[];
}

/** @returns the absolute path of a program's entry */
export function entryPath(program: LockedProgram): string {
  return join(root, program.entry);
}

/**
 * @param slot small number, unique among living locked processes of this server
 * @throws Error when the process cannot be started at all; later failures arrive as the child's 'error' and 'exit'
 */
export function spawnLocked(program: LockedProgram, plan: LockPlan, slot: number): LockedProcess {
  const folders = [dirname(program.entry), ...program.folders].map((folder) => `--allow-fs-read=${join(root, folder)}/`);
  const node = [process.execPath, '--permission', ...folders, `--allow-fs-read=${join(root, 'package.json')}`, ...program.flags, entryPath(program)];
  const [command = process.execPath, ...args] = [...plan.prefix(slot), ...node];
  const child = spawn(command, args, { cwd: '/', env: {}, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
  const wire = child.stdio[3] as Duplex | null;
  if (child.pid === undefined || wire === null || child.stdout === null || child.stderr === null) {
    child.once('error', () => {});
    throw new Error(`cannot start ${command}`);
  }
  return { child, pid: child.pid, wire, output: [child.stdout, child.stderr] };
}
