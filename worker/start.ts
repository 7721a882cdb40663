/** Puts a worker together from its settings and starts it: artifacts, pool, consumer. */
import { randomUUID } from 'node:crypto';
import { availableParallelism, hostname } from 'node:os';
import { join, resolve } from 'node:path';
import type { Registry } from 'prom-client';
import { limits, pageBytes } from '../contracts/limits.ts';
import type { AsyncConsumer, AsyncProducer } from '../queue/async/port.ts';
import type { InvocationConsumer } from '../queue/port.ts';
import type { InvocationStore, WorkerStore } from '../registry/invocations/port.ts';
import type { FunctionRegistry } from '../registry/registry.ts';
import type { Logger } from '../shared/logger.ts';
import { WorkerMetrics } from '../shared/metrics.ts';
import type { LockPlan } from '../shared/sandbox/locks.ts';
import { loadProgram, type Program } from '../shared/sandbox/program.ts';
import { spawnLocked } from '../shared/sandbox/spawn.ts';
import { Artifacts } from './artifacts/artifacts.ts';
import { AsyncRunner } from './async/runner.ts';
import { DiskCache } from './artifacts/disk.ts';
import { ExecutorHandle } from './pool/executor-handle.ts';
import type { WorkerSettings } from './settings.ts';
import { Worker } from './worker.ts';

export type ExecutorSettings = Omit<WorkerSettings, 'DATABASE_URL' | 'REDIS_URL' | 'BANTAM_WORKER_HOST' | 'BANTAM_WORKER_PORT'>;

export interface WorkerParts {
  readonly settings: ExecutorSettings;
  readonly consumer: InvocationConsumer;
  readonly registry: FunctionRegistry;
  readonly async: AsyncParts;
  readonly locks: LockPlan;
  readonly metrics: Registry;
  readonly log: Logger;
}

/** The asynchronous lane: its engine and its record. */
export interface AsyncParts {
  readonly producer: AsyncProducer;
  readonly consumer: AsyncConsumer;
  readonly invocations: InvocationStore;
  readonly workers: WorkerStore;
}

export interface RunningWorker {
  /** Whether an executor is there to take a call. */
  ready(): boolean;
  /** Stops running guests and refuses what waits: the callers get their answer at once. For when a grace period is over. */
  abandon(): void;
  /** Stops taking, finishes what was taken, ends the executors. What the asynchronous lane has not finished by then is repeated elsewhere. */
  close(graceMs: number): Promise<void>;
}

export const executorEntry = 'executor/main.ts';

export async function startWorker(parts: WorkerParts): Promise<RunningWorker> {
  const { settings, consumer, registry, locks, metrics, log } = parts;
  const program = executorProgram(settings.BANTAM_MAX_MEMORY_BYTES);
  const size = settings.BANTAM_EXECUTORS === 0 ? availableParallelism() : settings.BANTAM_EXECUTORS;
  const worker = new Worker({
    artifacts: new Artifacts({
      source: registry,
      disk: new DiskCache(join(resolve(settings.BANTAM_DATA_DIR), 'artifacts'), settings.BANTAM_ARTIFACT_DISK_BYTES),
      memoryCacheBytes: settings.BANTAM_ARTIFACT_CACHE_BYTES,
      log,
    }),
    pool: {
      size,
      max: Math.max(size, settings.BANTAM_MAX_EXECUTORS === 0 ? size * 4 : settings.BANTAM_MAX_EXECUTORS),
      longCallMs: settings.BANTAM_LONG_CALL_MS,
      maxCalls: settings.BANTAM_EXECUTOR_MAX_CALLS,
      maxAgeMs: settings.BANTAM_EXECUTOR_MAX_AGE_MS,
      maxRssBytes: settings.BANTAM_EXECUTOR_MAX_RSS_BYTES,
      spawn: (slot, events) => new ExecutorHandle(spawnLocked(program, locks, slot), slot, settings.BANTAM_MODULE_CACHE_BYTES, events),
      count: (event) => counters.executorEvents.inc({ event }),
      guestLog: ({ id, target }, text) =>
        log.info({ invocationId: id, function: target.function, version: target.version, log: text }, 'guest log'),
      log,
    },
  });
  const counters = new WorkerMetrics(metrics, () => worker.census());
  worker.start();
  const lane = parts.async;
  const runner = new AsyncRunner({
    workerId: randomUUID(),
    host: hostname(),
    store: lane.invocations,
    workers: lane.workers,
    engine: lane.producer,
    versions: (name, version) => registry.version(name, version),
    handler: worker,
    slots: settings.BANTAM_ASYNC_CONCURRENCY === 0 ? size : settings.BANTAM_ASYNC_CONCURRENCY,
    log,
  });
  await runner.start();
  await Promise.all([consumer.start(worker), lane.consumer.start(runner)]);
  return {
    ready: () => {
      const { idle, busy } = worker.census();
      return idle + busy > 0;
    },
    abandon: () => worker.abandon(),
    async close(graceMs) {
      const drained = [consumer.close(), lane.consumer.close(), runner.close(graceMs)];
      await worker.close(Promise.all(drained), graceMs);
      await lane.producer.close();
    },
  };
}

/** V8's own limits are the backstop behind what the analysis refused and the artifact's rewritten maxima. */
function executorProgram(maxMemoryBytes: number): Program {
  return loadProgram({
    entry: executorEntry,
    flags: [
      `--wasm-max-mem-pages=${Math.floor(maxMemoryBytes / pageBytes)}`,
      `--wasm-max-table-size=${limits.maxTableElements}`,
      '--max-old-space-size=256',
    ],
  });
}
