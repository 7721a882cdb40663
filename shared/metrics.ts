/** Every metric of every process: names, help, labels, buckets (prom-client). docs/metrics.md is generated from it. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds, 50 us to 60 s: a fresh instance of a small module takes tens of microseconds, a slow guest many seconds. */
const durationBuckets = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** What the gateway's gauges show, read when Prometheus asks. */
export interface GatewayGauges {
  /** Invocations in flight at this gateway. */
  readonly inFlight: number;
  /** Invocations in the lane, as last seen. */
  readonly queueDepth: number;
  /** Workers that can take invocations, as last seen. */
  readonly workers: number;
}

export class GatewayMetrics {
  readonly invocations: Counter<'outcome'>;
  readonly duration: Histogram<'phase'>;
  readonly coldStarts: Counter;
  readonly refused: Counter<'code'>;
  readonly publishes: Counter<'outcome'>;

  constructor(registry: Registry, read: () => GatewayGauges) {
    const registers = [registry];
    this.invocations = new Counter({
      name: 'bantam_gateway_invocations_total',
      help: 'Invocations answered, by outcome: ok or the error code.',
      labelNames: ['outcome'],
      registers,
    });
    this.duration = new Histogram({
      name: 'bantam_gateway_invocation_duration_seconds',
      help: 'Duration by phase: queue (to the worker and back), load (compile, instantiate), run (inside the guest), total (at the gateway).',
      labelNames: ['phase'],
      buckets: durationBuckets,
      registers,
    });
    this.coldStarts = new Counter({
      name: 'bantam_gateway_cold_starts_total',
      help: 'Invocations for which the module had to be compiled first.',
      registers,
    });
    this.refused = new Counter({
      name: 'bantam_gateway_refused_total',
      help: 'Invocations refused by admission, by error code.',
      labelNames: ['code'],
      registers,
    });
    this.publishes = new Counter({
      name: 'bantam_gateway_publishes_total',
      help: 'Publishes, by outcome: created, unchanged or the error code.',
      labelNames: ['outcome'],
      registers,
    });
    registerGauge(registry, 'bantam_gateway_in_flight_invocations', 'Invocations in flight at this gateway.', () => read().inFlight);
    registerGauge(
      registry,
      'bantam_queue_depth_messages',
      'Invocations in the synchronous lane, waiting or running, as last seen.',
      () => read().queueDepth,
    );
    registerGauge(registry, 'bantam_queue_workers', 'Workers that can take invocations, as last seen.', () => read().workers);
  }
}

/** Executors by state, read when Prometheus asks. `long`: those of busy that run a long call. */
export interface ExecutorCensus {
  readonly booting: number;
  readonly idle: number;
  readonly busy: number;
  readonly long: number;
}

export class WorkerMetrics {
  readonly executorEvents: Counter<'event'>;

  constructor(registry: Registry, read: () => ExecutorCensus) {
    this.executorEvents = new Counter({
      name: 'bantam_worker_executor_events_total',
      help: 'What happened to executors: boot, recycle, and ends during a call by reason: deadline, memory, cancel, crash.',
      labelNames: ['event'],
      registers: [registry],
    });
    const executors = new Gauge({
      name: 'bantam_worker_executors',
      help: 'Executors by state: booting, idle, busy; long: those of busy that run a long call.',
      labelNames: ['state'],
      registers: [],
      collect() {
        const { booting, idle, busy, long } = read();
        for (const [state, count] of Object.entries({ booting, idle, busy, long })) this.set({ state }, count);
      },
    });
    registry.registerMetric(executors);
  }
}

function registerGauge(registry: Registry, name: string, help: string, value: () => number): void {
  const gauge = new Gauge({
    name,
    help,
    registers: [],
    collect() {
      this.set(value());
    },
  });
  registry.registerMetric(gauge);
}

/** A registry with the process' own metrics (CPU, memory, event-loop lag, garbage collection). */
export function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}
