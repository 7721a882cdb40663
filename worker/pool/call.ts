/** A call inside the worker: what the pool needs to know of it. */
import type { Invocation, Reply } from '../../contracts/invocation.ts';
import type { MemoryLimits } from '../../wasm/memory-import.ts';

/** A module ready to be loaded by an executor, shared by all calls of its function. */
export interface RunnableArtifact {
  /** Unique by content and function: the module, what was rewritten in it, its settings, whose it is. */
  readonly key: string;
  readonly bytes: Uint8Array;
  /** Limits of the memory that it imports, if it does. */
  readonly memory: MemoryLimits | undefined;
  /** Whether an instance can be put back to its initial state (wasm/expose-state.ts). */
  readonly resets: boolean;
  /** Pack of its files (contracts/assets.ts). */
  readonly assets: Uint8Array | undefined;
  /** What it is given as secrets: environment variables, beside those of its settings. Never logged, never stored. */
  readonly secrets: readonly (readonly [name: string, value: string])[];
  /** Recent duration of its calls in microseconds, load and run. */
  meanUs: number | undefined;
}

export interface PooledCall {
  readonly invocation: Invocation;
  readonly artifact: RunnableArtifact;
  readonly done: (reply: Reply) => void;
}
