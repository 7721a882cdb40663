/** What gateways and workers ask of the record of asynchronous invocations. Implemented in SQL beside this file; types only here. */
import type { DeadReason, Destination, FinalStatus, InvocationRecord, InvocationStatus } from '../../contracts/async.ts';
import type { ErrorExtra } from '../../contracts/errors.ts';
import type { Page } from '../page.ts';

/** An invocation to be accepted. Times are relative, for the clock of Postgres. */
export interface NewInvocation {
  /** UUID version 7. */
  readonly id: string;
  readonly function: string;
  readonly version: number;
  readonly payload: Uint8Array;
  readonly delayMs: number;
  readonly maxAgeMs: number;
  readonly callbackUrl: string | undefined;
  readonly depth: number;
  readonly schedule: string | undefined;
  /** Id of the key that it is accepted with, if there is one. */
  readonly caller?: string | undefined;
  /** Trace that its attempts and destinations are part of (contracts/traceparent.ts). */
  readonly traceparent?: string | undefined;
  readonly idempotency: { readonly key: string; /** sha256 of the request */ readonly fingerprint: Uint8Array } | undefined;
}

export type Acceptance =
  /** `created` is false when the same request with the same key was accepted before: `id` is that of then. */
  | { readonly kind: 'accepted'; readonly id: string; readonly created: boolean }
  /** The key belongs to another request. */
  | { readonly kind: 'conflict' }
  /** The version was deleted meanwhile. */
  | { readonly kind: 'gone' };

/** How far an invocation has come: what a verdict on its attempt starts from. */
export interface Progress {
  /** Attempts that count against its budget. */
  readonly tries: number;
  /** In a row: attempts that the platform lost, attempts that ended their executor. */
  readonly losses: number;
  readonly crashes: number;
  /** Milliseconds until no attempt may start any more. */
  readonly remainingMs: number;
}

/** An attempt that has begun and belongs to one worker. */
export interface ClaimedAttempt extends Progress {
  readonly id: string;
  /** Attempts started, this one included; it names the attempt. */
  readonly attempt: number;
  readonly function: string;
  readonly version: number;
  readonly payload: Uint8Array;
  readonly callbackUrl: string | undefined;
  /** As of NewInvocation. */
  readonly traceparent?: string | undefined;
}

/** An attempt that somebody else has to end: its worker is lost, or its invocation grew too old while it waited (`status` queued). */
export interface OrphanedAttempt extends Omit<ClaimedAttempt, 'payload' | 'traceparent'> {
  readonly status: 'queued' | 'running';
}

/** What follows from the end of an attempt. */
export type Verdict = {
  readonly tries: number;
  readonly losses: number;
  readonly crashes: number;
} & (
  | { readonly status: 'queued'; readonly delayMs: number }
  | { readonly status: Exclude<FinalStatus, 'dead' | 'cancelled'> }
  | { readonly status: 'dead'; readonly reason: DeadReason }
);

/** The guest's answer, to be kept as it would have been sent. */
export interface KeptAnswer {
  readonly status: number;
  /** Name, value, name, value ... */
  readonly headers: readonly string[];
  readonly body: Uint8Array;
}

export interface KeptFailure {
  readonly code: string;
  readonly detail: string;
  readonly extra: ErrorExtra | undefined;
}

/** The end of an attempt. */
export interface AttemptEnd {
  readonly id: string;
  readonly attempt: number;
  /** `queued` for one that never began. */
  readonly from: 'queued' | 'running';
  readonly verdict: Verdict;
  readonly outcome: { readonly answer: KeptAnswer } | { readonly failure: KeptFailure };
  /** To be told, when the verdict is final. */
  readonly destinations: readonly Destination[];
}

export interface InvocationFilter {
  /** Undefined: of all. */
  readonly namespace?: string | undefined;
  readonly function: string | undefined;
  readonly status: InvocationStatus | undefined;
  readonly schedule: string | undefined;
  /** Why dead ones are dead; others have none. */
  readonly reason?: DeadReason | undefined;
}

export interface DeadLetterFilter {
  /** Undefined: of all. */
  readonly namespace?: string | undefined;
  readonly function: string | undefined;
  readonly reason: DeadReason | undefined;
}

/** The result of an invocation, as far as there is one. */
export interface StoredResult {
  readonly function: string;
  readonly version: number;
  /** As of InvocationRecord. */
  readonly caller?: string;
  readonly status: InvocationStatus;
  readonly outcome: { readonly answer: KeptAnswer } | { readonly failure: KeptFailure } | undefined;
}

