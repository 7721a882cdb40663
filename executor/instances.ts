/** The instances of one artifact: each call gets one that no call has seen before, or that cannot be told from such a one. */
import type { CompiledArtifact, RunnerInstance } from './kinds/kind.ts';
import { monotonicUs } from './protocol.ts';

export interface ReadyInstance {
  readonly instance: RunnerInstance;
  /** Instantiated now, or put back to its initial state. */
  readonly start: 'fresh' | 'reset';
}

/** Where instantiating takes longer, it is not done ahead: the executor must not be busy with it when the next call comes. */
const quickUs = 500;

export class Instances {
  readonly #artifact: CompiledArtifact;
  /** For the next call. */
  #ready: ReadyInstance | undefined;
  #wasQuick = false;

  constructor(artifact: CompiledArtifact) {
    this.#artifact = artifact;
  }

  /** @throws what instantiating does */
  take(): ReadyInstance {
    const ready = this.#ready ?? this.#instantiate();
    this.#ready = undefined;
    return ready;
  }

  /** After it answered a call, and nobody asks it for anything any more. One that trapped is discarded: it may be in the middle of anything. */
  giveBack(instance: RunnerInstance): void {
    if (instance.reset?.() === true) this.#ready = { instance, start: 'reset' };
    else instance.discard();
  }

  /** Makes the next one ahead, unless that would take long: a long start function never runs ahead. */
  prepare(): void {
    if (this.#ready !== undefined || !this.#wasQuick) return;
    try {
      this.#ready = this.#instantiate();
    } catch {
      // The next call meets the same fault and tells it.
    }
  }

  /** While another artifact is called. What was made ahead goes; what was put back stays: its artifact keeps a memory anyhow. */
  unprepare(): void {
    if (this.#ready?.start !== 'fresh') return;
    this.#ready.instance.discard();
    this.#ready = undefined;
  }

  #instantiate(): ReadyInstance {
    this.#wasQuick = false;
    const beganUs = monotonicUs();
    const instance = this.#artifact.instantiate();
    this.#wasQuick = monotonicUs() - beganUs < quickUs;
    return { instance, start: 'fresh' };
  }
}
