/** Puts a gateway together from its settings and given parts, and opens its port. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';
import type { Registry } from 'prom-client';
import { limits } from '../contracts/limits.ts';
import type { AsyncProducer } from '../queue/async/port.ts';
import type { InvocationProducer } from '../queue/port.ts';
import { FunctionChanges } from '../registry/changes.ts';
import { openEvents } from '../registry/events.ts';
import { openRegistry } from '../registry/registry.ts';
import type { Logger } from '../shared/logger.ts';
import type { LockPlan } from '../shared/sandbox/locks.ts';
import { StartupError } from '../shared/startup-error.ts';
import { buildApp } from './app.ts';
import { AsyncLane } from './async/lane.ts';
import { allowCallback, callbackRules } from './callbacks/allow-list.ts';
import { Feed } from './events/feed.ts';
import { Resolver } from './invoke/resolver.ts';
import { Inspector } from './publish/inspector.ts';
import { logEvent } from './releases/events.ts';
import type { Readiness } from './routes/health.ts';
import type { SystemDescription } from './routes/system.ts';
import type { GatewaySettings } from './settings.ts';

export interface GatewayParts {
  readonly settings: Omit<GatewaySettings, 'DATABASE_URL' | 'REDIS_URL'>;
  readonly databaseUrl: string;
  readonly pool: pg.Pool;
  readonly queue: InvocationProducer;
  /** Closed by whoever made it. */
  readonly engine: AsyncProducer;
  readonly deployment: SystemDescription['deployment'];
  readonly locks: LockPlan;
  readonly metrics: Registry;
  readonly log: Logger;
  /** Readiness of roles that live in this process beside the gateway: executors, when embedded. */
  readonly roles?: () => Readonly<Record<string, Readiness>>;
}

export interface RunningGateway {
  /** Where it listens; the port is the real one when the setting was 0. */
  readonly url: string;
  /** Answers 503 on /readyz for the drain delay, takes no new connections, finishes calls in flight. */
  close(): Promise<void>;
}

/** Between two looks for idle connections while the server closes. */
const idleConnectionsMs = 20;

/** @throws StartupError when the port cannot be had, or the schema does not fit (once Postgres can be asked) */
export async function startGateway(parts: GatewayParts): Promise<RunningGateway> {
  const { settings, pool, queue, log } = parts;
  const registry = openRegistry(pool);
  const resolver = new Resolver(registry);
  const feed = new Feed({ store: openEvents(pool), onFault: (err) => log.warn({ err }, 'events could not be read: trying again') });
  const callbacks = callbackRules(settings);
  const lane = new AsyncLane({
    pool,
    databaseUrl: parts.databaseUrl,
    engine: parts.engine,
    registry,
    resolver,
    maxBacklog: settings.BANTAM_MAX_ASYNC_BACKLOG,
    maxBodyBytes: settings.BANTAM_MAX_BODY_BYTES,
    bounds: {
      resultAgeMs: settings.BANTAM_KEEP_RESULTS_MS,
      resultBytes: settings.BANTAM_KEEP_RESULTS_BYTES,
      deadLetterAgeMs: settings.BANTAM_KEEP_DEAD_LETTERS_MS,
      idempotencyAgeMs: limits.idempotencyAgeMs,
      eventAgeMs: settings.BANTAM_KEEP_EVENTS_MS,
    },
    callbacks,
    log,
  });
  const changes = new FunctionChanges(parts.databaseUrl, {
    onChange: (name) => resolver.forget(name),
    onReset: () => resolver.forgetAll(),
    onEvents: () => {
      feed.wake();
      lane.wake();
    },
  });
  let draining = false;
  const app = await buildApp({
    registry,
    resolver,
    queue,
    inspector: new Inspector({ locks: parts.locks, log }),
    feed,
    lane,
    allowCallback: (url) => allowCallback(callbacks, url),
    metrics: parts.metrics,
    readiness: () => ({
      gateway: draining ? { ready: false, detail: 'draining' } : { ready: true },
      database: changes.connected ? { ready: true } : { ready: false, detail: 'Postgres cannot be reached' },
      queue: queue.ready() ? { ready: true } : { ready: false, detail: 'the queue cannot be reached' },
      ...parts.roles?.(),
    }),
    system: { version: await packageVersion(), deployment: parts.deployment, locks: parts.locks.active },
    log,
    onEvent: (event) => logEvent(log, event),
    limits: {
      maxModuleBytes: settings.BANTAM_MAX_MODULE_BYTES,
      maxAssetBytes: settings.BANTAM_MAX_ASSET_BYTES,
      maxBodyBytes: settings.BANTAM_MAX_BODY_BYTES,
      maxTimeoutMs: settings.BANTAM_MAX_TIMEOUT_MS,
      maxMemoryBytes: settings.BANTAM_MAX_MEMORY_BYTES,
      maxQueueDepth: settings.BANTAM_MAX_QUEUE_DEPTH,
      keepVersions: settings.BANTAM_KEEP_VERSIONS,
    },
  });
  const url = await listen(app, settings.BANTAM_HOST, settings.BANTAM_PORT);
  return {
    url,
    async close() {
      draining = true;
      await wait(settings.BANTAM_DRAIN_DELAY_MS);
      // A connection whose call was in flight is idle only after its answer: the server would wait for its next request.
      const idle = setInterval(() => app.server.closeIdleConnections(), idleConnectionsMs);
      await app.close();
      clearInterval(idle);
      await Promise.all([changes.close(), lane.close()]);
      await queue.close();
    },
  };
}

async function listen(app: Awaited<ReturnType<typeof buildApp>>, host: string, port: number): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    await app.close();
    if (code === 'EADDRINUSE') throw new StartupError(`port ${port} on ${host} is in use: stop what listens there, or set BANTAM_PORT`);
    if (code === 'EACCES') throw new StartupError(`port ${port} on ${host} is not allowed to this user: set BANTAM_PORT`);
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') throw new StartupError(`${host} is no address of this machine: set BANTAM_HOST`);
    throw error;
  }
}

async function packageVersion(): Promise<string> {
  const manifest = JSON.parse(await readFile(join(import.meta.dirname, '..', 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}
