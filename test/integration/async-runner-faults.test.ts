/** A worker's attempts when the record is away or has given it up, and when it closes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BantamError } from '../../contracts/errors.ts';
import type { AttemptEnd } from '../../registry/invocations/port.ts';
import { counter } from '../fixtures/fault-guests.ts';
import { codesOf, type Faults, forever, guest, useLanes, zeros } from '../support/worker-lane.ts';
import { eventually } from '../support/eventually.ts';

const lanes = useLanes();

const outage = (): BantamError => new BantamError('REGISTRY_UNAVAILABLE', 'as if');

/** Somebody else ends an attempt: it is to be repeated at once. */
const lostBy = (id: string, attempt: number): AttemptEnd => ({
  id,
  attempt,
  from: 'running',
  verdict: { tries: 0, losses: 1, crashes: 0, status: 'queued', delayMs: 0 },
  outcome: { failure: { code: 'WORKER_LOST', detail: 'silent', extra: undefined } },
  destinations: [],
});

test('an attempt whose claim was answered by an outage is made all the same', async (t) => {
  let outages = 2;
  const claim: Faults['claim'] = async (...args) => {
    const claimed = await lanes.store.claim(...args);
    if (outages-- > 0) throw outage();
    return claimed;
  };
  const lane = await lanes.start(t, 1, { claim });
  const [id] = await lane.send(await lanes.publish(await guest()), [0]);
  assert.deepEqual(codesOf(await lanes.becomes(id, 'succeeded')), [200]);
});

test('an attempt that is delivered again while it runs is left alone, also in an outage', async (t) => {
  let away = false;
  const claim: Faults['claim'] = (...args) => (away ? Promise.reject(outage()) : lanes.store.claim(...args));
  const lane = await lanes.start(t, 2, { claim });
  const [id = ''] = await lane.send(await lanes.publish(await guest()), [forever]);
  await eventually(() => lane.worker.census().busy === 1);
  away = true;
  const again = lane.runner.run({ id, attempt: 0 });
  await Promise.race([again, eventually(() => lane.claimed.length > 1)]);
  away = false;
  await again;
  assert.deepEqual(lane.batches, [[id]]);
});

test('a result that nobody wants any more is let go, though the record takes none', async (t) => {
  const lane = await lanes.start(t, 1, { end: () => Promise.reject(outage()) });
  const [id = ''] = await lanes.accept(await lanes.publish(await guest()), [0]);
  const run = lane.runner.run({ id, attempt: 0 });
  await eventually(() => lane.ended.length > 1);
  assert.equal(await lanes.store.cancel(id), 'cancelled');
  await run;
  assert.equal((await lanes.find(id)).status, 'cancelled');
});

test('a result is kept until the record takes it, also when an outage answered an end that was written', async (t) => {
  let [unwritten, unheard] = [2, 1];
  const end: Faults['end'] = async (ends) => {
    if (unwritten-- > 0) throw outage();
    const written = await lanes.store.end(ends);
    if (unheard-- > 0) throw outage();
    return written;
  };
  const lane = await lanes.start(t, 1, { end });
  const [id] = await lane.send(await lanes.publish(await guest()), [0]);
  assert.deepEqual(codesOf(await lanes.becomes(id, 'succeeded')), [200]);
  await eventually(() => lane.ended.length === 4);
  assert.equal(lane.batches.flat().length, 1);
});

test('an end that the record refuses harms none of its batch, and is written without its content', async (t) => {
  const poison = new Set<string>();
  const end: Faults['end'] = (ends) => {
    const refused = ends.some(({ id, outcome }) => poison.has(id) && 'answer' in outcome);
    return refused ? Promise.reject(new Error('as if a value did not fit')) : lanes.store.end(ends);
  };
  const lane = await lanes.start(t, 8, { end });
  const ids = await lanes.accept(await lanes.publish(await guest()), zeros(8));
  poison.add(ids[3] ?? '');
  await lane.engine.producer.enqueue(ids.map((id) => ({ id, attempt: 0, delayMs: 0 })));
  await eventually(async () => codesOf(await lanes.find(ids[3])).includes('INTERNAL'));
  poison.clear();
  for (const [i, id] of ids.entries()) assert.deepEqual(codesOf(await lanes.becomes(id, 'succeeded')).at(-1), 200, `${i}`);
  for (const [i, id] of ids.entries()) if (i !== 3) assert.equal((await lanes.find(id)).attempts.length, 1);
});

