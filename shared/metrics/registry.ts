/** A registry that is read a little at a time: a thousand functions make megabytes of text, and calls must not wait for them. */
import { setImmediate as turn } from 'node:timers/promises';
import { Registry } from 'prom-client';
import { ReadMetric, type Sample } from './read-metric.ts';

/** Some half a millisecond of work. */
const linesPerTurn = 500;

export class PacedRegistry extends Registry {
  /** In Prometheus' text format, version 0.0.4. @see https://prometheus.io/docs/instrumenting/exposition_formats/ */
  override async metrics(): Promise<string> {
    const texts: string[] = [];
    for (const metric of this.getMetricsAsArray() as unknown[]) {
      texts.push(await (metric instanceof ReadMetric ? textOf(metric) : this.getSingleMetricAsString((metric as { name: string }).name)));
      await turn();
    }
    return `${texts.join('\n\n')}\n`;
  }
}

async function textOf(metric: ReadMetric): Promise<string> {
  const { name, help, type } = metric;
  const chunks: string[] = [];
  let lines = [`# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`, `# TYPE ${name} ${type}`];
  for (const sample of metric.read()) {
    lines.push(lineOf(name, sample));
    if (lines.length < linesPerTurn) continue;
    chunks.push(lines.join('\n'));
    lines = [];
    await turn();
  }
  return [...chunks, ...lines].join('\n');
}

function lineOf(name: string, { metricName = name, labels, value }: Sample): string {
  let text = '';
  for (const label in labels) text += `${text === '' ? '' : ','}${label}="${escapeLabel(labels[label] as string | number)}"`;
  return `${metricName}${text === '' ? '' : `{${text}}`} ${textOfNumber(value)}`;
}

function escapeLabel(value: string | number): string | number {
  if (typeof value === 'number' || !/[\\\n"]/.test(value)) return value;
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}

/** Other numbers are written by Prometheus as by JavaScript. */
function textOfNumber(value: number): string {
  return Number.isFinite(value) || Number.isNaN(value) ? String(value) : value > 0 ? '+Inf' : '-Inf';
}
