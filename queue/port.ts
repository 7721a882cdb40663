/** How an invocation travels from gateway to worker and its reply back. Two adapters: local.ts and redis/. */
import type { Invocation, Reply } from '../contracts/invocation.ts';

/** What admission may know of the lane; from the adapter's last look, never fetched per call. */
export interface LaneLoad {
  /** Invocations enqueued and not yet replied to, all gateways together. */
  readonly queueDepth: number;
  /** Workers that can take invocations now. */
  readonly workers: number;
}

/** The gateway's side. */
export interface InvocationProducer {
  /**
   * Enqueues and waits for the reply. Never retried here after a guest may have started.
   * Never rejects: what goes wrong on the way is a Failure (QUEUE_UNAVAILABLE when it was not accepted, QUEUE_LOST when the queue
   * was lost meanwhile, WORKER_LOST, ANSWER_OVERDUE when nothing came by `deadlineAtMs` + 1 s).
   * @param signal aborted when the caller hung up: a waiting invocation leaves the queue; the promise then resolves with any Failure
   */
  call(invocation: Invocation, signal?: AbortSignal): Promise<Reply>;
  load(): LaneLoad;
  /** @returns milliseconds for which the oldest call that no worker has taken has waited, as last seen; 0 when there is none */
  oldestWaitMs(): number;
  /** Whether invocations can be enqueued now. Cheap: state, not a probe. */
  ready(): boolean;
  /** Stops accepting, waits for the replies in flight, then lets go of everything. */
  close(): Promise<void>;
}

/** What a worker offers to the queue. Both functions are called on the hot path. */
export interface InvocationHandler {
  /** How many more invocations could be started at once, now. The queue hands over no more than this. */
  capacity(): number;
  /** Runs one invocation; `done` is called exactly once, or not at all when `cancel` gave true. It never throws. */
  run(invocation: Invocation, done: (reply: Reply) => void): void;
  /** Takes a waiting invocation back. @returns false when it has been started or is not here */
  cancel(invocationId: string): boolean;
  /**
   * Ends an invocation, also one that runs: unless it is done first, its reply is the failure INVOCATION_CANCELLED.
   * @returns false when it is not here
   */
  stop(invocationId: string): boolean;
  /** The handler calls every `listener` whenever capacity() may have risen from zero. */
  onCapacity(listener: () => void): void;
}

/** The worker's side. */
export interface InvocationConsumer {
  /** Starts pulling; resolves once that has begun (the queue may still be out of reach: it keeps trying). */
  start(handler: InvocationHandler): Promise<void>;
  /** Whether invocations can be pulled now. */
  ready(): boolean;
  /** Stops pulling, waits for the replies of what was taken to be delivered, then lets go of everything. */
  close(): Promise<void>;
}
