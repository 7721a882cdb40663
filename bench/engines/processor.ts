/** Processor time of another process, in Linux: of its first thread, which is the one that runs guests. */
import { readFileSync } from 'node:fs';

const pauseMs = 1;

/**
 * Waits until the thread waits: of one that runs, the kernel has not counted the last milliseconds yet.
 * @returns microseconds since its start, user and system; null where there is no /proc/pid/schedstat (proc(5)), or the process is gone
 */
export async function processorUs(pid: number): Promise<number | null> {
  try {
    while (!isSleeping(pid)) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    const [nanoseconds] = readFileSync(`/proc/${pid}/schedstat`, 'latin1').split(' ');
    return Number(nanoseconds) / 1_000;
  } catch {
    return null;
  }
}

/** The state follows the name, which is in parentheses and may have some itself. */
function isSleeping(pid: number): boolean {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) === 'S';
}
