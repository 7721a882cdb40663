/** Puts a gateway together from its settings and given parts, and opens its port. */
import type { Server } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';
import { limits } from '../contracts/limits.ts';
import type { AsyncProducer } from '../queue/async/port.ts';
import type { InvocationProducer } from '../queue/port.ts';
import type { RateLimiter } from '../queue/quotas/port.ts';
import { FunctionChanges } from '../registry/changes.ts';
import { openEvents } from '../registry/events.ts';
import { openGuestLogs } from '../registry/guest-logs.ts';
import { openNamespaces } from '../registry/namespaces.ts';
import { openQuotas } from '../registry/quotas.ts';
import { openRegistry } from '../registry/registry.ts';
import { openSecrets } from '../registry/secrets.ts';
import { type ProcessHealth, serveHealth } from '../shared/health.ts';
import { openKeyring } from '../shared/keyring.ts';
import type { Logger } from '../shared/logger.ts';
import type { ProcessMetrics } from '../shared/metrics/process.ts';
import type { LockPlan } from '../shared/sandbox/locks.ts';
import { openTraces } from '../shared/traces/open.ts';
import { StartupError } from '../shared/startup-error.ts';
import { packageVersion } from '../shared/version.ts';
import { buildApp } from './app.ts';
import { AccessControl } from './auth/access-control.ts';
import { AsyncLane } from './async/lane.ts';
import { allowCallback, callbackRules } from './callbacks/allow-list.ts';
import { Feed } from './events/feed.ts';
import { Resolver } from './invoke/resolver.ts';
import { isLoopback, trustedProxies } from './listening.ts';
import { LogFollowers } from './logs/followers.ts';
import { Inspector } from './publish/inspector.ts';
import { QuotaBook } from './quotas/book.ts';
import { logEvent } from './releases/events.ts';
import type { Readiness } from './routes/health.ts';
import type { SystemDescription } from './routes/system.ts';
import type { GatewaySettings } from './settings.ts';
import { followCertificate, readCertificate, type TlsFiles } from './tls.ts';

export interface GatewayParts {
  readonly settings: Omit<GatewaySettings, 'DATABASE_URL' | 'REDIS_URL'>;
  readonly databaseUrl: string;
  readonly pool: pg.Pool;
  readonly queue: InvocationProducer;
  /** Closed by whoever made it. */
  readonly engine: AsyncProducer;
  /** Closed by whoever made it. */
  readonly rates: RateLimiter;
  readonly deployment: SystemDescription['deployment'];
  readonly locks: LockPlan;
  readonly metrics: ProcessMetrics;
  readonly log: Logger;
  /** Readiness of roles that live in this process beside the gateway: executors, when embedded. */
  readonly roles?: () => Readonly<Record<string, Readiness>>;
}