/** All throw BantamError REGISTRY_UNAVAILABLE when Postgres cannot be reached. */
export interface InvocationStore {
  /** In one transaction per 16 MiB of payloads. @returns in the order of `invocations`: durable when the promise resolves */
  accept(invocations: readonly NewInvocation[]): Promise<readonly Acceptance[]>;
  /**
   * Begins attempts for a worker. @param attempts named by the attempts started before them
   * @returns those that are to be made: not cancelled, not begun by another, not superseded
   */
  claim(worker: string, attempts: readonly { readonly id: string; readonly attempt: number }[]): Promise<readonly ClaimedAttempt[]>;
  /** @returns those of `attempts`, named as for `claim`, that run at this worker: for whoever did not hear the answer to a claim */
  begun(worker: string, attempts: readonly { readonly id: string; readonly attempt: number }[]): Promise<readonly ClaimedAttempt[]>;
  /** Ends attempts. @returns the ids of those that were still in force; what another has ended or cancelled stays as it is */
  end(attempts: readonly AttemptEnd[]): Promise<ReadonlySet<string>>;
  find(id: string): Promise<InvocationRecord | undefined>;
  result(id: string): Promise<StoredResult | undefined>;
  /** Newest first. @param before id that the page starts after */
  list(filter: InvocationFilter, limit: number, before: string | undefined): Promise<Page<InvocationRecord>>;
  /** @returns the status since; undefined when there is no such invocation. Only `cancelled` if this or an earlier call did it */
  cancel(id: string): Promise<InvocationStatus | undefined>;
  /** @returns those of `ids` that are final or not there */
  finished(ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Attempts that wait, up to a limit. @returns how many, at most `atMost` */
  countQueued(atMost: number): Promise<number>;
  /** Queued attempts that have been due for `graceMs`, in order of (due, id). @param after the last one of the page before */
  due(graceMs: number, limit: number, after: DueCursor | undefined): Promise<readonly DueRow[]>;
  /** Attempts running at workers that are not registered (any more), and queued ones past their age. */
  orphans(limit: number): Promise<readonly OrphanedAttempt[]>;
  /** @returns those that were dead and are queued again, with the attempts started before */
  redrive(ids: readonly string[]): Promise<readonly { readonly id: string; readonly attempt: number }[]>;
  /** Ids of dead invocations, oldest first. @param after id that the page starts after */
  deadLetters(filter: DeadLetterFilter, limit: number, after: string | undefined): Promise<readonly string[]>;
  /** @returns how many of these were dead and are deleted */
  purge(ids: readonly string[]): Promise<number>;
  /** Deletes what is kept for too long or is too much, up to a thousand of each. @returns how many were deleted */
  sweep(bounds: RetentionBounds): Promise<number>;
}

export interface DueCursor {
  /** Epoch microseconds, as text. */
  readonly dueAtUs: string;
  readonly id: string;
}
export interface DueRow extends DueCursor {
  readonly attempt: number;
}

export interface RetentionBounds {
  /** Of finished invocations but the dead. */
  readonly resultAgeMs: number;
  /** Of payloads and results together; the oldest finished go first. */
  readonly resultBytes: number;
  readonly deadLetterAgeMs: number;
  readonly idempotencyAgeMs: number;
  readonly eventAgeMs: number;
  /** Of lines of guest logs. */
  readonly logAgeMs: number;
}

/** The workers that there are, by their own word. */
export interface WorkerStore {
  /** Registers it, and says so in an event. */
  join(worker: string, host: string): Promise<void>;
  /**
   * A sign of life. What the record says that it runs, and has for a while, and it does not, is nobody's from then on.
   * @param running ids of the invocations that it runs
   * @returns undefined when it is not registered (any more); else those of `running` that are not its own any more, to be stopped
   */
  beat(worker: string, running: readonly string[]): Promise<readonly string[] | undefined>;
  /** An orderly end. */
  leave(worker: string): Promise<void>;
  /** The one that joined first comes first. */
  list(): Promise<readonly { readonly id: string; readonly host: string; readonly startedAt: string; readonly beats: string }[]>;
  /** Strikes off a worker that has fallen silent, if it still has these `beats`. @returns whether it did */
  giveUp(worker: string, beats: string): Promise<boolean>;
}
