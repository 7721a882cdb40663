/** docs/metrics.md: our metrics, by the process that has them. Node's own are named only. */
import { Registry } from 'prom-client';
import { AsyncMetrics } from '../shared/metrics/async.ts';
import { GatewayMetrics } from '../shared/metrics/gateway.ts';
import { registerOpenFaas } from '../shared/metrics/openfaas.ts';
import { ProcessMetrics, registerReadiness } from '../shared/metrics/process.ts';
import { describeMetrics } from '../shared/metrics/read-metric.ts';
import { WorkerMetrics } from '../shared/metrics/worker.ts';
import { generatedFrom, markdownTable } from './markdown.ts';

const introduction = `# Metrics

In Prometheus' text format: the gateway and the embedded server at \`/metrics\` of their port, a worker at \`/metrics\` of its own port (BANTAM_WORKER_PORT). The
embedded server has those of both. Besides these, every process has the metrics of Node.js that prom-client collects (\`process_*\`, \`nodejs_*\`).

Durations are in seconds; the buckets of histograms go from 50 us to 60 s. Labels have closed sets of values. \`function\` is the name of a function with its
namespace where that is not the default one (\`fib\`, \`fib.team\`), \`namespace\` its namespace. Functions that are called get a value of their own, up to
BANTAM_METRICS_FUNCTIONS at each process; the others are counted together with \`function="other"\` and \`namespace="other"\`. A function that is not called
for an hour gives its place up when another needs one. Names of functions that do not exist are in no label.`;

const openFaasNote = 'With the names and labels of OpenFaaS, for dashboards that were made for it. They tell of synchronous calls.';

/** Fills registries as the processes do, with nothing behind them: they are described, never read. */
export function metricTables(): readonly { readonly title: string; readonly note?: string; readonly registry: Registry }[] {
  const common = new ProcessMetrics({ version: '', maxFunctions: 0 });
  common.postgres.watch({ totalCount: 0, idleCount: 0, waitingCount: 0 });
  registerReadiness(common.registry, () => ({}));
  const [gateway, openFaas, worker] = [new Registry(), new Registry(), new Registry()];
  void new GatewayMetrics(gateway, unread);
  void new AsyncMetrics(gateway, unread);
  registerOpenFaas(openFaas, common.functions, () => 0);
  void new WorkerMetrics(worker, unread);
  return [
    { title: 'Every process', registry: common.registry },
    { title: 'Gateway', registry: gateway },
    { title: 'Gateway, as OpenFaaS', note: openFaasNote, registry: openFaas },
    { title: 'Worker', registry: worker },
  ];
}

export function renderMetrics(): string {
  const sections = metricTables().map(
    ({ title, note, registry }) => `## ${title}\n\n${note === undefined ? '' : `${note}\n\n`}${table(registry)}`,
  );
  return `${generatedFrom('shared/metrics/')}\n\n${introduction}\n\n${sections.join('\n\n')}\n`;
}

function unread(): never {
  throw new Error('metrics are described here, not read');
}

function table(registry: Registry): string {
  const rows = describeMetrics(registry).map(({ name, type, labelNames, help }) => [
    `\`${name}\``,
    type,
    labelNames.map((label) => `\`${label}\``).join(', '),
    help,
  ]);
  return markdownTable(['Metric', 'Type', 'Labels', 'What it counts'], rows);
}