test('a worker that was given up stops what others have ended, joins again, and takes the next attempt', async (t) => {
  const lane = await lanes.start(t, 2);
  const name = await lanes.publish(await guest());
  const [kept = '', taken = ''] = await lane.send(name, [forever, forever]);
  await eventually(() => lane.worker.census().busy === 2);
  const [first, second] = lane.executors.filter(({ state }) => state === 'busy');
  const runsTaken = first?.running?.invocation.id === taken ? first : second;
  const { beats = '' } = (await lanes.workers.list()).find(({ id }) => id === lane.workerId) ?? {};
  assert.equal(await lanes.workers.giveUp(lane.workerId, beats), true);
  await lanes.store.end([lostBy(taken, 1)]);
  await eventually(() => runsTaken?.state === 'gone');
  assert.ok((await lanes.workers.list()).some(({ id }) => id === lane.workerId));
  await lane.engine.producer.enqueue([{ id: taken, attempt: 1, delayMs: 0 }]);
  assert.equal((await lanes.becomes(taken, 'running')).attempts.length, 2);
  assert.partialDeepStrictEqual(await lanes.find(kept), { status: 'running', attempts: [{ attempt: 1 }] });
  assert.equal(lane.logged.filter((line) => line.includes('given up')).length, 1);
});

test('the next attempt of an invocation begins when the one before has been stopped here', async (t) => {
  const lane = await lanes.start(t, 2);
  const name = await lanes.publish(await guest());
  const [id = ''] = await lane.send(name, [forever]);
  await eventually(() => lane.worker.census().busy === 1);
  const running = lane.executors.find(({ state }) => state === 'busy');
  await lanes.store.end([lostBy(id, 1)]);
  void lane.runner.run({ id, attempt: 1 });
  await eventually(() => running?.state === 'gone' && lane.worker.census().busy === 1);
  assert.equal((await lanes.find(id)).attempts.length, 2);
  assert.equal(lane.batches.flat().filter((one) => one === id).length, 2);
});

test('closing waits for what runs, gives back at once what waits, and leaves', async (t) => {
  const lane = await lanes.start(t, 1);
  // Some hundred milliseconds.
  const [running = '', waiting = ''] = await lanes.accept(await lanes.publish(await counter()), [300_000_000, 1]);
  void lane.runner.run({ id: running, attempt: 0 });
  await eventually(() => lane.worker.census().busy === 1);
  void lane.runner.run({ id: waiting, attempt: 0 });
  await lanes.becomes(waiting, 'running');
  await lane.close(30_000);
  assert.deepEqual(codesOf(await lanes.find(running)), [200]);
  const left = await lanes.find(waiting);
  assert.equal(left.status, 'queued');
  assert.deepEqual(codesOf(left), ['DRAINING']);
  assert.ok((await lanes.workers.list()).every(({ id }) => id !== lane.workerId));
});

test('a guest that outlasts the grace period is stopped, and its invocation is queued again at once, without having lost a try', async (t) => {
  const lane = await lanes.start(t, 1);
  const [id = ''] = await lane.send(await lanes.publish(await guest(), { attempts: 1 }), [forever]);
  await eventually(() => lane.worker.census().busy === 1);
  await lane.close(50);
  const record = await lanes.find(id);
  assert.equal(record.status, 'queued');
  assert.deepEqual(codesOf(record), ['WORKER_LOST']);
  assert.ok(Date.parse(record.dueAt ?? '') <= Date.now());
});
