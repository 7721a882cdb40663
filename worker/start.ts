/** Puts a worker together from its settings and starts it: artifacts, pool, consumer. */
import { randomUUID } from 'node:crypto';
import { availableParallelism, hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { limits, pageBytes } from '../contracts/limits.ts';
import type { AsyncConsumer, AsyncProducer } from '../queue/async/port.ts';
import type { InvocationConsumer } from '../queue/port.ts';
import { countEnds } from '../registry/invocations/counted.ts';
import type { InvocationStore, WorkerStore } from '../registry/invocations/port.ts';
import type { GuestLogStore } from '../registry/guest-logs.ts';
import type { FunctionRegistry } from '../registry/registry.ts';
import type { SecretStore } from '../registry/secrets.ts';
import { openKeyring } from '../shared/keyring.ts';
import { FailureLog } from '../shared/failure-log.ts';
import type { Logger } from '../shared/logger.ts';
import type { ProcessMetrics } from '../shared/metrics/process.ts';
import { WorkerMetrics } from '../shared/metrics/worker.ts';
import type { LockPlan } from '../shared/sandbox/locks.ts';
import { loadProgram, type Program } from '../shared/sandbox/program.ts';
import { spawnLocked } from '../shared/sandbox/spawn.ts';
import { openTraces } from '../shared/traces/open.ts';
import { packageVersion } from '../shared/version.ts';
import { Artifacts } from './artifacts/artifacts.ts';
import { countReplies } from './async/counted.ts';
import { traceAttempt } from './async/attempt-traces.ts';
import { AsyncRunner } from './async/runner.ts';
import { DiskCache } from './artifacts/disk.ts';
import { secretReader } from './artifacts/secrets.ts';
import { GuestLogs } from './logs/guest-logs.ts';
import { ExecutorHandle } from './pool/executor-handle.ts';
import type { WorkerSettings } from './settings.ts';
import { Worker } from './worker.ts';

export type ExecutorSettings = Omit<WorkerSettings, 'DATABASE_URL' | 'REDIS_URL' | 'BANTAM_WORKER_HOST' | 'BANTAM_WORKER_PORT'>;

export interface WorkerParts {
  readonly settings: ExecutorSettings;
  readonly consumer: InvocationConsumer;
  readonly registry: FunctionRegistry;
  readonly secrets: Pick<SecretStore, 'values'>;
  readonly async: AsyncParts;
  readonly guestLogs: Pick<GuestLogStore, 'append'>;
  readonly locks: LockPlan;
  readonly metrics: ProcessMetrics;
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
  const workerId = randomUUID();
  const guestLogs = new GuestLogs({
    workerId,
    store: parts.guestLogs,
    rate: { linesPerSecond: settings.BANTAM_LOG_LINES_PER_SECOND, bytesPerSecond: settings.BANTAM_LOG_BYTES_PER_SECOND },
    keepBytes: settings.BANTAM_KEEP_LOG_BYTES,
    log,
  });
  const failures = new FailureLog(log);
  const traces = openTraces(settings, 'bantam-worker', await packageVersion(), log);
  const size = settings.BANTAM_EXECUTORS === 0 ? availableParallelism() : settings.BANTAM_EXECUTORS;
  const worker = new Worker({
    artifacts: new Artifacts({
      source: registry,
      secrets: secretReader(parts.secrets, openKeyring(settings.BANTAM_SECRET_KEY)),
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
      shareExecutors: settings.BANTAM_SHARE_EXECUTORS,
      spawn: (slot, events) => new ExecutorHandle(spawnLocked(program, locks, slot), slot, settings.BANTAM_MODULE_CACHE_BYTES, events),
      count: (event) => counters.count(event),
      guestLog: (invocation, text) => guestLogs.write(invocation, text),
      log,
    },
  });
  const counters = new WorkerMetrics(metrics.registry, () => worker.gauges());
  worker.start();
  const lane = parts.async;
  const runner = new AsyncRunner({
    workerId,
    host: hostname(),
    store: countEnds(lane.invocations, (verdict) => metrics.attempts.ended(verdict)),
    workers: lane.workers,
    engine: lane.producer,
    versions: (name, version) => registry.version(name, version),
    handler: countReplies(worker, metrics),
    slots: settings.BANTAM_ASYNC_CONCURRENCY === 0 ? size : settings.BANTAM_ASYNC_CONCURRENCY,
    log,
    onReply: (attempt, reply, tookMs) => {
      const { id: invocationId, function: name, version } = attempt;
      if (!reply.ok) failures.tell({ invocationId, function: name, version, code: reply.code, detail: reply.detail });
      if (traces !== undefined) traceAttempt(traces, attempt, reply, tookMs);
    },
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
      await Promise.all([lane.producer.close(), guestLogs.close(), traces?.close()]);
    },
  };
}

/** V8's own limits are the backstop behind what the analysis refused and the artifact's rewritten maxima. */
export function executorProgram(maxMemoryBytes: number): Program {
  return loadProgram({
    entry: executorEntry,
    flags: [
      `--wasm-max-mem-pages=${Math.floor(maxMemoryBytes / pageBytes)}`,
      `--wasm-max-table-size=${limits.maxTableElements}`,
      '--max-old-space-size=256',
    ],
  });
}
