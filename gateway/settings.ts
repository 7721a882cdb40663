/** The environment of a gateway process. */
import { type Static, Type } from 'typebox';
import { asyncBacklog, asyncRetention, callbacks } from '../shared/async-settings.ts';
import { admission, database, lifetime, listening, logging, memoryLimit, redis, requestLimits, retention } from '../shared/settings.ts';

export const GatewaySettings = Type.Object({
  ...listening,
  ...database,
  ...redis,
  ...requestLimits,
  ...memoryLimit,
  ...retention,
  ...admission,
  ...asyncBacklog,
  ...asyncRetention,
  ...callbacks,
  ...lifetime,
  ...logging,
});
export type GatewaySettings = Static<typeof GatewaySettings>;
