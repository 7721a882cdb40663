/** One invocation from an admitted request to its reply: resolve, decode, admit, enqueue. The only way into the queue. */
import type { FunctionVersion } from '../../contracts/function.ts';
import { failure, type Invocation, type Reply } from '../../contracts/invocation.ts';
import type { FunctionReference } from '../../contracts/names.ts';
import type { InvocationProducer } from '../../queue/port.ts';
import type { Route } from '../../registry/port.ts';
import type { LanePhases } from '../../shared/metrics/phases.ts';
import { decideAdmission } from './admission.ts';
import type { CallRequest } from './codecs/codec.ts';
import { encodePayload } from './codecs/encode.ts';
import { InFlight } from './in-flight.ts';
import { notFound, type Resolver } from './resolver.ts';
import { targetOf } from '../../contracts/target.ts';

export interface DispatchOptions {
  readonly resolver: Resolver;
  readonly queue: InvocationProducer;
  /** Lane depth past which calls get QUEUE_FULL. */
  readonly maxQueueDepth: number;
  /** Told of every refusal. */
  readonly onRefused: (code: 'FUNCTION_BUSY' | 'QUEUE_FULL' | 'NO_WORKER') => void;
  readonly phases: Pick<LanePhases, 'admitted' | 'replied'>;
}

export interface InvokeRequest extends CallRequest {
  readonly id: string;
  /** Monotonic milliseconds. */
  readonly arrivedMs: number;
}

export class Dispatch {
  readonly #options: DispatchOptions;
  readonly #inFlight = new InFlight();

  constructor(options: DispatchOptions) {
    this.#options = options;
  }

  /** Invocations in flight. */
  get inFlight(): number {
    return this.#inFlight.total;
  }

  /** @returns where it leads if no I/O is needed for it. @throws BantamError FUNCTION_NOT_FOUND, VERSION_NOT_FOUND, ALIAS_NOT_FOUND */
  peek(reference: FunctionReference): Route | undefined {
    const route = this.#options.resolver.peek(reference);
    if (route === null) throw notFound(reference);
    return route;
  }

  /** @throws BantamError FUNCTION_NOT_FOUND, VERSION_NOT_FOUND, ALIAS_NOT_FOUND, REGISTRY_UNAVAILABLE */
  resolve(reference: FunctionReference): Promise<Route> {
    return this.#options.resolver.find(reference);
  }

  /**
   * @param signal aborted when the caller hung up
   * @throws BantamError for what is wrong with the request or keeps it out (before anything is enqueued); afterwards all is in the Reply
   */
  async invoke(version: FunctionVersion, request: InvokeRequest, signal: AbortSignal): Promise<Reply> {
    const { queue, maxQueueDepth, phases } = this.#options;
    const payload = encodePayload(version, request);
    const load = this.#inFlight.of(version.name);
    const admission = decideAdmission({ ...load, ...queue.load() }, { concurrency: version.limits.concurrency, maxQueueDepth });
    // A queue out of reach knows of no worker either: it says itself what is wrong.
    if (admission.kind === 'reject' && queue.ready()) {
      this.#options.onRefused(admission.code);
      return failure(admission.code, admission.detail, { retryAfterMs: admission.retryAfterMs });
    }
    const enqueuedAtMs = Date.now();
    const invocation: Invocation = {
      id: request.id,
      target: targetOf(version),
      enqueuedAtMs,
      deadlineAtMs: enqueuedAtMs + version.limits.timeoutMs,
      payload,
    };
    this.#inFlight.enter(load);
    const admittedMs = performance.now();
    phases.admitted((admittedMs - request.arrivedMs) * 1_000);
    try {
      const reply = await queue.call(invocation, signal);
      if (reply.timing !== undefined) phases.replied(reply.timing, (performance.now() - admittedMs) * 1_000);
      return reply;
    } finally {
      this.#inFlight.leave(load, Date.now() - enqueuedAtMs);
    }
  }
}
