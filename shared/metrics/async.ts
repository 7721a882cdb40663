/** The metrics of a gateway's part of the asynchronous lane: what it accepts, finds again, tells of, and runs by schedule. */
import { Counter, type Registry } from 'prom-client';
import { registerGauge, registerRead } from './read-metric.ts';

/** What the record holds, as the leading gateway last counted it. */
export interface AsyncCensus {
  readonly queued: number;
  readonly running: number;
  readonly dead: number;
  /** Seconds for which the attempt that is due for the longest has been due; 0 when none is. */
  readonly oldestDueSeconds: number;
  readonly pendingDeliveries: number;
  readonly workers: number;
}

export interface AsyncGauges {
  readonly leading: boolean;
  /** Undefined at gateways that do not lead. */
  readonly census: AsyncCensus | undefined;
}

const deliveryOutcomes = ['delivered', 'retried', 'dead'] as const;
const ticks = ['run', 'missed', 'overlap', 'error'] as const;

export class AsyncMetrics {
  readonly #accepted: Counter;
  readonly #requeued: Counter;
  readonly #lostWorkers: Counter;
  readonly #deliveries: Counter<'outcome'>;
  readonly #ticks: Counter<'outcome'>;

  constructor(registry: Registry, read: () => AsyncGauges) {
    const registers = [registry];
    this.#accepted = new Counter({
      name: 'bantam_async_accepted_total',
      help: 'Asynchronous invocations accepted by this gateway.',
      registers,
    });
    this.#requeued = new Counter({
      name: 'bantam_async_requeued_total',
      help: 'Attempts that the queue had lost and the leading gateway brought back.',
      registers,
    });
    this.#lostWorkers = new Counter({
      name: 'bantam_async_lost_workers_total',
      help: 'Workers given up by the leading gateway; their attempts are repeated.',
      registers,
    });
    this.#deliveries = new Counter({
      name: 'bantam_async_deliveries_total',
      help: 'Attempts to tell a destination of an end. outcome: delivered, retried, dead.',
      labelNames: ['outcome'],
      registers,
    });
    for (const outcome of deliveryOutcomes) this.#deliveries.inc({ outcome }, 0);
    this.#ticks = new Counter({
      name: 'bantam_schedule_ticks_total',
      help: 'Ticks of schedules. outcome: run, or why not: missed, overlap, error.',
      labelNames: ['outcome'],
      registers,
    });
    for (const outcome of ticks) this.#ticks.inc({ outcome }, 0);
    registerGauge(registry, 'bantam_async_leading', '1 at the gateway that leads: it keeps the record and runs schedules.', () =>
      read().leading ? 1 : 0,
    );
    registerCensus(registry, () => read().census);
  }

  accepted(count: number): void {
    this.#accepted.inc(count);
  }

  requeued(count: number): void {
    this.#requeued.inc(count);
  }

  workerLost(): void {
    this.#lostWorkers.inc();
  }

  delivered(outcome: (typeof deliveryOutcomes)[number]): void {
    this.#deliveries.inc({ outcome });
  }

  ticked(outcome: (typeof ticks)[number]): void {
    this.#ticks.inc({ outcome });
  }
}

/** Gateways that do not lead have no samples of these: a sum over all gateways is what the leading one says. */
function registerCensus(registry: Registry, read: () => AsyncCensus | undefined): void {
  registerRead(
    registry,
    {
      name: 'bantam_async_invocations',
      help: 'Asynchronous invocations in the record by status: queued, running, dead (dead letters). At the leading gateway.',
      type: 'gauge',
      labelNames: ['status'],
    },
    () => {
      const census = read();
      return census === undefined
        ? []
        : (['queued', 'running', 'dead'] as const).map((status) => ({ labels: { status }, value: census[status] }));
    },
  );
  const gauge = (name: string, help: string, value: (census: AsyncCensus) => number): void =>
    registerRead(registry, { name, help: `${help} At the leading gateway.`, type: 'gauge', labelNames: [] }, () => {
      const census = read();
      return census === undefined ? [] : [{ labels: {}, value: value(census) }];
    });
  gauge(
    'bantam_async_oldest_due_seconds',
    'How long the attempt that is due for the longest has been due.',
    (census) => census.oldestDueSeconds,
  );
  gauge('bantam_async_pending_deliveries', 'Destinations still to be told of an end.', (census) => census.pendingDeliveries);
  gauge('bantam_async_workers', 'Workers that take asynchronous invocations.', (census) => census.workers);
}
