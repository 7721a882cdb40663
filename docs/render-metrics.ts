/** docs/metrics.md: our metrics, by the process that has them. Node's own are named only. */
import { type MetricObject, Registry } from 'prom-client';
import { GatewayMetrics, WorkerMetrics } from '../shared/metrics.ts';
import { generatedFrom, markdownTable } from './markdown.ts';

const introduction = `# Metrics

In Prometheus' text format: the gateway and the embedded server at \`/metrics\` of their port, a worker at \`/metrics\` of its own port (BANTAM_WORKER_PORT). The
embedded server has those of both. Besides these, every process has the metrics of Node.js that prom-client collects (\`process_*\`, \`nodejs_*\`).`;

export async function renderMetrics(): Promise<string> {
  const gateway = new Registry();
  void new GatewayMetrics(gateway, () => ({ inFlight: 0, queueDepth: 0, workers: 0 }));
  const worker = new Registry();
  void new WorkerMetrics(worker, () => ({ booting: 0, idle: 0, busy: 0, long: 0 }));
  const tables = [`## Gateway\n\n${table(gateway)}`, `## Worker\n\n${table(worker)}`];
  return `${generatedFrom('shared/metrics.ts')}\n\n${introduction}\n\n${tables.join('\n\n')}\n`;
}

function table(registry: Registry): string {
  // labelNames is left out of prom-client's type of the objects that it gives.
  const metrics = registry.getMetricsAsArray() as (MetricObject & { readonly labelNames: readonly string[] })[];
  const rows = metrics.map(({ name, type, labelNames, help }) => [
    `\`${name}\``,
    String(type),
    labelNames.map((label) => `\`${label}\``).join(', '),
    help,
  ]);
  return markdownTable(['Metric', 'Type', 'Labels', 'What it counts'], rows);
}
