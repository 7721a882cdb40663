/** The stores and the engine of a gateway's part of the asynchronous lane, as they are but counted. */
import type { AsyncProducer } from '../../queue/async/port.ts';
import type { DeliveryStore } from '../../registry/deliveries.ts';
import { countEnds } from '../../registry/invocations/counted.ts';
import type { InvocationStore, WorkerStore } from '../../registry/invocations/port.ts';
import type { ScheduleStore } from '../../registry/schedules.ts';
import type { AsyncMetrics } from '../../shared/metrics/async.ts';
import type { AttemptMetrics } from '../../shared/metrics/attempts.ts';

export function countInvocations(store: InvocationStore, metrics: AsyncMetrics, attempts: AttemptMetrics): InvocationStore {
  return {
    ...countEnds(store, (verdict) => attempts.ended(verdict)),
    async accept(invocations) {
      const acceptances = await store.accept(invocations);
      metrics.accepted(acceptances.filter((acceptance) => acceptance.kind === 'accepted' && acceptance.created).length);
      return acceptances;
    },
  };
}

export function countWorkers(workers: WorkerStore, metrics: AsyncMetrics): WorkerStore {
  return {
    ...workers,
    async giveUp(worker, beats) {
      const given = await workers.giveUp(worker, beats);
      if (given) metrics.workerLost();
      return given;
    },
  };
}

/** Of the engine that the keeper asks: what it misses there, it brings back. */
export function countMissing(engine: AsyncProducer, metrics: AsyncMetrics): Pick<AsyncProducer, 'enqueue' | 'missing' | 'ready'> {
  return {
    enqueue: (attempts) => engine.enqueue(attempts),
    ready: () => engine.ready(),
    async missing(attempts) {
      const missing = await engine.missing(attempts);
      metrics.requeued(missing.length);
      return missing;
    },
  };
}

export function countDeliveries(deliveries: DeliveryStore, metrics: AsyncMetrics): DeliveryStore {
  return {
    ...deliveries,
    async delivered(id) {
      await deliveries.delivered(id);
      metrics.delivered('delivered');
    },
    async failed(delivery, detail, delayMs) {
      await deliveries.failed(delivery, detail, delayMs);
      metrics.delivered(delayMs === undefined ? 'dead' : 'retried');
    },
  };
}

export function countTicks(schedules: ScheduleStore, metrics: AsyncMetrics): ScheduleStore {
  return {
    ...schedules,
    async settle(ends) {
      const settled = await schedules.settle(ends);
      ends.forEach(({ outcome }, i) => {
        if (settled[i] === true) metrics.ticked('invocation' in outcome ? 'run' : outcome.reason);
      });
      return settled;
    },
  };
}
