/** Runs the inspector as the gateway does: its own program, own process, behind locks, one socket on fd 3. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { loadInspector } from '../../gateway/publish/inspector.ts';
import { type DescriptionAnswer, type InspectionAnswer, type Question, encodeInspectionHeader } from '../../inspector/wire.ts';
import { candidateLocks, type LockPlan } from '../../shared/sandbox/locks.ts';
import { spawnLocked } from '../../shared/sandbox/spawn.ts';

const program = loadInspector();

export type Exit = readonly [code: number | null, signal: NodeJS.Signals | null];

export interface InspectorProcess {
  readonly child: ChildProcess;
  /** The other end of its fd 3. */
  readonly wire: Duplex;
  /** Exit code and signal, once it is gone. */
  readonly exited: Promise<Exit>;
  readonly lastWords: () => string;
}

/** What every machine allows: the permission model alone. */
function weakestLocks(): LockPlan {
  const [plan] = candidateLocks({ unshare: undefined, setpriv: undefined, prlimit: undefined }, false);
  if (plan === undefined) throw new Error('there is no plan');
  return plan;
}

export function spawnInspector(locks: LockPlan = weakestLocks()): InspectorProcess {
  const { child, wire, lastWords } = spawnLocked(program, locks, 3_100);
  return { child, wire, lastWords, exited: new Promise((resolve) => child.once('exit', (code, signal) => resolve([code, signal]))) };
}

export interface Inspection<Answer> {
  /** Undefined when the process was stopped before it answered. */
  readonly answer: Answer | undefined;
  readonly exit: Exit;
  readonly tookMs: number;
  readonly lastWords: string;
}

/** One inspection from spawn to exit; the process is killed `timeoutMs` after it was asked. */
export function runInspector(bytes: Uint8Array, maxMemoryBytes: number, timeoutMs: number): Promise<Inspection<InspectionAnswer>> {
  return askInspector({ ask: 'inspect', maxMemoryBytes }, bytes, timeoutMs);
}

/** As `runInspector`, with any question. */
export async function askInspector<Answer extends InspectionAnswer | DescriptionAnswer>(
  question: Question,
  bytes: Uint8Array,
  timeoutMs: number,
  locks?: LockPlan,
): Promise<Inspection<Answer>> {
  const startMs = performance.now();
  const { child, wire, exited, lastWords } = spawnInspector(locks);
  const chunks: Buffer[] = [];
  wire.on('data', (chunk: Buffer) => chunks.push(chunk));
  wire.write(encodeInspectionHeader({ ...question, sizeBytes: bytes.length }));
  wire.write(bytes);
  const killer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  const [exit] = await Promise.all([exited, once(wire, 'close')]);
  clearTimeout(killer);
  const text = Buffer.concat(chunks).toString();
  return {
    answer: text.endsWith('\n') ? (JSON.parse(text) as Answer) : undefined,
    exit,
    tookMs: performance.now() - startMs,
    lastWords: lastWords(),
  };
}
