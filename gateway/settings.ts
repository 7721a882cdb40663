/** The environment of a gateway process. */
import { type Static, Type } from 'typebox';
import { keys, transport } from '../shared/access-settings.ts';
import { asyncBacklog, asyncRetention, callbacks } from '../shared/async-settings.ts';
import { logRetention, tracing } from '../shared/log-settings.ts';
import { metricSeries, metricsListening } from '../shared/metrics-settings.ts';
import { secrets } from '../shared/secret-settings.ts';
import { admission, database, lifetime, listening, logging, memoryLimit, redis, requestLimits, retention } from '../shared/settings.ts';

export const GatewaySettings = Type.Object({
  ...listening,
  ...transport,
  ...keys,
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
  ...logRetention,
  ...tracing,
  ...metricSeries,
  ...metricsListening,
  ...lifetime,
  ...logging,
});
export type GatewaySettings = Static<typeof GatewaySettings>;
