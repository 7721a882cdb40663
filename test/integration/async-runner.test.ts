/** Attempts of asynchronous invocations at a worker: run, repeated, quarantined, cancelled. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maybeCrashing } from '../fixtures/crashing-guest.ts';
import { codesOf, type Faults, forever, guest, trap, useLanes, zeros } from '../support/worker-lane.ts';
import { eventually } from '../support/eventually.ts';

const lanes = useLanes();

test('an attempt is claimed, run and ended with the answer of the guest', async (t) => {
  const lane = await lanes.start(t, 1);
  const [id] = await lane.send(await lanes.publish(await guest()), [0]);
  const { attempts, resultStatus } = await lanes.becomes(id, 'succeeded');
  assert.equal(resultStatus, 200);
  assert.partialDeepStrictEqual(attempts, [{ attempt: 1, worker: lane.workerId, status: 200 }]);
  const outcome = (await lanes.store.result(id ?? ''))?.outcome;
  assert.ok(outcome !== undefined && 'answer' in outcome);
  assert.equal(Buffer.from(outcome.answer.body).toString(), '0');
  assert.deepEqual(outcome.answer.headers, ['content-type', 'application/json']);
});

test('many short ones travel to the record and back in batches', async (t) => {
  const lane = await lanes.start(t, 2);
  const ids = await lane.send(await lanes.publish(await guest()), zeros(600));
  for (const id of ids) await lanes.becomes(id, 'succeeded');
  assert.ok(lane.claimed.length < 150 && Math.max(...lane.claimed) > 8, `claims of ${lane.claimed.join()}`);
  assert.ok(lane.ended.length < 150 && Math.max(...lane.ended) > 8, `ends of ${lane.ended.join()}`);
  assert.deepEqual(lane.logged, []);
});

test('an attempt that fails is repeated as often as its function says, and is dead then; the deliveries of its end are noted', async (t) => {
  const lane = await lanes.start(t, 1);
  const onFailure = { function: 'mourner' };
  const [id] = await lane.send(await lanes.publish(await guest(), { attempts: 3, backoffMs: 0, onFailure }), [trap]);
  const record = await lanes.becomes(id, 'dead');
  assert.deepEqual(codesOf(record), ['GUEST_TRAPPED', 'GUEST_TRAPPED', 'GUEST_TRAPPED']);
  assert.partialDeepStrictEqual(record, { reason: 'attempts', code: 'GUEST_TRAPPED', deliveries: [{ destination: onFailure }] });
});

test('a module that ends its executor twice in a row is quarantined, and what shared its batch is done by one attempt each', async (t) => {
  const lane = await lanes.start(t, 40);
  const name = await lanes.publish(maybeCrashing(), { attempts: 10, backoffMs: 0 });
  for (const id of await lane.send(name, zeros(100))) await lanes.becomes(id, 'succeeded');
  const [killer, ...neighbours] = await lane.send(name, [1, ...zeros(39)]);
  const record = await lanes.becomes(killer, 'dead');
  assert.equal(record.reason, 'quarantined');
  assert.equal(record.attempts.length, 2, codesOf(record).join());
  for (const id of neighbours) assert.deepEqual(codesOf(await lanes.becomes(id, 'succeeded')), [200]);
  const shared = lane.batches.filter((batch) => batch.includes(killer ?? '') && batch.length > 1);
  assert.ok(shared.length > 0, 'the killer had neighbours');
});

test('a cancelled invocation is stopped while it runs, and the worker goes on', async (t) => {
  const lane = await lanes.start(t, 1);
  const name = await lanes.publish(await guest());
  const [endless] = await lane.send(name, [forever]);
  const running = await eventually(() => lane.executors.find(({ state }) => state === 'busy'));
  const [waiting] = await lane.send(name, [0]);
  assert.equal(await lanes.store.cancel(endless ?? ''), 'cancelled');
  await lanes.becomes(waiting, 'succeeded');
  assert.equal((await lanes.find(endless)).status, 'cancelled');
  await eventually(() => running.state === 'gone');
  assert.deepEqual(lane.logged, []);
});

test('an attempt without its version, and one that is too old, are dead without having been run', async (t) => {
  const aged: Faults['claim'] = async (...args) =>
    (await lanes.store.claim(...args)).map((attempt) => Object.assign(attempt, { remainingMs: 0 }));
  const [missing, old] = await Promise.all([lanes.start(t, 1, { version: async () => undefined }), lanes.start(t, 1, { claim: aged })]);
  const name = await lanes.publish(await guest());
  const [gone] = await missing.send(name, [0]);
  assert.partialDeepStrictEqual(await lanes.becomes(gone, 'dead'), { reason: 'gone', code: 'VERSION_NOT_FOUND' });
  const [late] = await old.send(name, [0]);
  assert.partialDeepStrictEqual(await lanes.becomes(late, 'dead'), { reason: 'age', code: 'INVOCATION_EXPIRED' });
  assert.deepEqual([missing.batches, old.batches], [[], []]);
});

test('a version is looked up once, however many attempts need it', async (t) => {
  let asked = 0;
  const version: Faults['version'] = (name, number) => {
    asked++;
    return lanes.registry.version(name, number);
  };
  const lane = await lanes.start(t, 8, { version });
  const name = await lanes.publish(await guest());
  for (const id of await lane.send(name, zeros(20))) await lanes.becomes(id, 'succeeded');
  for (const id of await lane.send(name, zeros(20))) await lanes.becomes(id, 'succeeded');
  assert.equal(asked, 1);
});
