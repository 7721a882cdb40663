/** The gateway process of a cluster: `npm run gateway`. */
import { createBullmqProducer } from '../queue/async/bullmq.ts';
import { createRedisRateLimiter } from '../queue/quotas/redis.ts';
import { createRedisProducer } from '../queue/redis/producer.ts';
import { awaitSchema } from '../registry/await-schema.ts';
import { loadConfig } from '../shared/config.ts';
import { createLogger } from '../shared/logger.ts';
import { ProcessMetrics } from '../shared/metrics/process.ts';
import { watchOutage } from '../shared/outage.ts';
import { createPool } from '../shared/postgres.ts';
import { runMain } from '../shared/run-main.ts';
import { probeLocks } from '../shared/sandbox/locks.ts';
import { entryPath } from '../shared/sandbox/program.ts';
import { onShutdown } from '../shared/shutdown.ts';
import { packageVersion } from '../shared/version.ts';
import { checkListening } from './listening.ts';
import { inspectorEntry } from './publish/inspector.ts';
import { GatewaySettings } from './settings.ts';
import { startGateway } from './start.ts';

const exit = (code: number): never => process.exit(code);

await runMain(async () => {
  const settings = loadConfig(GatewaySettings, process.env);
  checkListening(settings);
  const log = createLogger({ level: settings.BANTAM_LOG_LEVEL, name: 'gateway' });
  const locks = await probeLocks(entryPath(inspectorEntry));
  const pool = createPool(settings.DATABASE_URL, {
    max: 10,
    applicationName: 'bantam-gateway',
    onError: (err) => log.warn({ err }, 'a Postgres connection was lost'),
  });
  const redis = watchOutage('Redis', log, () => queue.ready());
  const connection = { url: settings.REDIS_URL, onError: redis.onError };
  const metrics = new ProcessMetrics({ version: await packageVersion(), maxFunctions: settings.BANTAM_METRICS_FUNCTIONS });
  metrics.watchProcess(pool);
  const queue = createRedisProducer({ ...connection, observer: metrics.redis });
  const engine = createBullmqProducer(connection);
  const rates = createRedisRateLimiter(connection);
  const gateway = await startGateway({
    settings,
    databaseUrl: settings.DATABASE_URL,
    pool,
    queue,
    engine,
    rates,
    deployment: { registry: 'postgres', queue: 'redis', worker: 'separate' },
    locks,
    metrics,
    log,
  });
  log.info({ url: gateway.url, locks: locks.active }, 'listening');
  onShutdown(
    async () => {
      await gateway.close();
      await engine.close();
      rates.close();
      redis.stop();
      await pool.end();
    },
    { graceMs: settings.BANTAM_SHUTDOWN_GRACE_MS + settings.BANTAM_DRAIN_DELAY_MS, log, exit },
  );
  await awaitSchema(pool, log);
  if (await gateway.isOpen().catch(() => false))
    log.warn('open: whoever reaches this address may do everything, until the first key is made or BANTAM_ADMIN_KEY is set');
}, exit);
