/** Runs inspector/main.ts as the gateway does: own process, permission model, empty environment, one socket on fd 3. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type InspectionAnswer, encodeInspectionHeader } from '../../inspector/wire.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export type Exit = readonly [code: number | null, signal: NodeJS.Signals | null];

export interface InspectorProcess {
  readonly child: ChildProcess;
  /** The other end of its fd 3. */
  readonly wire: Socket;
  /** Exit code and signal, once it is gone. */
  readonly exited: Promise<Exit>;
}

export function spawnInspector(): InspectorProcess {
  const readable = ['inspector', 'contracts', 'wasm', 'package.json'].map((path) => `--allow-fs-read=${root}${path}`);
  const child = spawn(process.execPath, ['--permission', ...readable, `${root}inspector/main.ts`], {
    env: {},
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  });
  const wire = child.stdio[3] as Socket;
  // Its end may be gone before everything is written.
  wire.on('error', () => undefined);
  return { child, wire, exited: new Promise((resolve) => child.once('exit', (code, signal) => resolve([code, signal]))) };
}

export interface Inspection {
  /** Undefined when the process was stopped before it answered. */
  readonly answer: InspectionAnswer | undefined;
  readonly exit: Exit;
  readonly tookMs: number;
}

/** One inspection from spawn to exit; the process is killed `timeoutMs` after it was asked. */
export async function runInspector(bytes: Uint8Array, maxMemoryBytes: number, timeoutMs: number): Promise<Inspection> {
  const startMs = performance.now();
  const { child, wire, exited } = spawnInspector();
  const chunks: Buffer[] = [];
  wire.on('data', (chunk: Buffer) => chunks.push(chunk));
  wire.write(encodeInspectionHeader({ maxMemoryBytes, sizeBytes: bytes.length }));
  wire.write(bytes);
  const killer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  const [exit] = await Promise.all([exited, once(wire, 'close')]);
  clearTimeout(killer);
  const text = Buffer.concat(chunks).toString();
  return { answer: text.endsWith('\n') ? (JSON.parse(text) as InspectionAnswer) : undefined, exit, tookMs: performance.now() - startMs };
}
