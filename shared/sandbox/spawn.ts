/** Starts a process that touches guest bytes: node with its permission model, behind the locks of this machine, one wire on fd 3. */
import { type ChildProcess, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import type { Duplex } from 'node:stream';
import { commandLine, type LockPlan } from './locks.ts';

const root = join(import.meta.dirname, '..', '..');

const lastWordsLength = 4_096;

export interface LockedProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly wire: Duplex;
  /** The end of what the process itself printed: node's and V8's words, never a guest's. */
  lastWords(): string;
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
  const [command, ...wrapped] = commandLine(plan, slot);
  const args = [
    ...wrapped,
    '--permission',
    ...folders,
    `--allow-fs-read=${join(root, 'package.json')}`,
    ...program.flags,
    entryPath(program),
  ];
  const child = spawn(command, args, { cwd: '/', env: {}, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
  const wire = child.stdio[3] as Duplex | null;
  if (child.pid === undefined || wire === null || child.stdout === null || child.stderr === null) {
    child.once('error', () => {});
    throw new Error(`cannot start ${command}`);
  }
  let lastWords = '';
  for (const output of [child.stdout, child.stderr]) {
    output.on('data', (chunk: Buffer) => (lastWords = (lastWords + chunk.toString()).slice(-lastWordsLength)));
  }
  // A failed start is also told by 'close'; a write to a dead process likewise.
  child.on('error', () => {});
  wire.on('error', () => {});
  return { child, pid: child.pid, wire, lastWords: () => lastWords };
}
