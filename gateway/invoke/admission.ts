/** Decides whether one more invocation may enter. Pure: no clock, no queue; dispatch feeds it. */

export interface AdmissionLoad {
  /** Invocations of this function in flight at this gateway. */
  readonly inFlight: number;
  /** Recent mean time from arrival to answer of this function, undefined when it never answered. */
  readonly meanMs: number | undefined;
  /** Invocations in the lane, all gateways and functions together, as last seen. */
  readonly queueDepth: number;
  readonly workers: number;
}

export interface AdmissionLimits {
  /** Most invocations of the function in flight at this gateway. */
  readonly concurrency: number;
  /** Most invocations in the lane. */
  readonly maxQueueDepth: number;
}

export type Admission =
  | { readonly kind: 'accept' }
  | {
      readonly kind: 'reject';
      readonly code: 'FUNCTION_BUSY' | 'QUEUE_FULL' | 'NO_WORKER';
      readonly detail: string;
      readonly retryAfterMs: number;
    };

const accept: Admission = { kind: 'accept' };

/** @returns on reject, the delay after which half of the backlog should be gone: W/2, as L = lambda W (Little's law) */
export function decideAdmission(load: AdmissionLoad, limits: AdmissionLimits): Admission {
  const retryAfterMs = Math.max(1_000, (load.meanMs ?? 0) / 2);
  if (load.inFlight >= limits.concurrency) {
    return {
      kind: 'reject',
      code: 'FUNCTION_BUSY',
      detail: `${limits.concurrency} calls of this function are in flight, its limit`,
      retryAfterMs,
    };
  }
  if (load.workers === 0) return { kind: 'reject', code: 'NO_WORKER', detail: 'no worker has been heard of lately', retryAfterMs };
  if (load.queueDepth >= limits.maxQueueDepth) {
    return {
      kind: 'reject',
      code: 'QUEUE_FULL',
      detail: `${load.queueDepth} calls are waiting, the limit is ${limits.maxQueueDepth}`,
      retryAfterMs,
    };
  }
  return accept;
}
