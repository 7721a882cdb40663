/** What every kind of module offers to the executor's loop: compile once, instantiate often, call. */

export interface GuestResponse {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: Uint8Array;
}

export interface RunnerInstance {
  /** Runs the guest. What it throws is the guest's trap. */
  call(payload: Uint8Array): GuestResponse;
}

export interface CompiledArtifact {
  instantiate(): RunnerInstance;
}

export interface Runner {
  compile(bytes: Uint8Array): CompiledArtifact;
}
