/** Builds the gateway: plugins and routes on given parts. Listens to nothing, starts nothing. */
import swagger from '@fastify/swagger';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { BantamError } from '../contracts/errors.ts';
import type { Release } from '../contracts/release.ts';
import type { InvocationProducer } from '../queue/port.ts';
import type { RateLimiter } from '../queue/quotas/port.ts';
import type { NamespaceStore } from '../registry/namespaces.ts';
import type { FunctionRegistry } from '../registry/registry.ts';
import { FailureLog } from '../shared/failure-log.ts';
import type { Logger } from '../shared/logger.ts';
import { GatewayMetrics } from '../shared/metrics/gateway.ts';
import { registerOpenFaas } from '../shared/metrics/openfaas.ts';
import { type ProcessMetrics, registerReadiness } from '../shared/metrics/process.ts';
import type { TraceExporter } from '../shared/traces/exporter.ts';
import type { AsyncLane } from './async/lane.ts';
import type { AccessControl } from './auth/access-control.ts';
import { registerEntrance } from './auth/register.ts';
import type { Feed } from './events/feed.ts';
import { Dispatch } from './invoke/dispatch.ts';
import type { Resolver } from './invoke/resolver.ts';
import { openApi } from './openapi.ts';
import { answerClientError } from './plugins/client-errors.ts';
import problems, { sendProblem, toBantamError } from './plugins/problems.ts';
import quotas from './plugins/quotas.ts';
import requestId, { requestIdOf } from './plugins/request-id.ts';
import type { Inspector } from './publish/inspector.ts';
import { Publisher } from './publish/publisher.ts';
import type { QuotaBook } from './quotas/book.ts';
import type { ReleaseEvent } from './releases/events.ts';
import { Guards } from './releases/guards.ts';
import { auditRoutes } from './routes/audit.ts';
import { asyncRoutes } from './routes/async.ts';
import { deadLetterRoutes } from './routes/dead-letters.ts';
import { eventRoutes } from './routes/events.ts';
import { functionRoutes } from './routes/functions.ts';
import { healthRoutes, type Readiness } from './routes/health.ts';
import { type Describer, interfaceRoutes } from './routes/interface.ts';
import { invocationRoutes } from './routes/invocations.ts';
import { invokeRoutes } from './routes/invoke.ts';
import { keyRoutes } from './routes/keys.ts';
import { logRoutes, type LogRoutesOptions } from './routes/logs.ts';
import { namespaceRoutes } from './routes/namespaces.ts';
import { quotaRoutes, type QuotaRoutesOptions } from './routes/quotas.ts';
import { releaseRoutes } from './routes/releases.ts';
import { scheduleRoutes } from './routes/schedules.ts';
import { secretRoutes, type SecretRoutesOptions } from './routes/secrets.ts';
import { type SystemDescription, systemRoutes } from './routes/system.ts';
import { versionRoutes } from './routes/versions.ts';
import { workerRoutes } from './routes/workers.ts';
import type { Certificate } from './tls.ts';

export interface AppOptions {
  readonly registry: FunctionRegistry;
  readonly resolver: Resolver;
  readonly queue: InvocationProducer;
  readonly inspector: Pick<Inspector, 'inspect'> & Describer;
  readonly namespaces: NamespaceStore;
  readonly feed: Feed;
  readonly lane: Pick<AsyncLane, 'invocations' | 'workers' | 'engine' | 'acceptor' | 'waiters' | 'schedules' | 'runner' | 'clock'>;
  readonly logs: Pick<LogRoutesOptions, 'store' | 'followers'>;
  /** Undefined: nobody takes traces. */
  readonly traces: TraceExporter | undefined;
  readonly secrets: Pick<SecretRoutesOptions, 'store' | 'keyring'>;
  readonly quotas: Pick<QuotaRoutesOptions, 'store'> & { readonly book: QuotaBook; readonly rates: RateLimiter };
  /** @returns why the end of an invocation cannot be told to a URL; undefined when it can */
  readonly allowCallback: (url: string) => BantamError | undefined;
  /** Where the gateway's metrics are added; served at /metrics. */
  readonly metrics: ProcessMetrics;
  readonly readiness: () => Readonly<Record<string, Readiness>>;
  readonly system: SystemDescription;
  readonly log: Logger;
  /** Told of every release that is made here. */
  readonly onEvent: (event: ReleaseEvent) => void;
  readonly access: AccessControl;
  /** Of the HTTP server; undefined: it does not speak TLS. */
  readonly certificate: Certificate | undefined;
  /** Whose X-Forwarded-* is believed, as Fastify's trustProxy takes them. */
  readonly trustedProxies: readonly string[];
  /** Whether metrics need no key. */
  readonly openMetrics: boolean;
  readonly limits: {
    readonly maxModuleBytes: number;
    readonly maxAssetBytes: number;
    readonly maxBodyBytes: number;
    readonly maxTimeoutMs: number;
    readonly maxMemoryBytes: number;
    readonly maxQueueDepth: number;
    /** Versions of a function kept that no alias points to; 0: all. */
    readonly keepVersions: number;
  };
}

/** Node's own limit of a request line and its headers together (--max-http-header-size). */
const maxHeaderBytes = 16_384;

