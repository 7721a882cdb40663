/** An invocation and its reply, as they travel between gateway and worker. No I/O. */
import type { ErrorCode, ErrorExtra } from './errors.ts';
import type { ModuleKind } from './kinds.ts';
import type { SecretReference } from './secret.ts';

/** What to run: everything a worker must know of a version, all of it immutable. */
export interface Target {
  readonly function: string;
  readonly version: number;
  /** sha256 of the module, lower-case hex. */
  readonly digest: string;
  readonly kind: ModuleKind;
  /** Most linear memory of an instance, in pages of 64 KiB. */
  readonly memoryPages: number;
  /** Whether an instance may be kept for later calls. */
  readonly reuse: boolean;
  /** What the configuration gives to instances; undefined when it gives nothing. */
  readonly settings: GuestSettings | undefined;
}

/** Arguments, environment, files and secrets of a version, the same for all its instances. */
export interface GuestSettings {
  /** sha256 over all of it, lower-case hex: equal settings have equal keys. */
  readonly key: string;
  readonly args: readonly string[];
  readonly env: readonly (readonly [name: string, value: string])[];
  /** sha256 of the pack (assets.ts), lower-case hex. */
  readonly assets: string | undefined;
  /** Of the namespace of the function; their values are known to the worker only. */
  readonly secrets: readonly SecretReference[];
}

export interface Invocation {
  /** Unique; also the caller's `x-bantam-invocation-id`. */
  readonly id: string;
  readonly target: Target;
  /** Epoch milliseconds at the gateway. */
  readonly enqueuedAtMs: number;
  /** Epoch milliseconds; past it the guest is stopped and nothing is started. */
  readonly deadlineAtMs: number;
  /** What the executor's runner of this kind decodes: see `payloadOf` in kinds.ts. */
  readonly payload: Uint8Array;
}

/**
 * How the instance came to be: module compiled for this call, freshly instantiated, put back to its initial state after an earlier call, or kept as that
 * left it.
 */
export const startKinds = ['cold', 'fresh', 'reset', 'reused'] as const;
export type StartKind = (typeof startKinds)[number];

/** Microseconds in the executor. `load`: compilation (when cold) and instantiation; `run`: inside the guest. */
export interface Timing {
  readonly loadUs: number;
  /** The part of `loadUs` that compilation took; only of cold starts. */
  readonly compileUs?: number;
  readonly runUs: number;
}

/** The guest answered. */
export interface Answer {
  readonly ok: true;
  /** HTTP status. */
  readonly status: number;
  /** Flat list: name, value, name, value ... */
  readonly headers: readonly string[];
  readonly body: Uint8Array;
  readonly start: StartKind;
  readonly timing: Timing;
}

/** The guest did not answer. */
export interface Failure {
  readonly ok: false;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly extra: ErrorExtra | undefined;
  readonly timing: Timing | undefined;
}

export type Reply = Answer | Failure;

/** @returns a failure without timing: the guest was never reached, or is gone */
export function failure(code: ErrorCode, detail: string, extra?: ErrorExtra): Failure {
  return { ok: false, code, detail, extra, timing: undefined };
}
