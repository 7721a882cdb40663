/** On what a measurement was made: figures without it say nothing. */
import { arch, availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** Kernel and architecture. */
  readonly system: string;
  readonly node: string;
  readonly v8: string;
  /** Over the last minute, when asked. */
  readonly loadAverage: number;
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    system: `${type()} ${release()} ${arch()}`,
    node: process.versions.node,
    v8: process.versions.v8,
    loadAverage: loadavg()[0] ?? 0,
  };
}

/** @returns whether, before anything of ours runs, something else is taking the machine */
export function isBusy({ loadAverage }: Pick<Machine, 'loadAverage'>): boolean {
  return loadAverage > 0.5;
}

export function machineLine({ cpu, cores, system, node, v8, loadAverage }: Machine): string {
  return `${cpu}, ${cores} cores, ${system}, load average ${loadAverage.toFixed(2)}, Node ${node}, V8 ${v8}`;
}
