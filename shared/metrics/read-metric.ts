/** Metrics whose samples are made when Prometheus asks: of what is counted elsewhere, or too often for the ways of prom-client. */
import type { Metric, MetricObject, Registry } from 'prom-client';

export interface Sample {
  /** Where it is not that of the metric: `_bucket`, `_sum` and `_count` of a histogram. */
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

export interface MetricDescription {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** Those of its samples, in order; all of them are on every sample. */
  readonly labelNames: readonly string[];
}

/** What a registry asks of a metric; prom-client's own classes also have the ways to change one. */
export class ReadMetric {
  readonly name: string;
  readonly help: string;
  readonly type: MetricDescription['type'];
  readonly labelNames: readonly string[];
  /** @returns all samples, at most one for each set of labels; they may be taken a few at a time */
  readonly read: () => Iterable<Sample>;

  constructor({ name, help, type, labelNames }: MetricDescription, read: ReadMetric['read']) {
    this.name = name;
    this.help = help;
    this.type = type;
    this.labelNames = labelNames;
    this.read = read;
  }

  /** For prom-client. */
  async get(): Promise<object> {
    const { name, help, type } = this;
    return { name, help, type, aggregator: 'sum', values: [...this.read()] };
  }
}

/** @param read see ReadMetric */
export function registerRead(registry: Registry, description: MetricDescription, read: ReadMetric['read']): void {
  registry.registerMetric(new ReadMetric(description, read) as unknown as Metric);
}

/** A gauge without labels. */
export function registerGauge(registry: Registry, name: string, help: string, value: () => number): void {
  registerRead(registry, { name, help, type: 'gauge', labelNames: [] }, () => [{ labels: {}, value: value() }]);
}

/** @returns name, help, type and labels of all metrics of a registry */
export function describeMetrics(registry: Registry): MetricDescription[] {
  return registry.getMetricsAsArray().map((metric) => {
    // labelNames is left out of prom-client's type of the objects that it gives, and the type, a word, is there a number.
    const { name, help, type, labelNames } = metric as unknown as MetricObject & MetricDescription;
    return { name, help, type, labelNames };
  });
}
