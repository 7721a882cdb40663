/** What the keeper mends: attempts that the engine lost, workers that fell silent, invocations that grew too old, what is kept for too long. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test, type TestContext } from 'node:test';
import { Keeper, type KeeperOptions } from '../../gateway/async/keeper.ts';
import type { RetentionBounds } from '../../registry/invocations/port.ts';
import { answered, type AsyncLane, openAsyncLane, runFirst, TestEngine } from '../support/async-lane.ts';
import { eventually } from '../support/eventually.ts';
import { usePostgres } from '../support/postgres.ts';

const postgres = usePostgres();
const patient = { timeoutMs: 15_000 };
const day = 86_400_000;
const bounds: RetentionBounds = {
  resultAgeMs: day,
  resultBytes: 1_000_000_000,
  deadLetterAgeMs: day,
  idempotencyAgeMs: day,
  eventAgeMs: day,
  logAgeMs: day,
};

let lane: AsyncLane;
before(async () => {
  lane = await openAsyncLane(postgres);
  await lane.publish('plain');
  await lane.publish('mourned', { async: { onFailure: { function: 'plain' } } });
});
after(() => lane.close());

interface Kept {
  readonly engine: TestEngine;
  readonly warnings: string[];
}

/** A keeper with an engine of its own, until the test ends. */
function keep(t: TestContext, options: Partial<KeeperOptions> = {}): Kept {
  const engine = new TestEngine();
  const warnings: string[] = [];
  const keeper = new Keeper({
    store: lane.store,
    workers: lane.workers,
    engine,
    secrets: { sweep: () => Promise.resolve(0) },
    version: (name, version) => lane.registry.version(name, version),
    leader: { leading: true },
    bounds,
    log: { warn: (_fields: object, message?: string) => warnings.push(message ?? '') },
    ...options,
  });
  t.after(() => keeper.close());
  return { engine, warnings };
}

/** A worker that has begun the first attempts of these, and beats while `beating` says so. */
async function workOn(t: TestContext, ids: readonly string[], beating: () => boolean): Promise<string> {
  const worker = randomUUID();
  await lane.workers.join(worker, 'test');
  await lane.store.claim(
    worker,
    ids.map((id) => ({ id, attempt: 0 })),
  );
  const timer = setInterval(() => {
    if (beating()) void lane.workers.beat(worker, ids);
  }, 200);
  t.after(async () => {
    clearInterval(timer);
    await lane.workers.leave(worker);
  });
  return worker;
}

test('brings back to the engine all that is due and lost, page after page, and leaves alone what it has', async (t) => {
  const ids = await lane.accept('plain', 2_500);
  const later = await lane.accept('plain', 1, { delayMs: 60_000 });
  const { engine } = keep(t);
  await eventually(() => ids.every((id) => engine.attempts.has(id)), patient);
  assert.deepEqual(engine.attempts.get(ids[0] ?? ''), { id: ids[0], attempt: 0, delayMs: 0 });
  assert.equal(engine.attempts.has(later[0] ?? ''), false);
  // Once more: pages that come round again do so from the oldest on.
  engine.attempts.clear();
  await eventually(() => ids.every((id) => engine.attempts.has(id)), patient);
  await runFirst(lane, await workOn(t, [], () => true), ids, answered());
});

test('gives up a worker whose beats stand still and repeats its attempts; one that beats keeps them', async (t) => {
  const [lost = '', kept = ''] = await lane.accept('plain', 2);
  const silent = await workOn(t, [lost], () => false);
  const beating = await workOn(t, [kept], () => true);
  const { engine, warnings } = keep(t);
  await eventually(() => engine.attempts.get(lost)?.attempt === 1, patient);
  assert.partialDeepStrictEqual(await lane.store.find(lost), {
    status: 'queued',
    code: 'WORKER_LOST',
    attempts: [{ attempt: 1, worker: silent, code: 'WORKER_LOST' }],
  });
  assert.equal((await lane.store.find(kept))?.status, 'running');
  const listed = new Set((await lane.workers.list()).map(({ id }) => id));
  assert.deepEqual([listed.has(silent), listed.has(beating)], [false, true]);
  assert.deepEqual(warnings, ['a worker is lost: its attempts are repeated']);
});

test('gives nobody up while its looks fail in between', async (t) => {
  const [id = ''] = await lane.accept('plain', 1);
  const silent = await workOn(t, [id], () => false);
  let looks = 0;
  const { warnings } = keep(t, {
    workers: {
      list: async () => {
        looks++;
        if (looks % 3 === 0) throw new Error('Postgres is away');
        return lane.workers.list();
      },
      giveUp: (worker, beats) => lane.workers.giveUp(worker, beats),
    },
  });
  await eventually(() => looks === 9, patient);
  assert.ok((await lane.workers.list()).some((worker) => worker.id === silent));
  assert.equal(warnings[0], 'the look for lost workers failed: trying again');
});

test('ends what waited until it was too old, and tells whom it may concern', async (t) => {
  const [id = ''] = await lane.accept('mourned', 1, { maxAgeMs: 1, callbackUrl: 'https://hooks.example.com/' });
  keep(t);
  await eventually(async () => (await lane.store.find(id))?.status === 'dead');
  assert.partialDeepStrictEqual(await lane.store.find(id), {
    reason: 'age',
    code: 'INVOCATION_EXPIRED',
    attempts: [],
    deliveries: [
      { destination: { function: 'plain' }, status: 'pending' },
      { destination: { url: 'https://hooks.example.com/' }, status: 'pending' },
    ],
  });
});

test('sweeps piece after piece until nothing is too old', async (t) => {
  const ids = await lane.accept('plain', 2_100);
  await runFirst(lane, await workOn(t, [], () => true), ids, answered());
  keep(t, { bounds: { ...bounds, resultAgeMs: 1 } });
  await eventually(
    async () => (await lane.store.list({ function: 'plain', status: 'succeeded', schedule: undefined }, 1, undefined)).items.length === 0,
  );
});

test('does nothing while another leads, and all of it as soon as it leads itself', async (t) => {
  const [waiting = '', lost = ''] = await lane.accept('plain', 2);
  await workOn(t, [lost], () => false);
  const leader = { leading: false };
  let looks = 0;
  const { engine } = keep(t, {
    leader: {
      get leading() {
        looks++;
        return leader.leading;
      },
    },
  });
  await eventually(() => looks > 12, patient);
  assert.equal(engine.attempts.size, 0);
  leader.leading = true;
  await eventually(() => engine.attempts.has(waiting) && engine.attempts.get(lost)?.attempt === 1, patient);
});

test('a step that fails is said once and stops no other', async (t) => {
  const [id = ''] = await lane.accept('plain', 1, { maxAgeMs: 60_000 });
  const { engine, warnings } = keep(t);
  engine.works = false;
  await eventually(() => warnings.length === 1, patient);
  const [old = ''] = await lane.accept('plain', 1, { maxAgeMs: 1 });
  await eventually(async () => (await lane.store.find(old))?.status === 'dead', patient);
  engine.works = true;
  await eventually(() => engine.attempts.has(id), patient);
  assert.deepEqual(warnings, ['the look for attempts that the queue lost failed: trying again']);
});

test('values of secrets go an hour after newer ones replaced them', async (t) => {
  const ages: number[] = [];
  keep(t, { secrets: { sweep: (ageMs) => Promise.resolve(ages.push(ageMs)) } });
  await eventually(() => ages.length > 0);
  assert.equal(ages[0], 3_600_000);
});
