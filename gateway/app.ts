/** Builds the gateway: plugins and routes on given parts. Listens to nothing, starts nothing. */
import swagger from '@fastify/swagger';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Registry } from 'prom-client';
import type { BantamError } from '../contracts/errors.ts';
import type { Release } from '../contracts/release.ts';
import type { InvocationProducer } from '../queue/port.ts';
import type { FunctionRegistry } from '../registry/registry.ts';
import type { Logger } from '../shared/logger.ts';
import { GatewayMetrics } from '../shared/metrics.ts';
import type { AsyncLane } from './async/lane.ts';
import type { Feed } from './events/feed.ts';
import { Dispatch } from './invoke/dispatch.ts';
import type { Resolver } from './invoke/resolver.ts';
import { answerClientError } from './plugins/client-errors.ts';
import { meter } from './plugins/meter.ts';
import problems, { sendProblem, toBantamError } from './plugins/problems.ts';
import requestId, { requestIdOf } from './plugins/request-id.ts';
import type { Inspector } from './publish/inspector.ts';
import { Publisher } from './publish/publisher.ts';
import type { ReleaseEvent } from './releases/events.ts';
import { Guards } from './releases/guards.ts';
import { asyncRoutes } from './routes/async.ts';
import { deadLetterRoutes } from './routes/dead-letters.ts';
import { eventRoutes } from './routes/events.ts';
import { functionRoutes } from './routes/functions.ts';
import { healthRoutes, type Readiness } from './routes/health.ts';
import { type Describer, interfaceRoutes } from './routes/interface.ts';
import { invocationRoutes } from './routes/invocations.ts';
import { invokeRoutes } from './routes/invoke.ts';
import { releaseRoutes } from './routes/releases.ts';
import { scheduleRoutes } from './routes/schedules.ts';
import { type SystemDescription, systemRoutes } from './routes/system.ts';
import { workerRoutes } from './routes/workers.ts';

export interface AppOptions {
  readonly registry: FunctionRegistry;
  readonly resolver: Resolver;
  readonly queue: InvocationProducer;
  readonly inspector: Pick<Inspector, 'inspect'> & Describer;
  readonly feed: Feed;
  readonly lane: Pick<AsyncLane, 'invocations' | 'workers' | 'engine' | 'acceptor' | 'waiters' | 'schedules' | 'runner' | 'clock'>;
  /** @returns why the end of an invocation cannot be told to a URL; undefined when it can */
  readonly allowCallback: (url: string) => BantamError | undefined;
  /** Where the gateway's metrics are registered; served at /metrics. */
  readonly metrics: Registry;
  readonly readiness: () => Readonly<Record<string, Readiness>>;
  readonly system: SystemDescription;
  readonly log: Logger;
  /** Told of every release that is made here. */
  readonly onEvent: (event: ReleaseEvent) => void;
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
  const { limits, registry, resolver, queue, inspector, lane, log, onEvent, allowCallback } = options;
  const loggerInstance: FastifyBaseLogger = log;
  const app = Fastify({
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
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Bantam', version: options.system.version, description: 'A .wasm file uploaded with one curl is an HTTP function.' },
    },
  });
  await app.register(requestId);
  await app.register(problems);

  const dispatch = new Dispatch({ resolver, queue, maxQueueDepth: limits.maxQueueDepth, onRefused: (code) => measure.refused(code) });
  const measure = meter(new GatewayMetrics(options.metrics, () => ({ ...queue.load(), inFlight: dispatch.inFlight })));
  const publisher = new Publisher({ registry, inspector, allowCallback, ...limits });
  const onChange = (name: string): void => resolver.forget(name);
  const onRelease = (release: Release): void => onEvent({ type: 'release', release });
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
      onPublish: (outcome) => measure.published(outcome),
      afterPublish,
    }),
  );
  await app.register(async (scope) => releaseRoutes(scope, { registry, onChange, onRelease }));
  await app.register(async (scope) => eventRoutes(scope, { feed: options.feed }));
  await app.register(async (scope) => interfaceRoutes(scope, { registry, inspector }));
  await app.register(async (scope) =>
    invokeRoutes(scope, {
      dispatch,
      maxBodyBytes: limits.maxBodyBytes,
      onReply: (reply, totalUs) => measure.replied(reply, totalUs),
      onOutcome: (route, version, reply) => guards.record(route, version, reply),
    }),
  );
  await app.register(async (scope) =>
    asyncRoutes(scope, { dispatch, acceptor: lane.acceptor, maxBodyBytes: limits.maxBodyBytes, allowCallback }),
  );
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
    healthRoutes(scope, { readiness: options.readiness, metrics: options.metrics });
    systemRoutes(scope, options.system);
    workerRoutes(scope, { workers: lane.workers });
    scope.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
  });
  return app;
}
