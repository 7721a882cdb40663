/** Every setting of every process, in groups that gateway/, worker/ and registry/ compose. Data only; read by config.ts and by the docs generator. */
import { Type } from 'typebox';
import { limits } from '../contracts/limits.ts';
import { keys, transport } from './access-settings.ts';
import { asyncBacklog, asyncRetention, asyncWork, callbacks } from './async-settings.ts';
import { guestLogs, logRetention, tracing } from './log-settings.ts';
import { metricSeries, metricsListening } from './metrics-settings.ts';
import { secrets } from './secret-settings.ts';

const port = { unit: 'TCP port, 0 for any free one', minimum: 0, maximum: 65_535 };
const milliseconds = { unit: 'ms', maximum: 86_400_000 };
const bytes = { unit: 'bytes', maximum: 1_099_511_627_776 };
const count = { unit: 'count', maximum: 1_000_000_000 };
const text = { minLength: 1 };

export const listening = {
  BANTAM_HOST: Type.String({ ...text, default: '127.0.0.1', description: 'Address the HTTP server listens on; 0.0.0.0 for all.' }),
  BANTAM_PORT: Type.Integer({ ...port, default: 8080, description: 'Port the HTTP server listens on.' }),
};

export const workerListening = {
  BANTAM_WORKER_HOST: Type.String({
    ...text,
    default: '127.0.0.1',
    description: "Address of a worker's own server: /healthz, /readyz, /metrics.",
  }),
  BANTAM_WORKER_PORT: Type.Integer({ ...port, default: 8081, description: "Port of a worker's own server." }),
};

export const dataFolder = {
  BANTAM_DATA_DIR: Type.String({
    ...text,
    default: '.bantam',
    description: 'Folder for what is kept on disk: embedded PostgreSQL, cached artifacts. Relative to the working folder.',
  }),
};

const databaseUrl = Type.String({
  pattern: '^postgres(ql)?://',
  expected: 'a URL starting with postgres:// or postgresql://',
  secret: true,
  description: 'PostgreSQL that holds the registry.',
});
const redisUrl = Type.String({
  pattern: '^rediss?://',
  expected: 'a URL starting with redis:// or rediss://',
  secret: true,
  description: 'Redis that carries the invocations.',
});

export const database = { DATABASE_URL: databaseUrl };
export const redis = { REDIS_URL: redisUrl };
/** For the embedded server, which brings its own PostgreSQL and needs no Redis. */
export const optionalDatabase = { DATABASE_URL: Type.Optional(databaseUrl) };
export const optionalRedis = { REDIS_URL: Type.Optional(redisUrl) };

/** Checked by the gateway at publish and on every call. Their bounds are what one row of PostgreSQL and one entry of Redis can carry. */
export const requestLimits = {
  BANTAM_MAX_MODULE_BYTES: Type.Integer({
    unit: 'bytes',
    minimum: 8,
    maximum: 536_870_912,
    default: limits.maxModuleBytes,
    description: 'Largest module that can be published.',
  }),
  BANTAM_MAX_ASSET_BYTES: Type.Integer({
    unit: 'bytes',
    minimum: 0,
    maximum: 268_435_456,
    default: limits.maxAssetBytes,
    description: 'Most bytes of all files that can be published with a module.',
  }),
  BANTAM_MAX_BODY_BYTES: Type.Integer({
    unit: 'bytes',
    minimum: 0,
    maximum: 268_435_456,
    default: limits.maxBodyBytes,
    description: 'Largest request body of a call.',
  }),
  BANTAM_MAX_TIMEOUT_MS: Type.Integer({
    ...milliseconds,
    minimum: 1,
    default: limits.maxTimeoutMs,
    description: 'Largest "timeoutMs" a function may ask for.',
  }),
};

/** Checked by the gateway at publish, enforced by the worker. */
export const memoryLimit = {
  BANTAM_MAX_MEMORY_BYTES: Type.Integer({
    unit: 'bytes',
    minimum: 65_536,
    maximum: 4_294_967_296,
    default: limits.maxMemoryBytes,
    description: 'Largest "memoryBytes" a function may ask for.',
  }),
};

export const retention = {
  BANTAM_KEEP_VERSIONS: Type.Integer({
    ...count,
    minimum: 0,
    default: 100,
    description:
      'Versions of a function kept that no alias points to, the newest ones; others are deleted after a publish. 0: all are kept.',
  }),
};