export interface RunningGateway {
  /** Where it listens; the port is the real one when the setting was 0. */
  readonly url: string;
  /** Whether no key is asked for. @throws BantamError REGISTRY_UNAVAILABLE */
  isOpen(): Promise<boolean>;
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
  const guestLogs = openGuestLogs(pool);
  const traces = openTraces(settings, 'bantam-gateway', await packageVersion(), log);
  const callbacks = callbackRules(settings);
  const tls = tlsFiles(settings);
  const certificate = tls === undefined ? undefined : readCertificate(tls);
  const access = new AccessControl({
    pool,
    operatorKey: settings.BANTAM_ADMIN_KEY,
    keepAuditMs: settings.BANTAM_KEEP_AUDIT_MS,
    log,
  });
  const quotas = openQuotas(pool);
  const book = new QuotaBook({ store: quotas, onFault: (err) => log.warn({ err }, 'quotas could not be read: trying again') });
  const lane = new AsyncLane({
    pool,
    databaseUrl: parts.databaseUrl,
    engine: parts.engine,
    registry,
    resolver,
    maxBacklog: settings.BANTAM_MAX_ASYNC_BACKLOG,
    quotas: book,
    maxBodyBytes: settings.BANTAM_MAX_BODY_BYTES,
    bounds: {
      resultAgeMs: settings.BANTAM_KEEP_RESULTS_MS,
      resultBytes: settings.BANTAM_KEEP_RESULTS_BYTES,
      deadLetterAgeMs: settings.BANTAM_KEEP_DEAD_LETTERS_MS,
      idempotencyAgeMs: limits.idempotencyAgeMs,
      eventAgeMs: settings.BANTAM_KEEP_EVENTS_MS,
      logAgeMs: settings.BANTAM_KEEP_LOGS_MS,
    },
    callbacks,
    metrics: parts.metrics,
    log,
  });
  const changes = new FunctionChanges(parts.databaseUrl, {
    onChange: (name) => resolver.forget(name),
    onReset: () => {
      resolver.forgetAll();
      access.gate.forgetAll();
      book.reload();
    },
    onKey: (id) => access.gate.forget(id),
    onQuota: () => book.reload(),
    onEvents: () => {
      feed.wake();
      lane.wake();
    },
  });
  let draining = false;
  const readiness = (): Readonly<Record<string, Readiness>> => ({
    gateway: draining ? { ready: false, detail: 'draining' } : { ready: true },
    database: changes.connected ? { ready: true } : { ready: false, detail: 'Postgres cannot be reached' },
    queue: queue.ready() ? { ready: true } : { ready: false, detail: 'the queue cannot be reached' },
    ...parts.roles?.(),
  });
  const app = await buildApp({
    registry,
    resolver,
    queue,
    inspector: new Inspector({ locks: parts.locks, log }),
    namespaces: openNamespaces(pool),
    quotas: { store: quotas, book, rates: parts.rates },
    feed,
    lane,
    logs: {
      store: guestLogs,
      followers: new LogFollowers({ store: guestLogs, onFault: (err) => log.warn({ err }, 'logs could not be read: trying again') }),
    },
    secrets: { store: openSecrets(pool), keyring: openKeyring(settings.BANTAM_SECRET_KEY) },
    allowCallback: (url) => allowCallback(callbacks, url),
    metrics: parts.metrics,
    readiness,
    traces,
    system: { version: await packageVersion(), deployment: parts.deployment, locks: parts.locks.active },
    log,
    onEvent: (event) => logEvent(log, event),
    access,
    certificate,
    trustedProxies: trustedProxies(settings.BANTAM_TRUSTED_PROXIES),
    openMetrics: isLoopback(settings.BANTAM_HOST),
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
  const closeBehind = async (): Promise<void> => {
    await Promise.all([changes.close(), lane.close(), access.close(), book.close()]);
    await Promise.all([queue.close(), traces?.close()]);
  };
  const open = async (): Promise<{ url: string; inside: Server | undefined }> => ({
    url: await listen(app, settings.BANTAM_HOST, settings.BANTAM_PORT),
    inside: await serveInside(settings, { readiness, metrics: parts.metrics.registry }),
  });
  const { url, inside } = await open().catch(async (error: unknown) => {
    await closeBehind();
    throw error;
  });
  const unfollow =
    tls === undefined ? undefined : followCertificate(tls, (renewed) => (app.server as HttpsServer).setSecureContext(renewed), log);
  return {
    url,
    isOpen: async () => access.gate.isOpen(),
    async close() {
      draining = true;
      await wait(settings.BANTAM_DRAIN_DELAY_MS);
      // A connection whose call was in flight is idle only after its answer: the server would wait for its next request.
      const idle = setInterval(() => app.server.closeIdleConnections(), idleConnectionsMs);
      await app.close();
      inside?.close();
      clearInterval(idle);
      unfollow?.();
      await closeBehind();
    },
  };
}

/** @returns undefined without BANTAM_METRICS_PORT */
async function serveInside(
  { BANTAM_METRICS_HOST: host, BANTAM_METRICS_PORT: port }: GatewayParts['settings'],
  health: ProcessHealth,
): Promise<Server | undefined> {
  return port === undefined ? undefined : serveHealth({ host, port, setting: 'BANTAM_METRICS_PORT' }, health);
}

function tlsFiles({ BANTAM_TLS_CERT: cert, BANTAM_TLS_KEY: key }: GatewayParts['settings']): TlsFiles | undefined {
  return cert === undefined || key === undefined ? undefined : { cert, key };
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
