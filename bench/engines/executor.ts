/** An executor process of Bantam's, started and spoken to as a worker does. */
import { randomUUID } from 'node:crypto';
import type { Answer, Reply } from '../../contracts/invocation.ts';
import { limits, pageBytes } from '../../contracts/limits.ts';
import { type LockPlan, probeLocks } from '../../shared/sandbox/locks.ts';
import { entryPath, type Program } from '../../shared/sandbox/program.ts';
import { spawnLocked } from '../../shared/sandbox/spawn.ts';
import { deriveModule } from '../../worker/artifacts/derive.ts';
import type { RunnableArtifact } from '../../worker/pool/call.ts';
import { ExecutorHandle } from '../../worker/pool/executor-handle.ts';
import { executorEntry, executorProgram } from '../../worker/start.ts';
import type { Processes } from '../processes.ts';

const memoryPages = limits.defaultMemoryBytes / pageBytes;
const moduleCacheBytes = 268_435_456;

/** What executors are started with. */
export interface Launch {
  readonly program: Program;
  readonly locks: LockPlan;
}

export async function prepareLaunch(): Promise<Launch> {
  return { program: executorProgram(limits.maxMemoryBytes), locks: await probeLocks(entryPath(executorEntry)) };
}

/** @returns what a worker makes of a module of kind `core`. @param key unique by content */
export function makeArtifact(key: string, module: Uint8Array): RunnableArtifact {
  return { key, ...deriveModule(module, 'core', memoryPages), assets: undefined, secrets: [], meanUs: undefined };
}

export class BenchExecutor {
  readonly #handle: ExecutorHandle;
  #idle = Promise.withResolvers<void>();

  private constructor({ program, locks }: Launch) {
    this.#handle = new ExecutorHandle(spawnLocked(program, locks, 0), 0, moduleCacheBytes, {
      idle: () => this.#idle.resolve(),
      replied: (call, reply) => call.done(reply),
      logged: () => {},
      returned: () => {},
      gone: (_executor, _running, lastWords) => this.#idle.reject(new Error(`the executor ended: ${lastWords}`)),
    });
  }

  /** @returns one that is ready for its first call; it is stopped with the other processes, if not before */
  static async start(processes: Processes, launch: Launch): Promise<BenchExecutor> {
    const executor = new BenchExecutor(launch);
    processes.onStop(() => executor.stop());
    await executor.#idle.promise;
    return executor;
  }

  get pid(): number {
    return this.#handle.pid;
  }

  /**
   * One call at a time.
   * @param payload contracts/call.ts
   * @throws Error when the guest fails, or the executor ends
   */
  async call(artifact: RunnableArtifact, payload: Uint8Array): Promise<Answer> {
    const { key: digest } = artifact;
    const target = { function: 'guest', version: 1, digest, kind: 'core', memoryPages, reuse: false, settings: undefined } as const;
    const now = Date.now();
    const invocation = { id: randomUUID(), target, enqueuedAtMs: now, deadlineAtMs: now + limits.maxTimeoutMs, payload };
    const replied = Promise.withResolvers<Reply>();
    this.#idle = Promise.withResolvers();
    this.#handle.dispatch([{ artifact, invocation, done: replied.resolve }]);
    // Idle comes after the reply: an executor that ends gives neither.
    await this.#idle.promise;
    const reply = await replied.promise;
    if (!reply.ok) throw new Error(`${reply.code}: ${reply.detail}`);
    return reply;
  }

  async stop(): Promise<void> {
    // Nobody waits for what ends now.
    this.#idle.promise.catch(() => {});
    this.#handle.kill();
    await this.#handle.ended;
  }
}
