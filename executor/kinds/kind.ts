/** What every kind of module offers to the executor's loop: compile once, instantiate often, call. */

import type { MemoryLimits } from '../../wasm/memory-import.ts';

export interface GuestResponse {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: Uint8Array;
}

export interface RunnerInstance {
  /**
   * Puts it back to what it was right after `instantiate`, as far as a guest can tell, where its kind can do that. Runs nothing of the guest. Called
   * after a call that did not throw.
   * @returns false when it could not be put back: it is to be discarded
   */
  reset?(): boolean;
  /** Runs the guest. What it throws is a GuestError, or the guest's trap. */
  call(payload: Uint8Array): GuestResponse;
  /** What the guest wrote besides its answer since the last look; may be empty. */
  log(): Uint8Array;
  /** It is not used again. */
  discard(): void;
}

export interface CompiledArtifact {
  instantiate(): RunnerInstance;
}

/** What an artifact brings besides its code. */
export interface ArtifactSettings {
  /** Limits of the memory that the module imports, if it does (wasm/import-memory.ts). */
  readonly memory: MemoryLimits | undefined;
  /** Whether an instance can be put back to its initial state (wasm/expose-state.ts). */
  readonly resets: boolean;
  /** Most linear memory of an instance; its files count against it. */
  readonly memoryBytes: number;
  readonly args: readonly string[];
  readonly env: readonly (readonly [name: string, value: string])[];
  /** Pack of its files (contracts/assets.ts). */
  readonly assets: Uint8Array | undefined;
}

export interface Runner {
  compile(bytes: Uint8Array, settings: ArtifactSettings): CompiledArtifact;
}
