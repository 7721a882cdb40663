/** Looks at processes from the outside, through /proc (proc(5)): who is whose child, who works, who is left over. Linux only. */
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessInfo {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** CPU time in clock ticks, usually 10 ms each. */
  readonly cpuTicks: number;
  /** Words joined by blanks; empty for a zombie. */
  readonly command: string;
}

/** All living processes, zombies left out. */
export function listProcesses(): ProcessInfo[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => readProcess(Number(pid)) ?? []);
}

/** @returns undefined when it has ended, also when nobody has waited for it yet */
export function readProcess(pid: number): ProcessInfo | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ').trimEnd();
    // The name in parentheses may hold anything; what follows it are numbers after the state.
    const [state, parent, group, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') return undefined;
    return { pid, parent: Number(parent), group: Number(group), cpuTicks: Number(rest[8]) + Number(rest[9]), command };
  } catch {
    return undefined;
  }
}

/** The executors that a server or worker process has now. */
export function executorsOf(pid: number): ProcessInfo[] {
  return listProcesses().filter(({ parent, command }) => parent === pid && isExecutor(command));
}

/** The executor that has used the most CPU time since `before` was looked at, once that is at least 50 ms. */
export function workingExecutor(pid: number, before: readonly ProcessInfo[]): ProcessInfo | undefined {
  const used = ({ pid: its, cpuTicks }: ProcessInfo): number => cpuTicks - (before.find((known) => known.pid === its)?.cpuTicks ?? 0);
  const [busiest] = executorsOf(pid).toSorted((a, b) => used(b) - used(a));
  return busiest !== undefined && used(busiest) >= 5 ? busiest : undefined;
}

/** Executors of this test run whose server has gone. */
export function orphanedExecutors(): ProcessInfo[] {
  const all = listProcesses();
  const group = readProcess(process.pid)?.group;
  return all.filter(
    (one) =>
      one.group === group && isExecutor(one.command) && !all.some(({ pid, command }) => pid === one.parent && /\.ts( |$)/.test(command)),
  );
}

function isExecutor(command: string): boolean {
  return command.includes('executor/main.ts');
}
