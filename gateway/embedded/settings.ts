/** The environment of the embedded server: a gateway with a worker in its process. */
import { type Static, Type } from 'typebox';
import { keys, transport } from '../../shared/access-settings.ts';
import { asyncBacklog, asyncRetention, asyncWork, callbacks } from '../../shared/async-settings.ts';
import { guestLogs, logRetention, tracing } from '../../shared/log-settings.ts';
import { metricSeries, metricsListening } from '../../shared/metrics-settings.ts';
import { secrets } from '../../shared/secret-settings.ts';
import {
  admission,
  artifacts,
  dataFolder,
  executors,
  lifetime,
  listening,
  memoryLimit,
  optionalDatabase,
  optionalRedis,
  quietLogging,
  requestLimits,
  retention,
} from '../../shared/settings.ts';

export const EmbeddedSettings = Type.Object({
  ...listening,
  ...transport,
  ...keys,
  ...dataFolder,
  ...optionalDatabase,
  ...optionalRedis,
  ...requestLimits,
  ...memoryLimit,
  ...retention,
  ...admission,
  ...executors,
  ...artifacts,
  ...asyncBacklog,
  ...asyncRetention,
  ...callbacks,
  ...secrets,
  ...asyncWork,
  ...guestLogs,
  ...logRetention,
  ...tracing,
  ...metricSeries,
  ...metricsListening,
  ...lifetime,
  ...quietLogging,
});
export type EmbeddedSettings = Static<typeof EmbeddedSettings>;
