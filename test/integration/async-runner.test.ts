/** Attempts of asynchronous invocations: a real worker, a real record, and the engine of one process. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test, type TestContext } from 'node:test';
import type pg from 'pg';
import type { AsyncConfig, InvocationRecord } from '../../contracts/async.ts';
import { encodeCall } from '../../contracts/call.ts';
import { BantamError } from '../../contracts/errors.ts';
import { createLocalEngine } from '../../queue/async/local.ts';
import type { AttemptName } from '../../queue/async/port.ts';
import type { InvocationStore, WorkerStore } from '../../registry/invocations/port.ts';
import { openInvocations, openWorkers } from '../../registry/invocations/store.ts';
import { type FunctionRegistry, openRegistry } from '../../registry/registry.ts';
import { createPool } from '../../shared/postgres.ts';
import { uuidv7 } from '../../shared/uuid.ts';
import { AsyncRunner } from '../../worker/async/runner.ts';
import { counter as slow, maybeCrashing } from '../fixtures/fault-guests.ts';
import { eventually } from '../support/eventually.ts';
import { fromWat } from '../support/modules.ts';
import { newInvocation } from '../support/invocation-records.ts';
import { usePostgres } from '../support/postgres.ts';
import { publicationOf } from '../support/publications.ts';
import { startTestWorker, type TestWorker } from '../support/worker.ts';

const postgres = usePostgres();
let pool: pg.Pool;
let store: InvocationStore;
let workers: WorkerStore;
let registry: FunctionRegistry;

before(async () => {
  pool = createPool(await postgres.createRegistry(), { max: 10, applicationName: 'test', onError: () => {} });
  store = openInvocations(pool);
  workers = openWorkers(pool);
  registry = openRegistry(pool);
});
after(() => pool.end());

interface Lane extends TestWorker {
  readonly runner: AsyncRunner;
  readonly workerId: string;
  readonly engine: ReturnType<typeof createLocalEngine>;
  /** Warnings and errors. */
  readonly logged: readonly string[];
  /** Numbers of attempts that were claimed, and ended, together. */
  readonly claimed: readonly number[];
  readonly ended: readonly number[];
  close(graceMs?: number): Promise<void>;
}

type Faults = Partial<Pick<InvocationStore, 'claim' | 'begun' | 'end'>> & { readonly versions?: FunctionRegistry['version'] };

/** @param faults stand before the record and the registry */
async function start(t: TestContext, slots: number, faults: Faults = {}): Promise<Lane> {
  const tested = await startTestWorker(t, registry);
  const engine = createLocalEngine();
  const logged: string[] = [];
  const say = (fields: object, message?: string): void => void logged.push(`${message} ${JSON.stringify(fields)}`);
  const [claimed, ended]: number[][] = [[], []];
  const workerId = randomUUID();
  const claim = faults.claim ?? store.claim;
  const end = faults.end ?? store.end;
  const runner = new AsyncRunner({
    workerId,
    host: 'test',
    store: {
      claim(worker, attempts) {
        claimed?.push(attempts.length);
        return claim(worker, attempts);
      },
      begun: faults.begun ?? store.begun,
      end(attempts) {
        ended?.push(attempts.length);
        return end(attempts);
      },
    },
    workers,
    engine: engine.producer,
    versions: faults.versions ?? registry.version,
    handler: tested.worker,
    slots,
    log: { info: () => {}, warn: say, error: say },
  });
  await runner.start();
  await engine.consumer.start(runner);
  let closed: Promise<void> | undefined;
  const close = async (graceMs = 0): Promise<void> => {
    await tested.worker.close(Promise.all([engine.consumer.close(), runner.close(graceMs)]), graceMs + 500);
    await engine.producer.close();
  };
  t.after(() => (closed ??= close()));
  return { ...tested, runner, workerId, engine, logged, claimed, ended, close: (graceMs) => (closed ??= close(graceMs)) };
}

/** @param bytes of a core module with an export `run` of one i32 */
async function publish(bytes: Uint8Array, async: AsyncConfig = {}): Promise<string> {
  const name = `f-${randomUUID()}`;
  await registry.publish(publicationOf(name, bytes, { config: { async } }));
  return name;
}

/** @returns ids, one for each argument */
async function accept(name: string, args: readonly number[]): Promise<string[]> {
  const invocations = args.map((n) => newInvocation({ function: name, payload: encodeCall('run', ['i32'], [n]) }));
  await store.accept(invocations);
  return invocations.map(({ id }) => id);
}

