/** The environment of the embedded server: a gateway with a worker in its process. */
import { type Static, Type } from 'typebox';
import { asyncBacklog, asyncRetention, asyncWork, callbacks } from '../../shared/async-settings.ts';
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
  ...asyncWork,
  ...lifetime,
  ...quietLogging,
});
export type EmbeddedSettings = Static<typeof EmbeddedSettings>;
