/**
 * Watches running calls from the outside: takes back what waits behind a slow one, and stops guests past their deadline or memory, and those
 * that nobody wants any more.
 * One timer for all. A verdict is given in two steps, look and act, with a poll of the event loop between: when nothing has arrived from
 * the executor meanwhile, its reply was not on the wire when we looked, so the call is really still running.
 */
import { type Failure, failure } from '../../contracts/invocation.ts';
import { batchPatienceUs, monotonicUs } from '../../executor/protocol.ts';
import type { PooledCall } from './call.ts';
import type { ExecutorHandle } from './executor-handle.ts';
import { residentBytes, residentLimitBytes } from './memory-watch.ts';

export type StopReason = 'deadline' | 'memory' | 'cancel';

export interface WardenOptions {
  readonly executors: ReadonlySet<ExecutorHandle>;
  /** Whether any call is in the worker; when not, the timer stops. */
  readonly active: () => boolean;
  /** Whether this one is to be stopped, however it does. */
  readonly unwanted: (invocationId: string) => boolean;
  /** The running call is slow: calls behind it should run elsewhere. */
  readonly onSlow: (executor: ExecutorHandle) => void;
  /** The running call must be stopped. */
  readonly onStop: (executor: ExecutorHandle, reason: StopReason, reply: Failure) => void;
  /** After every look. @param nowMs epoch milliseconds */
  readonly onLook: (nowMs: number) => void;
}

const lookEveryMs = 5;
/** Well over the patience of the executor, which ends its batch by itself after that. */
const slowUs = batchPatienceUs * 2.5;
/** A running call is looked at for its memory on every so manieth look. */
const memoryEvery = 5;

export class Warden {
  readonly #options: WardenOptions;
  #timer: NodeJS.Timeout | undefined;
  #looks = 0;

  constructor(options: WardenOptions) {
    this.#options = options;
  }

  /** A call has come: look from now on, until there is none. */
  wake(): void {
    this.#timer ??= setInterval(() => this.#look(), lookEveryMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    if (!this.#options.active()) return this.stop();
    const nowUs = monotonicUs();
    const nowMs = Date.now();
    const watchMemory = this.#looks++ % memoryEvery === 0;
    for (const executor of this.#options.executors) {
      if (executor.state !== 'busy' || executor.runningForUs(nowUs) < slowUs) continue;
      const call = executor.running;
      if (call === undefined) continue;
      const received = executor.receivedBytes;
      const verdict = this.#options.unwanted(call.invocation.id)
        ? { reason: 'cancel' as const, reply: failure('INVOCATION_CANCELLED', 'the guest was stopped: its invocation was cancelled') }
        : (judgeTime(call, executor.runningForUs(nowUs), nowMs) ?? (watchMemory ? judgeMemory(call, executor.pid) : undefined));
      if (verdict === undefined && executor.behind === 0) continue;
      setImmediate(() => {
        if (executor.receivedBytes !== received || executor.running !== call) return;
        if (verdict === undefined) this.#options.onSlow(executor);
        else this.#options.onStop(executor, verdict.reason, verdict.reply);
      });
    }
    this.#options.onLook(nowMs);
  }
}

interface Verdict {
  readonly reason: StopReason;
  readonly reply: Failure;
}

function judgeTime({ invocation }: PooledCall, runningUs: number, nowMs: number): Verdict | undefined {
  if (nowMs < invocation.deadlineAtMs) return undefined;
  const seconds = (runningUs / 1e6).toFixed(3);
  return { reason: 'deadline', reply: failure('GUEST_DEADLINE_EXCEEDED', `the guest was stopped after running for ${seconds} s`) };
}

function judgeMemory({ invocation }: PooledCall, pid: number): Verdict | undefined {
  const limit = residentLimitBytes(invocation.target.memoryPages);
  if ((residentBytes(pid) ?? 0) <= limit) return undefined;
  return { reason: 'memory', reply: failure('GUEST_MEMORY_EXCEEDED', `the guest was stopped: its process held more than ${limit} bytes`) };
}