export const admission = {
  BANTAM_MAX_QUEUE_DEPTH: Type.Integer({
    ...count,
    minimum: 1,
    default: 10_000,
    description: 'Calls waiting or running, all functions together, past which calls get 503 QUEUE_FULL.',
  }),
};

export const executors = {
  BANTAM_EXECUTORS: Type.Integer({
    unit: 'count',
    minimum: 0,
    maximum: 1024,
    default: 0,
    description: 'Executors (processes that run guests) kept at all times. 0: as many as there are cores.',
  }),
  BANTAM_MAX_EXECUTORS: Type.Integer({
    unit: 'count',
    minimum: 0,
    maximum: 4096,
    default: 0,
    description: 'Most executors, for when long calls hold the others. 0: four times BANTAM_EXECUTORS.',
  }),
  BANTAM_LONG_CALL_MS: Type.Integer({
    ...milliseconds,
    minimum: 1,
    default: 50,
    description: 'Running time past which a call counts as long, so that waiting calls may get a further executor.',
  }),
  BANTAM_EXECUTOR_MAX_CALLS: Type.Integer({
    ...count,
    minimum: 1,
    default: 1_000_000,
    description: 'Calls after which an executor is replaced.',
  }),
  BANTAM_EXECUTOR_MAX_AGE_MS: Type.Integer({
    ...milliseconds,
    minimum: 1_000,
    default: 3_600_000,
    description: 'Age past which an executor is replaced.',
  }),
  BANTAM_EXECUTOR_MAX_RSS_BYTES: Type.Integer({
    ...bytes,
    minimum: 67_108_864,
    default: 1_073_741_824,
    description: 'Resident memory past which an executor is replaced once it is idle.',
  }),
  BANTAM_SHARE_EXECUTORS: Type.Boolean({
    default: false,
    description: 'Whether an executor that has run a guest of one namespace may run those of others. false: it never does.',
  }),
  BANTAM_MODULE_CACHE_BYTES: Type.Integer({
    ...bytes,
    minimum: 0,
    default: 268_435_456,
    description: 'Compiled modules an executor keeps, measured by the size of their bytes.',
  }),
};

export const artifacts = {
  BANTAM_ARTIFACT_CACHE_BYTES: Type.Integer({
    ...bytes,
    minimum: 0,
    default: 268_435_456,
    description: 'Artifacts a worker keeps in memory.',
  }),
  BANTAM_ARTIFACT_DISK_BYTES: Type.Integer({
    ...bytes,
    minimum: 0,
    default: 4_294_967_296,
    description: 'Artifacts a worker keeps below BANTAM_DATA_DIR.',
  }),
};

export const lifetime = {
  BANTAM_SHUTDOWN_GRACE_MS: Type.Integer({
    ...milliseconds,
    minimum: 0,
    default: 30_000,
    description: 'Time for running calls to finish after SIGTERM or Ctrl-C, past which the process exits with 1.',
  }),
  BANTAM_DRAIN_DELAY_MS: Type.Integer({
    ...milliseconds,
    minimum: 0,
    default: 0,
    description: 'Time during which /readyz already answers 503 and calls are still taken, so that load balancers notice.',
  }),
};

/** pino's levels. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

const logLevel = (level: LogLevel) =>
  Type.Enum([...logLevels], {
    default: level,
    description: 'Least severe log lines that are written, to stdout: as JSON, or for people where that is a terminal.',
  });
export const logging = { BANTAM_LOG_LEVEL: logLevel('info') };
/** For the embedded server, which talks to a person: one line when ready, and what goes wrong. */
export const quietLogging = { BANTAM_LOG_LEVEL: logLevel('warn') };

/** All of them, by name; one environment may serve every process. */
export const allSettings = {
  ...listening,
  ...transport,
  ...keys,
  ...workerListening,
  ...dataFolder,
  ...database,
  ...redis,
  ...requestLimits,
  ...memoryLimit,
  ...retention,
  ...admission,
  ...asyncBacklog,
  ...asyncRetention,
  ...callbacks,
  ...secrets,
  ...executors,
  ...asyncWork,
  ...artifacts,
  ...guestLogs,
  ...logRetention,
  ...tracing,
  ...metricSeries,
  ...metricsListening,
  ...lifetime,
  ...logging,
};
