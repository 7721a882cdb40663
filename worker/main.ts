/** The worker process of a cluster: `npm run worker`. */
import type { AddressInfo } from 'node:net';
import { createBullmqConsumer, createBullmqProducer } from '../queue/async/bullmq.ts';
import { createRedisConsumer } from '../queue/redis/consumer.ts';
import { awaitSchema } from '../registry/await-schema.ts';
import { openGuestLogs } from '../registry/guest-logs.ts';
import { openInvocations, openWorkers } from '../registry/invocations/store.ts';
import { openRegistry } from '../registry/registry.ts';
import { openSecrets } from '../registry/secrets.ts';
import { loadConfig } from '../shared/config.ts';
import { type ProcessHealth, serveHealth } from '../shared/health.ts';
import { createLogger } from '../shared/logger.ts';
import { ProcessMetrics, registerReadiness } from '../shared/metrics/process.ts';
import { watchOutage } from '../shared/outage.ts';
import { createPool } from '../shared/postgres.ts';
import { runMain } from '../shared/run-main.ts';
import { probeLocks } from '../shared/sandbox/locks.ts';
import { entryPath } from '../shared/sandbox/program.ts';
import { onShutdown } from '../shared/shutdown.ts';
import { packageVersion } from '../shared/version.ts';
import { WorkerSettings } from './settings.ts';
import { executorEntry, type RunningWorker, startWorker } from './start.ts';

const exit = (code: number): never => process.exit(code);

await runMain(async () => {
  const settings = loadConfig(WorkerSettings, process.env);
  const log = createLogger({ level: settings.BANTAM_LOG_LEVEL, name: 'worker' });
  const locks = await probeLocks(entryPath(executorEntry));
  const pool = createPool(settings.DATABASE_URL, {
    max: 8,
    applicationName: 'bantam-worker',
    onError: (err) => log.warn({ err }, 'a Postgres connection was lost'),
  });
  const redis = watchOutage('Redis', log, () => consumer.ready());
  const connection = { url: settings.REDIS_URL, onError: redis.onError };
  const metrics = new ProcessMetrics({ version: await packageVersion(), maxFunctions: settings.BANTAM_METRICS_FUNCTIONS });
  metrics.watchProcess(pool);
  const consumer = createRedisConsumer({ ...connection, observer: metrics.redis });
  let draining = false;
  const running: { worker?: RunningWorker } = {};
  const readiness: ProcessHealth['readiness'] = () => ({
    worker: draining ? { ready: false, detail: 'draining' } : { ready: true },
    queue: consumer.ready()
      ? { ready: true }
      : { ready: false, detail: 'not pulling: Redis cannot be reached, or Postgres was not there yet' },
    executors: running.worker?.ready() === true ? { ready: true } : { ready: false, detail: 'no executor is up' },
  });
  registerReadiness(metrics.registry, readiness);
  const health = await serveHealth(
    { host: settings.BANTAM_WORKER_HOST, port: settings.BANTAM_WORKER_PORT, setting: 'BANTAM_WORKER_PORT' },
    { metrics: metrics.registry, readiness },
  );
  onShutdown(
    async () => {
      draining = true;
      await running.worker?.close(settings.BANTAM_SHUTDOWN_GRACE_MS);
      redis.stop();
      await pool.end();
      health.close();
    },
    { graceMs: settings.BANTAM_SHUTDOWN_GRACE_MS + 2_000, log, exit },
  );
  await awaitSchema(pool, log);
  running.worker = await startWorker({
    settings,
    consumer,
    registry: openRegistry(pool),
    secrets: openSecrets(pool),
    guestLogs: openGuestLogs(pool),
    async: {
      producer: createBullmqProducer(connection),
      consumer: createBullmqConsumer(connection),
      invocations: openInvocations(pool),
      workers: openWorkers(pool),
    },
    locks,
    metrics,
    log,
  });
  const { address, family, port } = health.address() as AddressInfo;
  log.info({ locks: locks.active, url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}` }, 'taking invocations');
}, exit);
