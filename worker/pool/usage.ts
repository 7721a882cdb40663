/** What executors cost, from the outside: their CPU time and memory, as the kernel counts them (proc(5)). */
import { readFileSync } from 'node:fs';
import type { ExecutorUsage } from '../../shared/metrics/worker.ts';
import { residentBytes } from './memory-watch.ts';

interface Looked {
  readonly cpuSeconds: number;
  readonly peakBytes: number;
}

/** USER_HZ, which is 100 on every platform that Node runs on. */
const ticksPerSecond = 100;

export class UsageWatch {
  /** Of the processes at the last look. */
  #looked = new Map<number, Looked>();
  /** Of all that there were, as far as they were looked at. */
  #cpuSeconds = 0;

  /** @param pids of the executors that there are */
  look(pids: readonly number[]): ExecutorUsage {
    const looked = new Map<number, Looked>();
    let memoryBytes = 0;
    for (const pid of pids) {
      const before = this.#looked.get(pid) ?? { cpuSeconds: 0, peakBytes: 0 };
      const nowBytes = residentBytes(pid) ?? 0;
      const cpuSeconds = Math.max(before.cpuSeconds, cpuSecondsOf(pid) ?? 0);
      this.#cpuSeconds += cpuSeconds - before.cpuSeconds;
      memoryBytes += nowBytes;
      looked.set(pid, { cpuSeconds, peakBytes: Math.max(before.peakBytes, nowBytes) });
    }
    this.#looked = looked;
    const peakMemoryBytes = Math.max(0, ...[...looked.values()].map(({ peakBytes }) => peakBytes));
    return { cpuSeconds: this.#cpuSeconds, memoryBytes, peakMemoryBytes };
  }
}

/** @returns undefined when the process has gone or this system has no /proc */
function cpuSecondsOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name of the program, in parentheses, may hold anything. utime and stime are the 14th and 15th field, and it is the second.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    return Number.isFinite(ticks) ? ticks / ticksPerSecond : undefined;
  } catch {
    return undefined;
  }
}