export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const { limits, registry, resolver, queue, inspector, lane, log, onEvent, allowCallback, access, certificate, trustedProxies, metrics } =
    options;
  const loggerInstance: FastifyBaseLogger = log;
  const app = Fastify({
    ...(certificate !== undefined && { https: certificate }),
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    requestIdHeader: false,
    genReqId: requestIdOf,
    bodyLimit: limits.maxBodyBytes,
    // The whole request must be here by then: an upload of the largest module over a slow line included.
    requestTimeout: 300_000,
    connectionTimeout: 0,
    keepAliveTimeout: 72_000,
    routerOptions: { maxParamLength: maxHeaderBytes },
    ajv: { customOptions: { coerceTypes: true, removeAdditional: false } },
    frameworkErrors: (error, request, reply) => void sendProblem(reply, toBantamError(error), { requestId: request.id }),
    clientErrorHandler: answerClientError,
  });
  await app.register(swagger, openApi(options.system.version));
  await app.register(requestId);
  await app.register(problems);
  await app.register(quotas, options.quotas);
  await registerEntrance(app, { access, resolver });

  const dispatch = new Dispatch({
    resolver,
    queue,
    maxQueueDepth: limits.maxQueueDepth,
    onRefused: (code) => counters.refused(code),
    phases: metrics.phases.sync,
  });
  const counters = new GatewayMetrics(metrics.registry, () => ({
    ...queue.load(),
    oldestMs: queue.oldestWaitMs(),
    inFlight: dispatch.inFlight,
    eventStreams: options.feed.size,
  }));
  registerOpenFaas(metrics.registry, metrics.functions, () => queue.load().workers);
  registerReadiness(metrics.registry, options.readiness);
  const publisher = new Publisher({ registry, inspector, allowCallback, ...limits });
  const onChange = (name: string): void => resolver.forget(name);
  const onRelease = (release: Release): void => {
    counters.released(release);
    onEvent({ type: 'release', release });
  };
  const guards = new Guards({
    trip: (trip) => registry.tripGuard(trip),
    onTripped: (name, release) => {
      onChange(name);
      if (release !== undefined) onRelease(release);
    },
    onFault: (err) => log.error({ err }, 'a release with too many errors could not be taken back'),
    now: () => performance.now(),
  });
  // The publish is done, whatever becomes of older versions: the next one tries again.
  const afterPublish = async (name: string): Promise<void> => {
    const swept = await registry.sweepVersions(name, limits.keepVersions).catch((err: unknown) => {
      log.warn({ err, function: name }, 'unused versions could not be deleted');
      return 0;
    });
    if (swept > 0) onChange(name);
  };

  await app.register(async (scope) =>
    functionRoutes(scope, {
      registry,
      publisher,
      limits,
      onChange,
      onPublish: (outcome) => counters.published(outcome),
      afterPublish,
    }),
  );
  await app.register(async (scope) => versionRoutes(scope, { registry }));
  await app.register(async (scope) => releaseRoutes(scope, { registry, onChange, onRelease }));
  await app.register(async (scope) => namespaceRoutes(scope, { store: options.namespaces }));
  await app.register(async (scope) => secretRoutes(scope, { ...options.secrets, onChange }));
  await app.register(async (scope) => quotaRoutes(scope, { ...options.quotas }));
  await app.register(async (scope) => eventRoutes(scope, { feed: options.feed }));
  await app.register(async (scope) => logRoutes(scope, { ...options.logs, registry }));
  await app.register(async (scope) => interfaceRoutes(scope, { registry, inspector }));
  await app.register(async (scope) => {
    scope.addHook('onError', async (_request, _reply, error) => counters.refused(toBantamError(error).code));
    invokeRoutes(scope, {
      quotas: options.quotas.book,
      dispatch,
      maxBodyBytes: limits.maxBodyBytes,
      metrics,
      failures: new FailureLog(log),
      traces: options.traces,
      onOutcome: (route, version, reply) => guards.record(route, version, reply),
    });
  });
  await app.register(async (scope) => {
    scope.addHook('onError', async (_request, _reply, error) => counters.refused(toBantamError(error).code));
    const { traces } = options;
    asyncRoutes(scope, { dispatch, acceptor: lane.acceptor, maxBodyBytes: limits.maxBodyBytes, allowCallback, traces });
  });
  await app.register(async (scope) => {
    invocationRoutes(scope, { store: lane.invocations, waiters: lane.waiters });
    deadLetterRoutes(scope, {
      store: lane.invocations,
      engine: lane.engine,
      onFault: (err) => log.debug({ err }, 'redriven invocations are not in the queue yet: the keeper brings them'),
    });
    scheduleRoutes(scope, { store: lane.schedules, runner: lane.runner, onChange: () => lane.clock.wake() });
  });
  await app.register(async (scope) => {
    healthRoutes(scope, { readiness: options.readiness, metrics: metrics.registry, openMetrics: options.openMetrics });
    keyRoutes(scope, { store: access.keys, operator: access.operator, onChange: (id) => access.gate.forget(id) });
    auditRoutes(scope, { store: access.audit });
    systemRoutes(scope, options.system);
    workerRoutes(scope, { workers: lane.workers });
    scope.get('/openapi.json', { config: { access: 'open' }, schema: { hide: true } }, () => app.swagger());
  });
  return app;
}
