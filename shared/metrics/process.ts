/** What every process tells of itself, and the metrics that both roles fill. */
import { collectDefaultMetrics, type Registry } from 'prom-client';
import { FunctionMetrics } from './functions.ts';
import { PhaseMetrics } from './phases.ts';
import { type PoolCounts, PostgresMetrics } from './postgres.ts';
import { registerRead } from './read-metric.ts';
import { PacedRegistry } from './registry.ts';
import { RedisMetrics } from './redis.ts';
import { AttemptMetrics } from './attempts.ts';

export interface ProcessMetricsOptions {
  /** Of Bantam. */
  readonly version: string;
  /** Functions with series of their own. */
  readonly maxFunctions: number;
}

/** One for the whole process: the embedded server's gateway and worker share it. */
export class ProcessMetrics {
  readonly registry: Registry = new PacedRegistry();
  readonly functions: FunctionMetrics;
  readonly phases: PhaseMetrics;
  readonly attempts: AttemptMetrics;
  readonly postgres: PostgresMetrics;
  readonly redis: RedisMetrics;

  constructor({ version, maxFunctions }: ProcessMetricsOptions) {
    const { registry } = this;
    const { node, v8 } = process.versions;
    registerInfo(registry, 'bantam_build_info', 'Always 1. version: of Bantam.', { version });
    registerInfo(registry, 'bantam_engine_info', 'Always 1. The engine that runs guests is that of Node.js.', {
      node,
      v8,
      os: process.platform,
      arch: process.arch,
    });
    this.functions = new FunctionMetrics(registry, maxFunctions);
    this.phases = new PhaseMetrics(registry);
    this.attempts = new AttemptMetrics(registry);
    this.postgres = new PostgresMetrics(registry);
    this.redis = new RedisMetrics(registry);
  }

  /** Adds what there is once in a process: its calls of Postgres, and its CPU, memory, event-loop lag and garbage collection, as prom-client tells them. */
  watchProcess(pool: PoolCounts): void {
    collectDefaultMetrics({ register: this.registry });
    this.postgres.listen();
    this.postgres.watch(pool);
  }
}

/** @param roles whether each role is ready, as /readyz tells it */
export function registerReadiness(registry: Registry, roles: () => Readonly<Record<string, { readonly ready: boolean }>>): void {
  registerRead(
    registry,
    {
      name: 'bantam_process_ready',
      help: '1 where a role of the process is ready, as /readyz tells it.',
      type: 'gauge',
      labelNames: ['role'],
    },
    () => Object.entries(roles()).map(([role, { ready }]) => ({ labels: { role }, value: ready ? 1 : 0 })),
  );
}

function registerInfo(registry: Registry, name: string, help: string, labels: Readonly<Record<string, string>>): void {
  registerRead(registry, { name, help, type: 'gauge', labelNames: Object.keys(labels) }, () => [{ labels, value: 1 }]);
}
