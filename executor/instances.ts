/** The instances of one artifact: each call gets one that no call has seen before, or that cannot be told from such a one. */
import { type MemoryLimits, mostZeroedPages } from '../wasm/memory-import.ts';
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
  /** The one that answered last, until it is put back. */
  #used: RunnerInstance | undefined;
  #wasQuick = false;
  readonly #isLarge: boolean;

  /** @param memory that its module imports, if it does */
  constructor(artifact: CompiledArtifact, memory: MemoryLimits | undefined) {
    this.#artifact = artifact;
    this.#isLarge = memory !== undefined && memory.initialPages > mostZeroedPages;
  }

  /** @throws what instantiating does */
  take(): ReadyInstance {
    const ready = this.#ready ?? this.#instantiate();
    this.#ready = undefined;
    return ready;
  }

  /** After it answered a call. One that trapped is discarded instead: it may have been left in the middle of anything. */
  giveBack(instance: RunnerInstance): void {
    if (instance.reset === undefined) instance.discard();
    else this.#used = instance;
  }

  /** Once nobody asks the one that was given back for anything any more. */
  putBack(): void {
    const used = this.#used;
    if (used === undefined) return;
    this.#used = undefined;
    if (used.reset?.() === true) this.#ready = { instance: used, start: 'reset' };
    else used.discard();
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

  /** While another artifact is called. What was made ahead goes; what was put back stays, unless its memory is large: there may be many artifacts. */
  unprepare(): void {
    if (this.#ready === undefined || (this.#ready.start === 'reset' && !this.#isLarge)) return;
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
