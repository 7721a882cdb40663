/** The metrics of a gateway: what it lets in, what waits behind it, what is published and released at it. */
import { Counter, type Registry } from 'prom-client';
import type { ErrorCode } from '../../contracts/errors.ts';
import { releaseReasons, type Release } from '../../contracts/release.ts';
import { registerGauge } from './read-metric.ts';

/** Read when Prometheus asks. */
export interface GatewayGauges {
  /** Invocations in flight at this gateway. */
  readonly inFlight: number;
  /** Of the lane, as last seen. */
  readonly queueDepth: number;
  /** Milliseconds. */
  readonly oldestMs: number;
  /** Workers that can take invocations, as last seen. */
  readonly workers: number;
  readonly eventStreams: number;
}

/** Those that an operator looks for; others appear when they occur. */
const usualRefusals: readonly ErrorCode[] = ['FUNCTION_NOT_FOUND', 'FUNCTION_BUSY', 'QUEUE_FULL', 'NO_WORKER', 'ASYNC_BACKLOG_FULL'];

export class GatewayMetrics {
  readonly #refused: Counter<'code'>;
  readonly #publishes: Counter<'outcome'>;
  readonly #releases: Counter<'reason'>;

  constructor(registry: Registry, read: () => GatewayGauges) {
    const registers = [registry];
    this.#refused = new Counter({
      name: 'bantam_gateway_refused_total',
      help: 'Calls refused before any worker heard of them, by error code: by admission, quotas and keys, or for what is wrong with them.',
      labelNames: ['code'],
      registers,
    });
    for (const code of usualRefusals) this.#refused.inc({ code }, 0);
    this.#publishes = new Counter({
      name: 'bantam_gateway_publishes_total',
      help: 'Publishes, by outcome: created, unchanged or the error code.',
      labelNames: ['outcome'],
      registers,
    });
    this.#releases = new Counter({
      name: 'bantam_gateway_releases_total',
      help: 'Aliases moved by this gateway otherwise than by a publish, by reason; guard: a release took itself back.',
      labelNames: ['reason'],
      registers,
    });
    for (const reason of releaseReasons) if (reason !== 'publish' && reason !== 'migration') this.#releases.inc({ reason }, 0);
    const gauge = (name: string, help: string, value: (gauges: GatewayGauges) => number): void =>
      registerGauge(registry, name, help, () => value(read()));
    gauge('bantam_gateway_in_flight_invocations', 'Invocations in flight at this gateway.', ({ inFlight }) => inFlight);
    gauge('bantam_gateway_event_streams', 'Event streams open at this gateway.', ({ eventStreams }) => eventStreams);
    gauge(
      'bantam_queue_depth_messages',
      'Invocations in the synchronous lane, waiting or running, as last seen.',
      ({ queueDepth }) => queueDepth,
    );
    gauge(
      'bantam_queue_oldest_seconds',
      'How long the oldest call of the synchronous lane has waited for a worker, as last seen.',
      ({ oldestMs }) => oldestMs / 1_000,
    );
    gauge('bantam_queue_workers', 'Workers that can take invocations, as last seen.', ({ workers }) => workers);
  }

  refused(code: ErrorCode): void {
    this.#refused.inc({ code });
  }

  /** @param outcome created, unchanged or an error code */
  published(outcome: string): void {
    this.#publishes.inc({ outcome });
  }

  released({ reason }: Pick<Release, 'reason'>): void {
    this.#releases.inc({ reason });
  }
}
