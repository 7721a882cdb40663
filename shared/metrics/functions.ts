/** The metrics by function, of the calls that end in this process: at a gateway those of callers, at a worker asynchronous attempts. */
import type { Registry } from 'prom-client';
import { FunctionLabels } from './function-labels.ts';
import { FunctionSeries, lanes, type LaneSeries, resultLabels } from './function-series.ts';
import { registerRead, type Sample } from './read-metric.ts';
import { Tally } from './tally.ts';

const byLane = ['namespace', 'function', 'lane'] as const;

export class FunctionMetrics {
  readonly #functions: FunctionLabels<FunctionSeries>;

  /** @param maxFunctions functions with series of their own */
  constructor(registry: Registry, maxFunctions: number) {
    this.#functions = new FunctionLabels(maxFunctions, (label) => new FunctionSeries(label));
    const invocations = 'bantam_function_invocations_total';
    registerRead(
      registry,
      {
        name: invocations,
        help: 'Invocations that came to an end. code: ok, or the error code; blame: whose error it is, none of an answer; status: of HTTP. Of lane async each attempt counts.',
        type: 'counter',
        labelNames: [...byLane, 'code', 'blame', 'status'],
      },
      () =>
        this.#read((lane, labels) =>
          [...lane.results].map(([result, { count }]) => ({ labels: { ...labels, ...resultLabels(result) }, value: count })),
        ),
    );
    const duration = 'bantam_function_duration_seconds';
    registerRead(
      registry,
      {
        name: duration,
        help: 'Duration of invocations: lane sync from the arrival of the request to the answer, lane async from the claim of an attempt to its reply.',
        type: 'histogram',
        labelNames: byLane,
      },
      () => this.#read((lane, labels) => Tally.sum(lane.results.values()).samples(duration, labels)),
    );
    this.#registerCounter(registry, 'run_seconds', 'Time inside guests, by the clock on the wall.', ({ runUs }) => runUs / 1e6);
    this.#registerCounter(
      registry,
      'cold_starts',
      'Invocations for which the module had to be compiled first.',
      ({ coldStarts }) => coldStarts,
    );
  }

  /**
   * @param name  qualified, of a function that exists
   * @param nowMs monotonic milliseconds
   */
  of(name: string, nowMs: number): FunctionSeries {
    return this.#functions.of(name, nowMs);
  }

  /** @returns all that are counted, by label */
  all(): readonly FunctionSeries[] {
    return this.#functions.values();
  }

  #registerCounter(registry: Registry, thing: string, help: string, value: (lane: LaneSeries) => number): void {
    registerRead(registry, { name: `bantam_function_${thing}_total`, help, type: 'counter', labelNames: byLane }, () =>
      this.#read((lane, labels) => [{ labels, value: value(lane) }]),
    );
  }

  /** @param samples of one function in a lane in which it was called */
  *#read(samples: (lane: LaneSeries, labels: Record<(typeof byLane)[number], string>) => readonly Sample[]): Generator<Sample> {
    for (const series of this.all()) {
      for (const lane of lanes) if (series[lane].results.size > 0) yield* samples(series[lane], { ...series.label, lane });
    }
  }
}
