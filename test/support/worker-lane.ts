/** The asynchronous lane of one worker: real executors, a real record, the engine of one process. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, type TestContext } from 'node:test';
import type pg from 'pg';
import type { AsyncConfig, InvocationRecord } from '../../contracts/async.ts';
import { encodeCall } from '../../contracts/call.ts';
import type { FunctionVersion } from '../../contracts/function.ts';
import { createLocalEngine } from '../../queue/async/local.ts';
import type { InvocationStore, WorkerStore } from '../../registry/invocations/port.ts';
import { openInvocations, openWorkers } from '../../registry/invocations/store.ts';
import { type FunctionRegistry, openRegistry } from '../../registry/registry.ts';
import { createPool } from '../../shared/postgres.ts';
import { AsyncRunner } from '../../worker/async/runner.ts';
import { eventually } from './eventually.ts';
import { newInvocation } from './invocation-records.ts';
import { fromWat } from './modules.ts';
import { usePostgres } from './postgres.ts';
import { publicationOf } from './publications.ts';
import { startTestWorker, type TestWorker } from './worker.ts';

export interface Lane extends TestWorker {
  readonly runner: AsyncRunner;
  readonly workerId: string;
  readonly engine: ReturnType<typeof createLocalEngine>;
  /** Warnings and errors. */
  readonly logged: readonly string[];
  /** How many attempts were claimed, and ended, at a time. */
  readonly claimed: readonly number[];
  readonly ended: readonly number[];
  close(graceMs: number): Promise<void>;
  /** Accepts one invocation of `run` for each argument, and tells the engine. @returns ids */
  send(name: string, args: readonly number[]): Promise<string[]>;
}

/** What stands before the record and the registry. */
export interface Faults {
  readonly claim?: InvocationStore['claim'];
  readonly end?: InvocationStore['end'];
  readonly version?: (name: string, version: number) => Promise<FunctionVersion | undefined>;
}

export interface Lanes {
  readonly store: InvocationStore;
  readonly workers: WorkerStore;
  readonly registry: FunctionRegistry;
  /** A worker of size 1. @param slots guests that run at a time */
  start(t: TestContext, slots: number, faults?: Faults): Promise<Lane>;
  /** @param bytes of a core module with an export `run` of one i32. @returns its name */
  publish(bytes: Uint8Array, async?: AsyncConfig): Promise<string>;
  /** As `send`, but nobody tells the engine. */
  accept(name: string, args: readonly number[]): Promise<string[]>;
  find(id: string | undefined): Promise<InvocationRecord>;
  /** Waits for it. */
  becomes(id: string | undefined, status: InvocationRecord['status']): Promise<InvocationRecord>;
}

/** Call it once, at the top of a test file. All its lanes have one record. */
export function useLanes(): Lanes {
  const postgres = usePostgres();
  let pool: pg.Pool;
  before(async () => {
    pool = createPool(await postgres.createRegistry(), { max: 10, applicationName: 'test', onError: () => {} });
  });
  after(() => pool.end());
  const lanes: Lanes = {
    get store() {
      return openInvocations(pool);
    },
    get workers() {
      return openWorkers(pool);
    },
    get registry() {
      return openRegistry(pool);
    },
    start: (t, slots, faults = {}) => startLane(t, lanes, slots, faults),
    async publish(bytes, async = {}) {
      const name = `f-${randomUUID()}`;
      await lanes.registry.publish(publicationOf(name, bytes, { config: { async } }));
      return name;
    },
    async accept(name, args) {
      const invocations = args.map((n) => newInvocation({ function: name, payload: encodeCall('run', ['i32'], [n]) }));
      await lanes.store.accept(invocations);
      return invocations.map(({ id }) => id);
    },
    async find(id = '') {
      return (await lanes.store.find(id)) ?? assert.fail(`${id} is not there`);
    },
    becomes(id, status) {
      const check = async (): Promise<InvocationRecord> => {
        const record = await lanes.find(id);
        assert.equal(record.status, status, JSON.stringify(record));
        return record;
      };
      return eventually(check, { timeoutMs: 15_000 });
    },
  };
  return lanes;
}

async function startLane(t: TestContext, lanes: Lanes, slots: number, faults: Faults): Promise<Lane> {
  const { store, workers, registry } = lanes;
  const tested = await startTestWorker(t, registry);
  const engine = createLocalEngine();
  const logged: string[] = [];
  const say = (fields: object, message?: string): void => void logged.push(`${message} ${JSON.stringify(fields)}`);
  const claimed: number[] = [];
  const ended: number[] = [];
  const workerId = randomUUID();
  const {
    claim = (...args) => store.claim(...args),
    end = (...args) => store.end(...args),
    version = (...args) => registry.version(...args),
  } = faults;
  const runner = new AsyncRunner({
    workerId,
    host: 'test',
    store: {
      claim(worker, attempts) {
        claimed.push(attempts.length);
        return claim(worker, attempts);
      },
      begun: (...args) => store.begun(...args),
      end(attempts) {
        ended.push(attempts.length);
        return end(attempts);
      },
    },
    workers,
    engine: engine.producer,
    versions: version,
    handler: tested.worker,
    slots,
    log: { info: () => {}, warn: say, error: say },
    onReply: () => {},
  });
  await runner.start();
  await engine.consumer.start(runner);
  let closed: Promise<unknown> | undefined;
  const close = async (graceMs: number): Promise<void> => {
    const drained = Promise.all([engine.consumer.close(), runner.close(graceMs)]);
    closed ??= tested.worker.close(drained, graceMs + 500);
    await closed;
  };
  t.after(() => close(0));
  const send: Lane['send'] = async (name, args) => {
    const ids = await lanes.accept(name, args);
    await engine.producer.enqueue(ids.map((id) => ({ id, attempt: 0, delayMs: 0 })));
    return ids;
  };
  return { ...tested, runner, workerId, engine, logged, claimed, ended, close, send };
}

export const zeros = (length: number): number[] => Array.from({ length }, () => 0);

/** Of all attempts: why there was no answer, or its status. */
export function codesOf({ attempts }: InvocationRecord): readonly (string | number | undefined)[] {
  return attempts.map(({ code, status }) => code ?? status);
}

/** What `guest` is asked to do. */
export const trap = 1;
export const forever = 2;

/** `run(what: i32) -> i32`: gives back its argument, but for `trap` and `forever`. */
export const guest = (): Promise<Uint8Array> =>
  fromWat(`(module (func (export "run") (param $what i32) (result i32)
    (if (i32.eq (local.get $what) (i32.const ${trap})) (then unreachable))
    (loop (br_if 0 (i32.eq (local.get $what) (i32.const ${forever}))))
    (local.get $what)))`);
