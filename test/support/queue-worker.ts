/** Starts a worker process of its own that can be killed and stopped. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface WorkerProcess {
  /** Ids of the invocations it was given. */
  readonly seen: readonly string[];
  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void;
  /** SIGKILL; resolves when it is gone. */
  end(): Promise<void>;
}

/** @param mode `echo` answers with the payload, `hold` never answers */
export function startWorker(redisUrl: string, mode: 'echo' | 'hold', room: number): WorkerProcess {
  const program = join(import.meta.dirname, '../fixtures/queue-worker.ts');
  const child: ChildProcess = spawn(process.execPath, [program, redisUrl, mode, `${room}`], { stdio: ['ignore', 'pipe', 'inherit'] });
  const seen: string[] = [];
  child.stdout?.setEncoding('utf8').on('data', (lines: string) => seen.push(...lines.trimEnd().split('\n')));
  return {
    seen,
    signal: (name) => void child.kill(name),
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
