/** How the linker ends a guest. The one part of an instance's state that everything sees. */
import { type Stoppable, trap, trapGuest } from '../host/stop.ts';

/** An i32, f32 or f64 as a number, an i64 as a bigint (WebAssembly JavaScript interface, "ToJSValue"). */
export type FlatValue = number | bigint;
export type CoreFunction = (...args: FlatValue[]) => unknown;

export interface Running {
  /** Where the reason of a fault is noted. */
  readonly world: Stoppable;
  /** After a trap nothing of it may run again (Explainer.md, "Component Invariants"). */
  dead: boolean;
  /** What else than a trap passed through the guest, to be thrown on to the one who called it. */
  cause: { readonly error: unknown } | undefined;
  /** What is left of `liftBudgetBytes`. */
  budget: number;
}

/**
 * Host memory that values lifted out of guest memory may take at once, in bytes, as estimated by the types' `cost`. Guests alias: a list of
 * lists of lists in one page would otherwise become gigabytes.
 */
export const liftBudgetBytes = 67_108_864;

/**
 * A fault of the guest, as CanonicalABI.md's `trap`.
 * @param detail what it did, for the reader; ends up in `world.stopped`
 */
export function fail(state: Running, detail: string): never {
  state.dead = true;
  return trapGuest(state.world, detail);
}

/**
 * What a trampoline does with all that is thrown through it: ends the guest by a trap, since it could catch anything else, and keeps what
 * was thrown for the one who called it.
 */
export function abort(state: Running, error: unknown): never {
  // Where the stack has no room for the trap, what comes of it can be caught; then at least nothing more is called.
  state.dead = true;
  state.cause ??= { error };
  return trap();
}