async function acceptAndTell({ engine }: Lane, name: string, args: readonly number[]): Promise<string[]> {
  const ids = await accept(name, args);
  await engine.producer.enqueue(ids.map((id) => ({ id, attempt: 0, delayMs: 0 })));
  return ids;
}

async function find(id: string | undefined): Promise<InvocationRecord> {
  return (await store.find(id ?? '')) ?? assert.fail(`${id} is not there`);
}

function becomes(id: string | undefined, status: InvocationRecord['status']): Promise<InvocationRecord> {
  return eventually(
    async () => {
      const record = await find(id);
      assert.equal(record.status, status, JSON.stringify(record));
      return record;
    },
    { timeoutMs: 15_000 },
  );
}

const outage = (): BantamError => new BantamError('REGISTRY_UNAVAILABLE', 'as if');
const codesOf = ({ attempts }: InvocationRecord): readonly (string | number | undefined)[] =>
  attempts.map(({ code, status }) => code ?? status);
const zeros = (length: number): number[] => Array.from({ length }, () => 0);

/** What guests are asked to do. */
const [ok, trap, forever] = [0, 1, 2];
const guest = (): Promise<Uint8Array> =>
  fromWat(`(module (func (export "run") (param $what i32) (result i32)
    (if (i32.eq (local.get $what) (i32.const ${trap})) (then unreachable))
    (loop (br_if 0 (i32.eq (local.get $what) (i32.const ${forever}))))
    (local.get $what)))`);

test('an attempt is claimed, run and ended with the answer of the guest', async (t) => {
  const lane = await start(t, 1);
  const [id] = await acceptAndTell(lane, await publish(await guest()), [ok]);
  const { attempts, resultStatus } = await becomes(id, 'succeeded');
  assert.equal(resultStatus, 200);
  assert.partialDeepStrictEqual(attempts, [{ attempt: 1, worker: lane.workerId, status: 200 }]);
  const outcome = (await store.result(id ?? ''))?.outcome;
  assert.ok(outcome !== undefined && 'answer' in outcome);
  assert.equal(Buffer.from(outcome.answer.body).toString(), '0');
  assert.deepEqual(outcome.answer.headers, ['content-type', 'application/json']);
});

test('many short ones travel to the record and back in batches', async (t) => {
  const lane = await start(t, 2);
  const ids = await acceptAndTell(lane, await publish(await guest()), zeros(600));
  for (const id of ids) await becomes(id, 'succeeded');
  assert.ok(lane.claimed.length < 150 && Math.max(...lane.claimed) > 8, `claims of ${lane.claimed.join()}`);
  assert.ok(lane.ended.length < 150 && Math.max(...lane.ended) > 8, `ends of ${lane.ended.join()}`);
  assert.deepEqual(lane.logged, []);
});

test('an attempt that fails is repeated as often as its function says, and is dead then; the deliveries of its end are noted', async (t) => {
  const lane = await start(t, 1);
  const onFailure = { function: 'mourner' };
  const [id] = await acceptAndTell(lane, await publish(await guest(), { attempts: 3, backoffMs: 0, onFailure }), [trap]);
  const record = await becomes(id, 'dead');
  assert.deepEqual(codesOf(record), ['GUEST_TRAPPED', 'GUEST_TRAPPED', 'GUEST_TRAPPED']);
  assert.partialDeepStrictEqual(record, { reason: 'attempts', code: 'GUEST_TRAPPED', deliveries: [{ destination: onFailure }] });
});

test('a module that ends its executor twice in a row is quarantined, and what shared its batch is done by one attempt each', async (t) => {
  const lane = await start(t, 40);
  const name = await publish(maybeCrashing(), { attempts: 10, backoffMs: 0 });
  for (const id of await acceptAndTell(lane, name, zeros(100))) await becomes(id, 'succeeded');
  const [killer, ...neighbours] = await acceptAndTell(lane, name, [1, ...zeros(39)]);
  const record = await becomes(killer, 'dead');
  assert.equal(record.reason, 'quarantined');
  assert.equal(record.attempts.length, 2, codesOf(record).join());
  for (const id of neighbours) assert.deepEqual(codesOf(await becomes(id, 'succeeded')), [200]);
  const shared = lane.batches.filter((batch) => batch.includes(killer ?? '') && batch.length > 1);
  assert.ok(shared.length > 0, 'the killer had neighbours');
});

