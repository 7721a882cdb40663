/** Starts a process that touches guest bytes: node with its permission model, behind the locks of this machine, one wire on fd 3, its program on fd 0. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { commandLine, type LockPlan } from './locks.ts';
import type { Program } from './program.ts';

const lastWordsLength = 4_096;

export interface LockedProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly wire: Duplex;
  /** The end of what the process itself printed: node's and V8's words, never a guest's. */
  readonly lastWords: () => string;
}

/**
 * @param slot small number, unique among living locked processes of this server
 * @throws Error when the process cannot be started at all; later failures arrive as the child's 'error' and 'exit'
 */
export function spawnLocked(program: Program, plan: LockPlan, slot: number): LockedProcess {
  const [command, ...wrapped] = commandLine(plan, slot);
  const args = [
    ...wrapped,
    '--permission',
    ...program.readable.map((folder) => `--allow-fs-read=${folder}/`),
    ...program.flags,
    '--input-type=module',
    `--eval=${program.boot}`,
    pathToFileURL(program.entry).href,
  ];
  const child = spawn(command, args, { cwd: '/', env: {}, stdio: ['pipe', 'pipe', 'pipe', 'pipe'] });
  const wire = child.stdio[3] as Duplex | null;
  if (child.pid === undefined || wire === null || child.stdin === null || child.stdout === null || child.stderr === null) {
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
  child.stdin.on('error', () => {});
  child.stdin.end(program.modules);
  return { child, pid: child.pid, wire, lastWords: () => lastWords };
}
