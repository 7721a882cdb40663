/** What holds in every deployment: each suite takes the running one and defines its tests. */
import type { Deployment } from '../support/deployment.ts';
import { configurationSuite } from './suites/configuration.suite.ts';
import { argumentsSuite } from './suites/arguments.suite.ts';
import { assetsSuite } from './suites/assets.suite.ts';
import { asyncSuite } from './suites/async.suite.ts';
import { callbacksSuite } from './suites/callbacks.suite.ts';
import { conformanceSuite } from './suites/conformance.suite.ts';
import { eventsSuite } from './suites/events.suite.ts';
import { examplesSuite } from './suites/examples.suite.ts';
import { instancesSuite } from './suites/instances.suite.ts';
import { invocationSuite } from './suites/invocation.suite.ts';
import { listingSuite } from './suites/listing.suite.ts';
import { loadSuite } from './suites/load.suite.ts';
import { logsSuite } from './suites/logs.suite.ts';
import { metricsSuite } from './suites/metrics.suite.ts';
import { namesSuite } from './suites/names.suite.ts';
import { namespaceLanesSuite } from './suites/namespace-lanes.suite.ts';
import { namespacesSuite } from './suites/namespaces.suite.ts';
import { publishSuite } from './suites/publish.suite.ts';
import { refusalsSuite } from './suites/refusals.suite.ts';
import { releasesSuite } from './suites/releases.suite.ts';
import { schedulesSuite } from './suites/schedules.suite.ts';
import { secretsSuite } from './suites/secrets.suite.ts';
import { systemSuite } from './suites/system.suite.ts';
import { trapsSuite } from './suites/traps.suite.ts';
import { uploadLimitsSuite } from './suites/upload-limits.suite.ts';
import { valuesSuite } from './suites/values.suite.ts';

/** @param deployment the running one; there once the tests run */
export type Suite = (deployment: () => Deployment) => void;

export const suites: readonly Suite[] = [
  systemSuite,
  metricsSuite,
  publishSuite,
  uploadLimitsSuite,
  refusalsSuite,
  namesSuite,
  namespacesSuite,
  namespaceLanesSuite,
  configurationSuite,
  assetsSuite,
  listingSuite,
  releasesSuite,
  eventsSuite,
  asyncSuite,
  callbacksSuite,
  logsSuite,
  schedulesSuite,
  secretsSuite,
  valuesSuite,
  argumentsSuite,
  invocationSuite,
  instancesSuite,
  trapsSuite,
  examplesSuite,
  conformanceSuite,
  loadSuite,
];