test('a cancelled invocation is stopped while it runs, and the worker goes on', async (t) => {
  const lane = await start(t, 1);
  const name = await publish(await guest());
  const [endless, waiting] = await acceptAndTell(lane, name, [forever, ok]);
  await eventually(() => lane.worker.census().busy === 1);
  const running = lane.executors.find(({ state }) => state === 'busy');
  assert.equal(await store.cancel(endless ?? ''), 'cancelled');
  await becomes(waiting, 'succeeded');
  assert.equal((await find(endless)).status, 'cancelled');
  assert.equal(running?.state, 'gone');
  assert.deepEqual(lane.logged, []);
});

test('an attempt without its version, and one that is too old, are dead without having been run', async (t) => {
  const aged: Faults['claim'] = async (...args) => (await store.claim(...args)).map((attempt) => ({ ...attempt, remainingMs: 0 }));
  const [missing, old] = await Promise.all([start(t, 1, { versions: async () => undefined }), start(t, 1, { claim: aged })]);
  const name = await publish(await guest());
  const [gone] = await acceptAndTell(missing, name, [ok]);
  assert.partialDeepStrictEqual(await becomes(gone, 'dead'), { reason: 'gone', code: 'VERSION_NOT_FOUND' });
  const [late] = await acceptAndTell(old, name, [ok]);
  assert.partialDeepStrictEqual(await becomes(late, 'dead'), { reason: 'age', code: 'INVOCATION_EXPIRED' });
  assert.deepEqual([missing.batches, old.batches], [[], []]);
});

test('a version is looked up once, however many attempts need it', async (t) => {
  let asked = 0;
  const versions: Faults['versions'] = (name, version) => {
    asked++;
    return registry.version(name, version);
  };
  const lane = await start(t, 8, { versions });
  const name = await publish(await guest());
  for (const id of await acceptAndTell(lane, name, zeros(20))) await becomes(id, 'succeeded');
  for (const id of await acceptAndTell(lane, name, zeros(20))) await becomes(id, 'succeeded');
  assert.equal(asked, 1);
});

test('an attempt that is delivered twice at a time is made once', async (t) => {
  const lane = await start(t, 1);
  const [id = ''] = await accept(await publish(await guest()), [ok]);
  const name: AttemptName = { id, attempt: 0 };
  await Promise.all([lane.runner.run(name), lane.runner.run(name)]);
  await lane.runner.run(name);
  assert.deepEqual(codesOf(await becomes(id, 'succeeded')), [200]);
  assert.equal(lane.batches.flat().length, 1);
});

test('an attempt whose claim was answered by an outage is made all the same', async (t) => {
  let outages = 2;
  const claim: Faults['claim'] = async (...args) => {
    const claimed = await store.claim(...args);
    if (outages-- > 0) throw outage();
    return claimed;
  };
  const lane = await start(t, 1, { claim });
  const [id] = await acceptAndTell(lane, await publish(await guest()), [ok]);
  assert.deepEqual(codesOf(await becomes(id, 'succeeded')), [200]);
});

test('a result is kept until the record takes it, also when an outage answered an end that was written', async (t) => {
  const before = { outages: 2 };
  const after = { outages: 1 };
  const end: Faults['end'] = async (ends) => {
    if (before.outages-- > 0) throw outage();
    const written = await store.end(ends);
    if (after.outages-- > 0) throw outage();
    return written;
  };
  const lane = await start(t, 1, { end });
  const [id] = await acceptAndTell(lane, await publish(await guest()), [ok]);
  assert.deepEqual(codesOf(await becomes(id, 'succeeded')), [200]);
  await eventually(() => lane.ended.length === 4);
  assert.equal(lane.batches.flat().length, 1);
});

