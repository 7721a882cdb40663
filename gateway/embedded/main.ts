/** The embedded server: `npm start`. Gateway and worker in one process, PostgreSQL beside it unless DATABASE_URL names one, no Redis unless REDIS_URL does. */
import { resolve } from 'node:path';
import { awaitSchema } from '../../registry/await-schema.ts';
import { startEmbeddedPostgres } from '../../registry/embedded/start.ts';
import { awaitMigrated } from '../../registry/migrate/await-migrated.ts';
import { openGuestLogs } from '../../registry/guest-logs.ts';
import { openInvocations, openWorkers } from '../../registry/invocations/store.ts';
import { migrate } from '../../registry/migrate/migrate.ts';
import { openRegistry } from '../../registry/registry.ts';
import { openSecrets } from '../../registry/secrets.ts';
import { loadConfig } from '../../shared/config.ts';
import { createLogger, type Logger } from '../../shared/logger.ts';
import { ProcessMetrics } from '../../shared/metrics/process.ts';
import { createPool } from '../../shared/postgres.ts';
import { runMain } from '../../shared/run-main.ts';
import { probeLocks } from '../../shared/sandbox/locks.ts';
import { entryPath } from '../../shared/sandbox/program.ts';
import { onShutdown } from '../../shared/shutdown.ts';
import { packageVersion } from '../../shared/version.ts';
import { startWorker } from '../../worker/start.ts';
import { checkListening } from '../listening.ts';
import { inspectorEntry } from '../publish/inspector.ts';
import { startGateway } from '../start.ts';
import { openLanes } from './queue.ts';
import { EmbeddedSettings } from './settings.ts';

const exit = (code: number): never => process.exit(code);

await runMain(async () => {
  const settings = loadConfig(EmbeddedSettings, process.env);
  checkListening(settings);
  const log = createLogger({ level: settings.BANTAM_LOG_LEVEL, name: 'bantam' });
  const [database, locks] = await Promise.all([openDatabase(settings, log), probeLocks(entryPath(inspectorEntry))]);
  const metrics = new ProcessMetrics({ version: await packageVersion(), maxFunctions: settings.BANTAM_METRICS_FUNCTIONS });
  const lanes = openLanes(settings.REDIS_URL, metrics.redis, log);
  const pool = createPool(database.url, {
    max: 16,
    applicationName: 'bantam',
    onError: (err) => log.warn({ err }, 'a Postgres connection was lost'),
  });
  metrics.watchProcess(pool);
  await awaitSchema(pool, log);
  const worker = await startWorker({
    settings,
    consumer: lanes.consumer,
    registry: openRegistry(pool),
    secrets: openSecrets(pool),
    guestLogs: openGuestLogs(pool),
    async: { ...lanes.engine, invocations: openInvocations(pool), workers: openWorkers(pool) },
    locks,
    metrics,
    log,
  });
  const gateway = await startGateway({
    settings,
    databaseUrl: database.url,
    pool,
    queue: lanes.producer,
    engine: lanes.engine.producer,
    rates: lanes.rates,
    deployment: { registry: database.kind, queue: settings.REDIS_URL === undefined ? 'local' : 'redis', worker: 'embedded' },
    locks,
    metrics,
    log,
    roles: () => ({ executors: worker.ready() ? { ready: true } : { ready: false, detail: 'no executor is up' } }),
  }).catch(async (error: unknown) => {
    // Mostly a port in use. PostgreSQL would end by itself only where the kernel ties it to us.
    await worker.close(0);
    await pool.end();
    await database.stop();
    throw error;
  });
  onShutdown(
    async () => {
      // The gateway is closed when its calls have their answers, and these come from the worker in this process.
      const grace = setTimeout(() => worker.abandon(), settings.BANTAM_DRAIN_DELAY_MS + settings.BANTAM_SHUTDOWN_GRACE_MS);
      await gateway.close();
      await worker.close(settings.BANTAM_SHUTDOWN_GRACE_MS);
      clearTimeout(grace);
      lanes.rates.close();
      lanes.stopWatching();
      await pool.end();
      await database.stop();
    },
    { graceMs: settings.BANTAM_SHUTDOWN_GRACE_MS + settings.BANTAM_DRAIN_DELAY_MS + 10_000, log, exit },
  );
  const parts = `${database.kind === 'embedded' ? 'embedded PostgreSQL' : 'PostgreSQL at DATABASE_URL'}, ${settings.REDIS_URL === undefined ? 'queue in this process' : 'Redis at REDIS_URL'}`;
  process.stdout.write(`Bantam is ready at ${gateway.url} (${parts}; data in ${resolve(settings.BANTAM_DATA_DIR)})\n`);
  if (await gateway.isOpen().catch(() => false))
    process.stdout.write('Open: whoever reaches this address may do everything, until the first key is made or BANTAM_ADMIN_KEY is set\n');
}, exit);

interface Database {
  readonly kind: 'embedded' | 'postgres';
  readonly url: string;
  stop(): Promise<void>;
}

async function openDatabase(settings: EmbeddedSettings, log: Logger): Promise<Database> {
  if (settings.DATABASE_URL !== undefined) {
    await awaitMigrated(settings.DATABASE_URL, log);
    return { kind: 'postgres', url: settings.DATABASE_URL, stop: () => Promise.resolve() };
  }
  const embedded = await startEmbeddedPostgres({ dataDir: settings.BANTAM_DATA_DIR, log: (line) => log.info({ postgres: true }, line) });
  await migrate(embedded.url, (line) => log.info(line));
  return { kind: 'embedded', url: embedded.url, stop: () => embedded.stop() };
}
