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
  /** Over the last minute, when asked: above 0.5 before a run something else is taking the machine. */
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