test('an end that the record refuses harms none of its batch, and is written without its content', async (t) => {
  const poison = new Set<string>();
  const end: Faults['end'] = (ends) => {
    const refused = ends.some(({ id, outcome }) => poison.has(id) && 'answer' in outcome);
    return refused ? Promise.reject(new Error('as if a value did not fit')) : store.end(ends);
  };
  const lane = await start(t, 8, { end });
  const ids = await accept(await publish(await guest()), zeros(8));
  poison.add(ids[3] ?? '');
  await lane.engine.producer.enqueue(ids.map((id) => ({ id, attempt: 0, delayMs: 0 })));
  await eventually(async () => codesOf(await find(ids[3])).includes('INTERNAL'));
  poison.clear();
  for (const [i, id] of ids.entries()) assert.deepEqual(codesOf(await becomes(id, 'succeeded')).at(-1), 200, `${i}`);
  for (const [i, id] of ids.entries()) if (i !== 3) assert.equal((await find(id)).attempts.length, 1);
});

test('a worker that was given up stops what others have ended, joins again, and takes the next attempt', async (t) => {
  const lane = await start(t, 2);
  const name = await publish(await guest());
  const [kept = '', taken = ''] = await acceptAndTell(lane, name, [forever, forever]);
  await eventually(() => lane.worker.census().busy === 2);
  const [first, second] = lane.executors.filter(({ state }) => state === 'busy');
  const runsTaken = first?.running?.invocation.id === taken ? first : second;
  const { beats = '' } = (await workers.list()).find(({ id }) => id === lane.workerId) ?? {};
  const verdict = { tries: 0, losses: 1, crashes: 0, status: 'queued', delayMs: 0 } as const;
  const lost = { code: 'WORKER_LOST', detail: 'silent', extra: undefined };
  assert.equal(await workers.giveUp(lane.workerId, beats), true);
  await store.end([{ id: taken, attempt: 1, from: 'running', verdict, outcome: { failure: lost }, destinations: [] }]);
  await eventually(() => runsTaken?.state === 'gone');
  assert.ok((await workers.list()).some(({ id }) => id === lane.workerId));
  await lane.engine.producer.enqueue([{ id: taken, attempt: 1, delayMs: 0 }]);
  assert.equal((await becomes(taken, 'running')).attempts.length, 2);
  assert.partialDeepStrictEqual(await find(kept), { status: 'running', attempts: [{ attempt: 1 }] });
  assert.equal(lane.logged.filter((line) => line.includes('given up')).length, 1);
});

test('the next attempt of an invocation begins when the one before has been stopped here', async (t) => {
  const lane = await start(t, 2);
  const name = await publish(await guest());
  const [id = ''] = await acceptAndTell(lane, name, [forever]);
  await eventually(() => lane.worker.census().busy === 1);
  const running = lane.executors.find(({ state }) => state === 'busy');
  const verdict = { tries: 0, losses: 1, crashes: 0, status: 'queued', delayMs: 0 } as const;
  const lost = { code: 'WORKER_LOST', detail: 'silent', extra: undefined };
  await store.end([{ id, attempt: 1, from: 'running', verdict, outcome: { failure: lost }, destinations: [] }]);
  void lane.runner.run({ id, attempt: 1 });
  await eventually(() => running?.state === 'gone' && lane.worker.census().busy === 1);
  assert.equal((await find(id)).attempts.length, 2);
  assert.equal(lane.batches.flat().filter((one) => one === id).length, 2);
});

test('closing waits for what runs, gives back at once what waits, and leaves', async (t) => {
  const lane = await start(t, 1);
  // Some hundred milliseconds.
  const [running = '', waiting = ''] = await accept(await publish(await slow()), [300_000_000, 1]);
  void lane.runner.run({ id: running, attempt: 0 });
  await eventually(() => lane.worker.census().busy === 1);
  void lane.runner.run({ id: waiting, attempt: 0 });
  await becomes(waiting, 'running');
  await lane.close(30_000);
  assert.deepEqual(codesOf(await find(running)), [200]);
  const left = await find(waiting);
  assert.equal(left.status, 'queued');
  assert.deepEqual(codesOf(left), ['DRAINING']);
  assert.ok((await workers.list()).every(({ id }) => id !== lane.workerId));
});

test('a guest that outlasts the grace period is stopped, and its invocation is queued again at once, without having lost a try', async (t) => {
  const lane = await start(t, 1);
  const [id = ''] = await acceptAndTell(lane, await publish(await guest(), { attempts: 1 }), [forever]);
  await eventually(() => lane.worker.census().busy === 1);
  await lane.close(50);
  const record = await find(id);
  assert.equal(record.status, 'queued');
  assert.deepEqual(codesOf(record), ['WORKER_LOST']);
  assert.ok(Date.parse(record.dueAt ?? '') <= Date.now());
});
