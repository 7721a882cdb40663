/** Accepts asynchronous invocations: into Postgres, many callers in one commit; then the engine is told, which may forget it again. */
import { asyncPolicyOf } from '../../contracts/async.ts';
import { BantamError } from '../../contracts/errors.ts';
import type { FunctionVersion } from '../../contracts/function.ts';
import type { AsyncProducer } from '../../queue/async/port.ts';
import type { Acceptance, InvocationStore, NewInvocation } from '../../registry/invocations/port.ts';
import { Batcher } from '../../shared/batcher.ts';
import { uuidv7 } from '../../shared/uuid.ts';
import type { CallRequest } from '../invoke/codecs/codec.ts';
import { encodePayload } from '../invoke/codecs/encode.ts';
import { Backlog } from './backlog.ts';

/** What is to be accepted. */
export interface Acceptable {
  /** UUID version 7. Default: a new one. */
  readonly id?: string;
  /** The one that the invocation gets, whatever is released meanwhile. */
  readonly version: FunctionVersion;
  readonly request: CallRequest;
  /** Milliseconds before which it does not start. Default 0. */
  readonly delayMs?: number | undefined;
  /** Told of its end, beside the function's own destinations. Already allowed. */
  readonly callbackUrl?: string | undefined;
  /** How many invocations led to this one as their destination. Default 0. */
  readonly depth?: number | undefined;
  /** Name of the schedule that makes it. */
  readonly schedule?: string | undefined;
  /** Id of the key of whoever makes it. */
  readonly caller?: string | undefined;
  /** The trace that attempts and destinations are part of. */
  readonly traceparent?: string;
  readonly idempotency?: NewInvocation['idempotency'];
}

export interface Accepted {
  readonly id: string;
  /** False when the same request with the same key was accepted before: `id` is that of then. */
  readonly created: boolean;
}

export interface AcceptorOptions {
  readonly store: Pick<InvocationStore, 'accept' | 'countQueued'>;
  readonly engine: Pick<AsyncProducer, 'enqueue'>;
  /** Invocations that may wait, past which more are refused; a little more where several gateways accept. */
  readonly maxBacklog: number;
  /** Counts one more against the quotas that it falls under. Default: there are none. @returns undefined when it need not be waited for. @throws BantamError QUOTA_EXCEEDED */
  readonly admit?: (name: string, caller: string | undefined) => Promise<void> | undefined;
  /** Told when the engine did not take accepted invocations, or the backlog could not be looked at. */
  readonly onFault: (error: unknown) => void;
}

/** With a second one each would carry half as much, and most of what a batch costs is the statement and its commit. */
const maxFlights = 1;
const maxItems = 128;
/** Bytes of a payload past which it goes alone: a full batch of smaller ones is one transaction of the store, so all of it is accepted or nothing. */
const maxBatchedBytes = 65_536;
/** For who finds the backlog full. */
const retryAfterMs = 5_000;

export class Acceptor {
  readonly #options: AcceptorOptions;
  readonly #backlog: Backlog;
  readonly #inserts: Batcher<NewInvocation, Acceptance>;

  constructor(options: AcceptorOptions) {
    const { store, maxBacklog, onFault } = options;
    this.#options = options;
    this.#backlog = new Backlog({
      count: (atMost) => store.countQueued(atMost),
      max: maxBacklog,
      refusal: () => new BantamError('ASYNC_BACKLOG_FULL', `${maxBacklog} asynchronous invocations are waiting`, { retryAfterMs }),
      onFault,
    });
    this.#inserts = new Batcher({ flush: (invocations) => this.#insert(invocations), maxItems, maxFlights });
  }

  /**
   * Resolves once it is committed.
   * @throws BantamError EXPORT_NOT_FOUND, INVALID_ARGUMENTS, QUOTA_EXCEEDED, ASYNC_BACKLOG_FULL, IDEMPOTENCY_KEY_REUSED, VERSION_NOT_FOUND, REGISTRY_UNAVAILABLE
   */
  async accept({ version, request, delayMs, idempotency, ...rest }: Acceptable): Promise<Accepted> {
    const { id = uuidv7(), callbackUrl, depth = 0, schedule, caller, traceparent } = rest;
    const { name, version: number, config } = version;
    const payload = encodePayload(version, request);
    const admitted = this.#options.admit?.(name, caller);
    if (admitted !== undefined) await admitted;
    await this.#backlog.enter();
    const invocation: NewInvocation = {
      id,
      function: name,
      version: number,
      payload,
      delayMs: delayMs ?? 0,
      maxAgeMs: asyncPolicyOf(config.async).maxAgeMs,
      callbackUrl,
      depth,
      schedule,
      caller,
      traceparent,
      idempotency,
    };
    const acceptance = payload.length > maxBatchedBytes ? (await this.#insert([invocation]))[0] : await this.#inserts.add(invocation);
    if (acceptance?.kind === 'accepted') return { id: acceptance.id, created: acceptance.created };
    if (acceptance?.kind === 'conflict')
      throw new BantamError('IDEMPOTENCY_KEY_REUSED', `"${idempotency?.key}" was sent with another request for "${name}" before`);
    throw new BantamError('VERSION_NOT_FOUND', `version ${number} of "${name}" was deleted meanwhile`);
  }

  async #insert(invocations: readonly NewInvocation[]): Promise<readonly Acceptance[]> {
    const { store, engine, onFault } = this.#options;
    const acceptances = await store.accept(invocations);
    const due = invocations.flatMap(({ id, delayMs }, i) => {
      const acceptance = acceptances[i];
      return acceptance?.kind === 'accepted' && acceptance.created ? [{ id, attempt: 0, delayMs }] : [];
    });
    // Nobody waits for the engine: what it does not get, the keeper brings to it.
    if (due.length > 0) engine.enqueue(due).catch(onFault);
    return acceptances;
  }
}
