/** What stores and engine are told to do comes through, and is counted only when it came about. */
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { countDeliveries, countInvocations, countMissing, countTicks, countWorkers } from '../../../gateway/async/counted.ts';
import type { AsyncProducer } from '../../../queue/async/port.ts';
import type { DeliveryStore } from '../../../registry/deliveries.ts';
import type { AttemptEnd, InvocationStore, NewInvocation, WorkerStore } from '../../../registry/invocations/port.ts';
import type { ScheduleStore } from '../../../registry/schedules.ts';
import { AsyncMetrics } from '../../../shared/metrics/async.ts';
import { ProcessMetrics } from '../../../shared/metrics/process.ts';
import { parseMetrics } from '../../support/prometheus.ts';

let all: ProcessMetrics;
let metrics: AsyncMetrics;

beforeEach(() => {
  all = new ProcessMetrics({ version: '', maxFunctions: 1 });
  metrics = new AsyncMetrics(all.registry, () => ({ leading: false, census: undefined }));
});

async function read(name: string, ...values: string[]): Promise<(number | undefined)[]> {
  const samples = parseMetrics(await all.registry.metrics());
  return values.length === 0 ? [samples.get(name)] : values.map((value) => samples.get(`${name}${value}`));
}

test('what is accepted for the first time counts', async () => {
  const store = countInvocations(
    {
      accept: async () => [
        { kind: 'accepted', id: '1', created: true },
        { kind: 'accepted', id: '2', created: false },
        { kind: 'conflict' },
        { kind: 'gone' },
      ],
    } as Partial<InvocationStore> as InvocationStore,
    metrics,
    all.attempts,
  );
  assert.equal((await store.accept([] as NewInvocation[])).length, 4);
  assert.deepEqual(await read('bantam_async_accepted_total'), [1]);
});

test('ends that were still in force count, by what follows', async () => {
  const counts = { tries: 1, losses: 0, crashes: 0 };
  const end = (id: string, verdict: AttemptEnd['verdict']): AttemptEnd => ({
    id,
    attempt: 1,
    from: 'running',
    verdict,
    outcome: { failure: { code: 'INTERNAL', detail: '', extra: undefined } },
    destinations: [],
  });
  const store = countInvocations(
    { end: async (ends) => new Set(ends.map(({ id }) => id).filter((id) => id !== 'late')) } as Partial<InvocationStore> as InvocationStore,
    metrics,
    all.attempts,
  );
  await store.end([
    end('1', { ...counts, status: 'succeeded' }),
    end('2', { ...counts, status: 'queued', delayMs: 0 }),
    end('3', { ...counts, status: 'dead', reason: 'age' }),
    end('late', { ...counts, status: 'dead', reason: 'age' }),
  ]);
  const outcomes = ['succeeded', 'failed', 'retried', 'dead'].map((outcome) => `{outcome="${outcome}"}`);
  assert.deepEqual(await read('bantam_async_attempts_total', ...outcomes), [1, 0, 1, 1]);
  assert.deepEqual(await read('bantam_async_dead_letters_total', '{reason="age"}', '{reason="attempts"}'), [1, 0]);
});

test('attempts that the engine misses count as brought back, workers that were given up as lost', async () => {
  const engine = countMissing({ missing: async (attempts) => attempts.slice(1) } as Partial<AsyncProducer> as AsyncProducer, metrics);
  assert.equal((await engine.missing([1, 2, 3].map((attempt) => ({ id: '1', attempt })))).length, 2);
  assert.deepEqual(await read('bantam_async_requeued_total'), [2]);
  const workers = countWorkers({ giveUp: async (id) => id === 'silent' } as Partial<WorkerStore> as WorkerStore, metrics);
  assert.deepEqual([await workers.giveUp('silent', '1'), await workers.giveUp('alive', '1')], [true, false]);
  assert.deepEqual(await read('bantam_async_lost_workers_total'), [1]);
});

test('deliveries count by how they went', async () => {
  const nothing = async (): Promise<void> => {};
  const store = countDeliveries({ delivered: nothing, failed: nothing } as Partial<DeliveryStore> as DeliveryStore, metrics);
  await store.delivered('1');
  await store.failed({ id: '2', attempt: 1 }, 'refused', 5);
  await store.failed({ id: '2', attempt: 2 }, 'refused', 5);
  await store.failed({ id: '2', attempt: 3 }, 'refused', undefined);
  const outcomes = ['delivered', 'retried', 'dead'].map((outcome) => `{outcome="${outcome}"}`);
  assert.deepEqual(await read('bantam_async_deliveries_total', ...outcomes), [1, 2, 1]);
});

test('ticks count by what became of them, once', async () => {
  const store = countTicks(
    { settle: async (ends) => ends.map(({ name }) => name !== 'settled before') } as Partial<ScheduleStore> as ScheduleStore,
    metrics,
  );
  const tick = { tick: new Date(0), nextAt: undefined };
  await store.settle([
    { ...tick, name: 'a', outcome: { invocation: '1' } },
    { ...tick, name: 'b', outcome: { reason: 'overlap' } },
    { ...tick, name: 'c', outcome: { reason: 'missed' } },
    { ...tick, name: 'settled before', outcome: { invocation: '2' } },
  ]);
  const outcomes = ['run', 'missed', 'overlap', 'error'].map((outcome) => `{outcome="${outcome}"}`);
  assert.deepEqual(await read('bantam_schedule_ticks_total', ...outcomes), [1, 1, 1, 0]);
});
