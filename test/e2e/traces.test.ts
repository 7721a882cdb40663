/** Traces, in both deployments: with a collector, and without one. */
import { after, before, describe } from 'node:test';
import { type Deployment, startCluster, startEmbedded } from '../support/deployment.ts';
import { OtlpCollector } from '../support/otlp-collector.ts';
import { usePostgres } from '../support/postgres.ts';
import { environment } from './environment.ts';
import { tracesSuite } from './suites/traces.suite.ts';

const starts: Readonly<Record<Deployment['name'], (env: Readonly<Record<string, string>>) => Promise<Deployment>>> = {
  embedded: startEmbedded,
  cluster: (env) => startCluster(postgres, env),
};

let collector: OtlpCollector | undefined;
const deployments: Deployment[] = [];

// Before the end of Postgres: hooks run in the order they are given.
after(() => Promise.all(deployments.map((deployment) => deployment.stop())));
const postgres = usePostgres();
after(() => collector?.close());

for (const name of ['embedded', 'cluster'] as const)
  for (const collecting of [true, false])
    describe(`${name}${collecting ? ', with a collector' : ''}`, () => {
      let running: Deployment | undefined;
      const deployment = (): Deployment => there(running);
      before(async () => {
        collector ??= await OtlpCollector.start();
        running = await starts[name]({ ...environment, ...(collecting && { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }) });
        deployments.push(running);
      });
      tracesSuite(deployment, collecting ? () => there(collector) : undefined);
    });

function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('it did not start');
  return value;
}
