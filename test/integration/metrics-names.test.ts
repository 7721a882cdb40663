/** Callers choose names; series they must not be able to make. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import Fastify from 'fastify';
import type { FunctionVersion } from '../../contracts/function.ts';
import { Dispatch } from '../../gateway/invoke/dispatch.ts';
import { Resolver } from '../../gateway/invoke/resolver.ts';
import problems from '../../gateway/plugins/problems.ts';
import { invokeRoutes } from '../../gateway/routes/invoke.ts';
import { createLocalQueue } from '../../queue/local.ts';
import { registerOpenFaas } from '../../shared/metrics/openfaas.ts';
import { ProcessMetrics } from '../../shared/metrics/process.ts';
import { parseMetrics } from '../support/prometheus.ts';

const limits = { timeoutMs: 1_000, memoryBytes: 65_536, concurrency: 10 };
const version: Omit<FunctionVersion, 'name'> = {
  version: 1,
  digest: 'd',
  sizeBytes: 1,
  kind: 'component-http',
  entry: 'wasi:http/incoming-handler',
  exports: [],
  needs: [],
  config: {},
  limits,
  createdAt: '2026-01-01T00:00:00Z',
};
const maxFunctions = 3;

const app = Fastify();
const metrics = new ProcessMetrics({ version: '', maxFunctions });

before(async () => {
  // Functions are those whose name begins with "f".
  const resolver = new Resolver({
    route: async (name, alias) =>
      name.startsWith('f')
        ? { alias, release: '', shares: [{ version: { ...version, name }, weight: 1 }], sticky: undefined, guard: undefined }
        : undefined,
    version: async () => undefined,
  });
  registerOpenFaas(metrics.registry, metrics.functions, () => 1);
  await app.register(problems);
  const dispatch = new Dispatch({
    resolver,
    queue: createLocalQueue().producer,
    maxQueueDepth: 10,
    onRefused: () => {},
    phases: metrics.phases.sync,
  });
  await app.register(async (scope) =>
    invokeRoutes(scope, { dispatch, maxBodyBytes: 10, metrics, failures: { tell: () => {} }, traces: undefined, onOutcome: () => {} }),
  );
});
after(() => app.close());

/** @returns the status of a call that no worker takes, or that finds no function */
async function call(reference: string): Promise<number> {
  return (await app.inject(`/fn/${reference}`)).statusCode;
}

async function samples(): Promise<Map<string, number>> {
  return parseMetrics(await metrics.registry.metrics());
}

test('10,000 names of no function make no series', async () => {
  assert.equal(await call('f1'), 503);
  const earlier = await samples();
  for (let i = 0; i < 10_000; i++) assert.equal(await call(`nobody-${i}`), 404);
  assert.deepEqual(await samples(), earlier);
});

test('a function has series of its own, those beyond the limit one together', async () => {
  for (const name of ['f1', 'f2', 'f3', 'f4', 'f5']) assert.equal(await call(name), 503);
  const counted = [...(await samples())].filter(([sample]) => sample.startsWith('gateway_function_invocation_total'));
  assert.deepEqual(counted, [
    ['gateway_function_invocation_total{function_name="f1",code="503"}', 2],
    ['gateway_function_invocation_total{function_name="f2",code="503"}', 1],
    ['gateway_function_invocation_total{function_name="f3",code="503"}', 1],
    ['gateway_function_invocation_total{function_name="other",code="503"}', 2],
  ]);
});
