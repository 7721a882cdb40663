/** A pool of real executor processes in this process, and calls to give it. */
import { randomUUID } from 'node:crypto';
import { join, relative } from 'node:path';
import { encodeCall } from '../../contracts/call.ts';
import type { Reply } from '../../contracts/invocation.ts';
import type { RunnableArtifact } from '../../worker/pool/call.ts';
import { ExecutorHandle } from '../../worker/pool/executor-handle.ts';
import { Pool, type PoolEvent, type PoolOptions } from '../../worker/pool/pool.ts';
import { type LockPlan, probeLocks } from '../../shared/sandbox/locks.ts';
import { entryPath, loadProgram } from '../../shared/sandbox/program.ts';
import { spawnLocked } from '../../shared/sandbox/spawn.ts';

const root = join(import.meta.dirname, '../..');
const executorEntry = 'executor/main.ts';
const flags = ['--wasm-max-mem-pages=16384'];
const program = loadProgram({ entry: executorEntry, flags });
let locks: Promise<LockPlan> | undefined;

export interface TestPoolOptions extends Partial<Omit<PoolOptions, 'spawn' | 'count' | 'guestLog' | 'log'>> {
  readonly moduleCacheBytes?: number;
  /** Instead of the executor's program; an absolute path. */
  readonly entry?: string;
}

export class TestPool {
  readonly pool: Pool;
  readonly events: PoolEvent[] = [];
  /** What was logged, as JSON. */
  readonly logged: string[] = [];
  /** What guests wrote to their logs, by invocation. */
  readonly guestLogs = new Map<string, string[]>();
  /** Every executor there ever was. */
  readonly executors: ExecutorHandle[] = [];
  /** How often each invocation was answered. */
  readonly replies = new Map<string, number>();
  /** Functions that each executor was handed calls of, by pid. */
  readonly ran = new Map<number, Set<string>>();
  /** Batches handed to executors, and calls taken back from them. */
  batches = 0;
  takenBack = 0;

  private constructor(plan: LockPlan, { moduleCacheBytes = 2 ** 28, entry, ...options }: TestPoolOptions) {
    this.pool = new Pool({
      size: 1,
      max: 4,
      longCallMs: 50,
      shareExecutors: false,
      maxCalls: 1e9,
      maxAgeMs: 1e9,
      maxRssBytes: 1e12,
      onCapacity: () => {},
      ...options,
      spawn: (slot, events) => {
        // Read anew each time: tests change it.
        const started = entry === undefined ? program : loadProgram({ entry: relative(root, entry), flags });
        const executor = new ExecutorHandle(spawnLocked(started, plan, slot), slot, moduleCacheBytes, events);
        this.executors.push(executor);
        this.#count(executor);
        return executor;
      },
      count: (event) => this.events.push(event),
      guestLog: ({ id }, text) => this.guestLogs.set(id, [...(this.guestLogs.get(id) ?? []), text]),
      log: { warn: (fields, message) => this.logged.push(`${message} ${JSON.stringify(fields)}`) },
    });
    this.pool.start();
  }

  static async start(options: TestPoolOptions = {}): Promise<TestPool> {
    locks ??= probeLocks(entryPath(executorEntry));
    return new TestPool(await locks, options);
  }

  #count(executor: ExecutorHandle): void {
    const dispatch = executor.dispatch.bind(executor);
    executor.dispatch = (calls) => {
      this.batches++;
      const ran = this.ran.get(executor.pid) ?? new Set();
      this.ran.set(executor.pid, ran);
      for (const { invocation } of calls) ran.add(invocation.target.function);
      return dispatch(calls);
    };
    const takeBack = executor.takeBack.bind(executor);
    executor.takeBack = () => {
      const calls = takeBack();
      this.takenBack += calls.length;
      return calls;
    };
  }

  /** Calls export `run` with one i32. Resolves with the first reply; further ones show in `replies`. */
  call(artifact: RunnableArtifact, n: number, parts: CallParts = {}): Promise<Reply> {
    const { id = randomUUID(), timeoutMs = 30_000, reuse = false, memoryPages = 2_048, name = 'guest' } = parts;
    const now = Date.now();
    const invocation = {
      id,
      target: { function: name, version: 1, digest: artifact.key, kind: 'core' as const, memoryPages, reuse, settings: undefined },
      enqueuedAtMs: now,
      deadlineAtMs: now + timeoutMs,
      payload: encodeCall('run', ['i32'], [n]),
    };
    return new Promise((resolve) => {
      this.pool.run({
        invocation,
        artifact,
        done: (reply) => {
          this.replies.set(id, (this.replies.get(id) ?? 0) + 1);
          resolve(reply);
        },
      });
    });
  }
}

export interface CallParts {
  readonly id?: string;
  /** Of the function, qualified. */
  readonly name?: string;
  /** Default 30,000. */
  readonly timeoutMs?: number;
  readonly reuse?: boolean;
  readonly memoryPages?: number;
}

export function artifactOf(key: string, bytes: Uint8Array): RunnableArtifact {
  return { key, bytes, memory: undefined, resets: false, assets: undefined, secrets: [], meanUs: undefined };
}

/** The JSON a guest answered with, or the code of its failure. */
export function outcome(reply: Reply): unknown {
  return reply.ok ? JSON.parse(Buffer.from(reply.body).toString()) : reply.code;
}
