/** Where the time of invocations goes, by phase; all functions together, for a histogram of each would be more than a scrape should carry. */
import type { Registry } from 'prom-client';
import type { Timing } from '../../contracts/invocation.ts';
import { type Lane, lanes } from './function-series.ts';
import { registerRead } from './read-metric.ts';
import { Tally } from './tally.ts';

/** Of one lane. */
export class LanePhases {
  readonly #admission = new Tally();
  readonly #queue = new Tally();
  readonly #load = new Tally();
  readonly #compile = new Tally();
  readonly #instantiate = new Tally();
  readonly #run = new Tally();
  readonly #total = new Tally();
  /** Loading, of cold starts. */
  readonly coldStarts = new Tally();

  /** A call was let in. @param tookUs since its arrival */
  admitted(tookUs: number): void {
    this.#admission.add(tookUs / 1e6);
  }

  /** An executor replied. @param tookUs since the call was handed over */
  replied({ loadUs, compileUs, runUs }: Timing, tookUs: number): void {
    this.#queue.add((tookUs - loadUs - runUs) / 1e6);
    this.#load.add(loadUs / 1e6);
    this.#instantiate.add((loadUs - (compileUs ?? 0)) / 1e6);
    this.#run.add(runUs / 1e6);
    if (compileUs === undefined) return;
    this.#compile.add(compileUs / 1e6);
    this.coldStarts.add(loadUs / 1e6);
  }

  /** The call came to an end. @param tookUs since its arrival */
  ended(tookUs: number): void {
    this.#total.add(tookUs / 1e6);
  }

  /** @returns the phases that invocations of this lane have */
  of(lane: Lane): readonly (readonly [phase: string, tally: Tally])[] {
    return [
      ...(lane === 'sync' ? [['admission', this.#admission] as const] : []),
      ['queue', this.#queue],
      ['load', this.#load],
      ['compile', this.#compile],
      ['instantiate', this.#instantiate],
      ['run', this.#run],
      ['total', this.#total],
    ];
  }
}

export class PhaseMetrics {
  readonly sync = new LanePhases();
  readonly async = new LanePhases();

  constructor(registry: Registry) {
    const name = 'bantam_invocation_phase_seconds';
    registerRead(
      registry,
      {
        name,
        help: 'Duration of invocations by phase: admission (at the gateway, lane sync only), queue (to the executor and back), load, which is compile (of cold starts only) and instantiate (short where an instance was made ahead), run (inside the guest), total.',
        type: 'histogram',
        labelNames: ['lane', 'phase'],
      },
      () => lanes.flatMap((lane) => this[lane].of(lane).flatMap(([phase, tally]) => tally.samples(name, { lane, phase }))),
    );
    const coldStart = 'bantam_invocation_cold_start_seconds';
    registerRead(
      registry,
      {
        name: coldStart,
        help: 'Time that loading took where the module had to be compiled first.',
        type: 'histogram',
        labelNames: ['lane'],
      },
      () => lanes.flatMap((lane) => this[lane].coldStarts.samples(coldStart, { lane })),
    );
  }
}
