/** The environment of a worker process. */
import { type Static, Type } from 'typebox';
import { asyncWork } from '../shared/async-settings.ts';
import { guestLogs, tracing } from '../shared/log-settings.ts';
import { metricSeries } from '../shared/metrics-settings.ts';
import { secrets } from '../shared/secret-settings.ts';
import { artifacts, dataFolder, database, executors, lifetime, logging, memoryLimit, redis, workerListening } from '../shared/settings.ts';

export const WorkerSettings = Type.Object({
  ...workerListening,
  ...dataFolder,
  ...database,
  ...redis,
  ...memoryLimit,
  ...executors,
  ...artifacts,
  ...asyncWork,
  ...secrets,
  ...guestLogs,
  ...tracing,
  ...metricSeries,
  ...lifetime,
  ...logging,
});
export type WorkerSettings = Static<typeof WorkerSettings>;
