/** The gateway process of a cluster: `npm run gateway`. */
import { createBullmqProducer } from '../queue/async/bullmq.ts';
import { createRedisProducer } from '../queue/redis/producer.ts';
import { awaitSchema } from '../registry/await-schema.ts';
import { loadConfig } from '../shared/config.ts';
import { createLogger } from '../shared/logger.ts';
import { createRegistry } from '../shared/metrics.ts';
import { watchOutage } from '../shared/outage.ts';
import { createPool } from '../shared/postgres.ts';
import { runMain } from '../shared/run-main.ts';
import { probeLocks } from '../shared/sandbox/locks.ts';
import { entryPath } from '../shared/sandbox/program.ts';
import { onShutdown } from '../shared/shutdown.ts';
import { inspectorEntry } from './publish/inspector.ts';
import { GatewaySettings } from './settings.ts';
import { startGateway } from './start.ts';

const exit = (code: number): never => process.exit(code);

await runMain(async () => {
  const settings = loadConfig(GatewaySettings, process.env);
  const log = createLogger({ level: settings.BANTAM_LOG_LEVEL, name: 'gateway' });
  const locks = await probeLocks(entryPath(inspectorEntry));
  const pool = createPool(settings.DATABASE_URL, {
    max: 10,
    applicationName: 'bantam-gateway',
    onError: (err) => log.warn({ err }, 'a Postgres connection was lost'),
  });
  const redis = watchOutage('Redis', log, () => queue.ready());
  const connection = { url: settings.REDIS_URL, onError: redis.onError };
  const queue = createRedisProducer(connection);
  const engine = createBullmqProducer(connection);
  const gateway = await startGateway({
    settings,
    databaseUrl: settings.DATABASE_URL,
    pool,
    queue,
    engine,
    deployment: { registry: 'postgres', queue: 'redis', worker: 'separate' },
    locks,
    metrics: createRegistry(),
    log,
  });
  log.info({ url: gateway.url, locks: locks.active }, 'listening');
  onShutdown(
    async () => {
      await gateway.close();
      await engine.close();
      redis.stop();
      await pool.end();
    },
    { graceMs: settings.BANTAM_SHUTDOWN_GRACE_MS + settings.BANTAM_DRAIN_DELAY_MS, log, exit },
  );
  await awaitSchema(pool, log);
}, exit);
