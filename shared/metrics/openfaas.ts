/**
 * The metrics of calls under the names that OpenFaaS gives them, for dashboards that were made for it.
 * @see https://docs.openfaas.com/architecture/metrics/ and gateway/metrics/metrics.go of openfaas/faas
 */
import type { Registry } from 'prom-client';
import type { FunctionMetrics } from './functions.ts';
import { resultLabels, type FunctionSeries } from './function-series.ts';
import { registerRead, type Sample } from './read-metric.ts';
import { Tally } from './tally.ts';

/** Seconds: the usual ones of Prometheus' client for Go, which are its. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** @param replicas of any function: here all workers run all of them */
export function registerOpenFaas(registry: Registry, functions: FunctionMetrics, replicas: () => number): void {
  function* read(samples: (series: FunctionSeries, labels: { readonly function_name: string }) => readonly Sample[]): Generator<Sample> {
    for (const series of functions.all()) yield* samples(series, { function_name: series.label.function });
  }

  registerRead(
    registry,
    {
      name: 'gateway_function_invocation_total',
      help: 'As in OpenFaaS: calls answered, by HTTP status.',
      type: 'counter',
      labelNames: ['function_name', 'code'],
    },
    () => read((series, labels) => byStatus(series).map(([code, { count }]) => ({ labels: { ...labels, code }, value: count }))),
  );
  const duration = 'gateway_functions_seconds';
  registerRead(
    registry,
    {
      name: duration,
      help: 'As in OpenFaaS: duration of calls, by HTTP status.',
      type: 'histogram',
      labelNames: ['function_name', 'code'],
    },
    () => read((series, labels) => byStatus(series).flatMap(([code, tally]) => tally.samples(duration, { ...labels, code }, buckets))),
  );
  registerRead(
    registry,
    {
      name: 'gateway_function_invocation_started',
      help: 'As in OpenFaaS: calls begun.',
      type: 'counter',
      labelNames: ['function_name'],
    },
    () => read((series, labels) => [{ labels, value: series.sync.started }]),
  );
  registerRead(
    registry,
    {
      name: 'gateway_service_count',
      help: 'As in OpenFaaS: replicas of a function. Here every worker runs every function, so these are the workers.',
      type: 'gauge',
      labelNames: ['function_name'],
    },
    () => read((_series, labels) => [{ labels, value: replicas() }]),
  );
}

/** Different errors may have the same status. */
function byStatus({ sync }: FunctionSeries): [status: number, Tally][] {
  const results = Map.groupBy(sync.results, ([result]) => resultLabels(result).status);
  return [...results].map(([status, entries]) => [status, Tally.sum(entries.map(([, tally]) => tally))]);
}
