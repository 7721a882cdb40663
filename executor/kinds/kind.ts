/** What every kind of module offers to the executor's loop: compile once, instantiate often, call. */

import type { MemoryLimits } from '../../wasm/memory-import.ts';

export interface GuestResponse {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: Uint8Array;
}

export interface RunnerInstance {
  /** Runs the guest. What it throws is the guest's trap. */
  call(payload: Uint8Array): GuestResponse;
  /** It is not used again. */
  discard(): void;
}

export interface CompiledArtifact {
  instantiate(): RunnerInstance;
}

export interface Runner {
  /** @param memory limits of the memory that the module imports, if it does */
  compile(bytes: Uint8Array, memory: MemoryLimits | undefined): CompiledArtifact;
}
