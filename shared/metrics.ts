/** Every metric of every process: names, help, labels, buckets (prom-client). docs/metrics.md is generated from it. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds, 50 us to 60 s: a fresh instance of a small module takes tens of microseconds, a slow guest many seconds. */
const durationBuckets = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Phases of an invocation; their values are the label `phase`. */
export const phases = ['queue', 'load', 'run', 'total'] as const;

/** What gauges show is read when Prometheus asks. */
export interface GatewayGauges {
  /** Invocations in flight at this gateway. */
  readonly inFlight: number;
  /** Invocations in the lane, as last seen. */
  readonly queueDepth: number;
  /** Workers that can take invocations, as last seen. */
  readonly workers: number;
}

export function createGatewayMetrics(registry: Registry, read: () => GatewayGauges) {
  const registers = [registry];
  const gauge = (name: string, help: string, value: () => number): Gauge =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  gauge('bantam_gateway_in_flight_invocations', 'Invocations in flight at this gateway.', () => read().inFlight);
  gauge('bantam_queue_depth_messages', 'Invocations in the synchronous lane, waiting or running, as last seen.', () => read().queueDepth);
  gauge('bantam_queue_workers', 'Workers that can take invocations, as last seen.', () => read().workers);
  return {
    invocations: new Counter({ name: 'bantam_gateway_invocations_total', help: 'Invocations answered, by outcome: ok or the error code.', labelNames: ['outcome'], registers }),
    duration: new Histogram({
      name: 'bantam_gateway_invocation_duration_seconds',
      help: 'Duration by phase: queue (to the worker and back), load (compile, instantiate), run (inside the guest), total (at the gateway).',
      labelNames: ['phase'],
      buckets: durationBuckets,
      registers,
    }),
    coldStarts: new Counter({ name: 'bantam_gateway_cold_starts_total', help: 'Invocations for which the module had to be compiled first.', registers }),
    refused: new Counter({ name: 'bantam_gateway_refused_total', help: 'Invocations refused by admission, by error code.', labelNames: ['code'], registers }),
    publishes: new Counter({ name: 'bantam_gateway_publishes_total', help: 'Publishes, by outcome: created, unchanged or the error code.', labelNames: ['outcome'], registers }),
  };
}

/** Executors by state, read when Prometheus asks. */
export interface ExecutorCensus {
  readonly booting: number;
  readonly idle: number;
  readonly busy: number;
  readonly long: number;
}

export function createWorkerMetrics(registry: Registry, read: () => ExecutorCensus) {
  const registers = [registry];
  new Gauge({
    name: 'bantam_worker_executors',
    help: 'Executors by state: booting, idle, busy; long: those of busy that run a long call.',
    labelNames: ['state'],
    registers,
    collect() {
      for (const [state, count] of Object.entries(read())) this.set({ state }, count);
    },
  });
  return {
    events: new Counter({
      name: 'bantam_worker_executor_events_total',
      help: 'What happened to executors: boot, recycle, and ends during a call by reason: deadline, memory, crash.',
      labelNames: ['event'],
      registers,
    }),
  };
}

export type GatewayMetrics = ReturnType<typeof createGatewayMetrics>;
export type WorkerMetrics = ReturnType<typeof createWorkerMetrics>;

/** A registry with the process' own metrics (CPU, memory, event-loop lag, garbage collection). */
export function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}
