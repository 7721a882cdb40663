/** Adding without HTTP: callers of which each waits for its answer before it adds again. */
import type { QueueEvents } from 'bullmq';

type Add = () => Promise<string>;

/** @returns a report in the shape of bench/load/report.ts */
export async function addFor(add: Add, callers: number, seconds: number): Promise<object> {
  const latenciesUs: number[] = [];
  const beganMs = performance.now();
  const endAtMs = beganMs + seconds * 1_000;
  await inParallel(callers, async () => {
    for (let sentMs = performance.now(); sentMs < endAtMs;) {
      await add();
      const answeredMs = performance.now();
      latenciesUs.push((answeredMs - sentMs) * 1_000);
      sentMs = answeredMs;
    }
  });
  const durationUs = Math.round((performance.now() - beganMs) * 1_000);
  const sorted = Float64Array.from(latenciesUs).toSorted();
  const percentile = (share: number): number => Math.round(sorted[Math.floor(sorted.length * share)] ?? 0);
  return { completed: sorted.length, failed: 0, socketErrors: 0, durationUs, p50Us: percentile(0.5), p99Us: percentile(0.99) };
}

/** @returns a report in the shape of bench/load/amount.ts */
export async function addMany(add: Add, callers: number, count: number): Promise<object> {
  let left = count;
  let firstAtMs: number | undefined;
  await inParallel(callers, async () => {
    while (left-- > 0) {
      await add();
      firstAtMs ??= Date.now();
    }
  });
  return { accepted: count, firstAtMs };
}

/** @returns milliseconds from the answer to `add` until the producer hears of the end, one by one at an even pace */
export async function latenciesOf(add: Add, events: QueueEvents, perSecond: number, count: number): Promise<number[]> {
  const endedAtMs = new Map<string, number>();
  const all = Promise.withResolvers<void>();
  events.on('completed', ({ jobId }) => {
    endedAtMs.set(jobId, performance.now());
    if (endedAtMs.size === count) all.resolve();
  });
  const added: { id: string; atMs: number }[] = [];
  const beganMs = performance.now();
  for (let i = 0; i < count; i++) {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, beganMs + (i * 1_000) / perSecond - performance.now())));
    added.push({ id: await add(), atMs: performance.now() });
  }
  await all.promise;
  // The end of one may be heard before the answer to its `add`.
  return added.map(({ id, atMs }) => Math.max(0, (endedAtMs.get(id) ?? NaN) - atMs));
}

async function inParallel(callers: number, caller: () => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: callers }, caller));
}
