/** The metrics of a worker: its executors, what they cost, and what is kept ready for them. */
import { Counter, type Registry } from 'prom-client';
import { registerGauge, registerRead } from './read-metric.ts';

/** Executors by state. `long`: those of busy that run a long call. */
export interface ExecutorCensus {
  readonly booting: number;
  readonly idle: number;
  readonly busy: number;
  readonly long: number;
}

/** Of the processes of executors; what they cost after they were looked at for the last time does not count. */
export interface ExecutorUsage {
  /** Of all that there were. */
  readonly cpuSeconds: number;
  /** Resident bytes of those that there are. */
  readonly memoryBytes: number;
  /** Most resident bytes that one of those has had. */
  readonly peakMemoryBytes: number;
}

/** Read when Prometheus asks. */
export interface WorkerGauges {
  readonly census: ExecutorCensus;
  readonly usage: ExecutorUsage;
  /** Since the start, by where they were found; derived: nowhere, so made from the module. */
  readonly artifacts: { readonly memory: number; readonly disk: number; readonly derived: number };
  readonly artifactBytes: number;
  /** Calls whose executor had the module, and those for which it was given it. */
  readonly modules: { readonly hit: number; readonly miss: number };
  readonly moduleBytes: number;
}

const killReasons = ['deadline', 'memory', 'cancel'] as const;

export type ExecutorEvent = 'boot' | 'recycle' | 'crash' | (typeof killReasons)[number];

export class WorkerMetrics {
  readonly #boots: Counter;
  readonly #recycles: Counter;
  readonly #crashes: Counter;
  readonly #kills: Counter<'reason'>;

  constructor(registry: Registry, read: () => WorkerGauges) {
    const registers = [registry];
    this.#boots = new Counter({ name: 'bantam_executor_boots_total', help: 'Executors started.', registers });
    this.#recycles = new Counter({
      name: 'bantam_executor_recycles_total',
      help: 'Executors let go: old, large or not needed.',
      registers,
    });
    this.#crashes = new Counter({
      name: 'bantam_executor_crashes_total',
      help: 'Executors that ended by themselves during a call.',
      registers,
    });
    this.#kills = new Counter({
      name: 'bantam_executor_kills_total',
      help: 'Executors killed during a call, by reason: deadline, memory, cancel.',
      labelNames: ['reason'],
      registers,
    });
    for (const reason of killReasons) this.#kills.inc({ reason }, 0);
    registerExecutors(registry, read);
    registerCaches(registry, read);
  }

  count(event: ExecutorEvent): void {
    if (event === 'boot') this.#boots.inc();
    else if (event === 'recycle') this.#recycles.inc();
    else if (event === 'crash') this.#crashes.inc();
    else this.#kills.inc({ reason: event });
  }
}

function registerExecutors(registry: Registry, read: () => WorkerGauges): void {
  registerRead(
    registry,
    {
      name: 'bantam_executor_processes',
      help: 'Executors by state: booting, idle, busy; long: those of busy that run a long call.',
      type: 'gauge',
      labelNames: ['state'],
    },
    () => {
      const { booting, idle, busy, long } = read().census;
      return Object.entries({ booting, idle, busy, long }).map(([state, value]) => ({ labels: { state }, value }));
    },
  );
  registerRead(
    registry,
    {
      name: 'bantam_executor_cpu_seconds_total',
      help: 'CPU time of executors, guests and compilation together; looked at once a second, so that of the last second of one that is killed may be missing. Linux only.',
      type: 'counter',
      labelNames: [],
    },
    () => [{ labels: {}, value: read().usage.cpuSeconds }],
  );
  registerGauge(registry, 'bantam_executor_memory_bytes', 'Resident memory of all executors. Linux only.', () => read().usage.memoryBytes);
  registerGauge(
    registry,
    'bantam_executor_peak_memory_bytes',
    'Most resident memory that one of the present executors has had. Linux only.',
    () => read().usage.peakMemoryBytes,
  );
}

function registerCaches(registry: Registry, read: () => WorkerGauges): void {
  const counter = (name: string, help: string, values: (gauges: WorkerGauges) => Readonly<Record<string, number>>): void =>
    registerRead(registry, { name, help, type: 'counter', labelNames: ['result'] }, () =>
      Object.entries(values(read())).map(([result, value]) => ({ labels: { result }, value })),
    );
  counter(
    'bantam_worker_artifact_lookups_total',
    'Artifacts by where they were found: memory, disk; derived: nowhere, so made from the module.',
    ({ artifacts }) => artifacts,
  );
  registerGauge(registry, 'bantam_worker_artifact_cache_bytes', 'Artifacts kept in the memory of the worker.', () => read().artifactBytes);
  counter(
    'bantam_executor_module_lookups_total',
    'Calls by whether their executor had the module already: hit, miss.',
    ({ modules }) => modules,
  );
  registerGauge(
    registry,
    'bantam_executor_module_cache_bytes',
    'Modules kept compiled in executors, by their size as wasm with their assets.',
    () => read().moduleBytes,
  );
}
