/** Puts a worker together from its settings and starts it: artifacts, pool, consumer. */
import { join, resolve } from 'node:path';
import { availableParallelism } from 'node:os';
import type { Registry } from 'prom-client';
import { limits, pageBytes } from '../contracts/limits.ts';
import type { InvocationConsumer } from '../queue/port.ts';
import type { Logger } from '../shared/logger.ts';
import { WorkerMetrics } from '../shared/metrics.ts';
import type { LockPlan } from '../shared/sandbox/locks.ts';
import { loadProgram, type Program } from '../shared/sandbox/program.ts';
import { spawnLocked } from '../shared/sandbox/spawn.ts';
import { Artifacts } from './artifacts/artifacts.ts';
import type { BlobSource } from './artifacts/blobs.ts';
import { DiskCache } from './artifacts/disk.ts';
import { ExecutorHandle } from './pool/executor-handle.ts';
import type { WorkerSettings } from './settings.ts';
import { Worker } from './worker.ts';

export type ExecutorSettings = Omit<WorkerSettings, 'DATABASE_URL' | 'REDIS_URL' | 'BANTAM_WORKER_HOST' | 'BANTAM_WORKER_PORT'>;

export interface WorkerParts {
  readonly settings: ExecutorSettings;
  readonly consumer: InvocationConsumer;
  /** The registry. */
  readonly source: BlobSource;
  readonly locks: LockPlan;
  readonly metrics: Registry;
  readonly log: Logger;
}

export interface RunningWorker {
  /** Whether an executor is there to take a call. */
  ready(): boolean;
  /** Stops running guests and refuses what waits: the callers get their answer at once. For when a grace period is over. */
  abandon(): void;
  /** Stops taking, finishes what was taken, ends the executors. */
  close(graceMs: number): Promise<void>;
}

export const executorEntry = 'executor/main.ts';

export async function startWorker({ settings, consumer, source, locks, metrics, log }: WorkerParts): Promise<RunningWorker> {
  const program = executorProgram(settings.BANTAM_MAX_MEMORY_BYTES);
  const size = settings.BANTAM_EXECUTORS === 0 ? availableParallelism() : settings.BANTAM_EXECUTORS;
  const worker = new Worker({
    artifacts: new Artifacts({
      source,
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
  await consumer.start(worker);
  return {
    ready: () => {
      const { idle, busy } = worker.census();
      return idle + busy > 0;
    },
    abandon: () => worker.abandon(),
    async close(graceMs) {
      await worker.close(consumer.close(), graceMs);
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
