/** Ends a guest from within a host function, by a trap: a guest with exception handling could catch and swallow anything else. */
import type { ErrorCode, ErrorExtra } from '../../contracts/errors.ts';

/** Why a host function ended the guest. */
export type StopReason =
  | { readonly kind: 'exit'; readonly status: number }
  | { readonly kind: 'fault'; readonly code: ErrorCode; readonly detail: string; readonly extra?: ErrorExtra };

/** (module (func (export "t") unreachable)) */
const trapModule = new WebAssembly.Module(
  Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 116, 0, 0, 10, 5, 1, 3, 0, 0, 11),
);
/** A trap without a reason: for who keeps the reason elsewhere. */
export const trap = new WebAssembly.Instance(trapModule).exports['t'] as () => never;

/** Who ran the guest finds the reason here. */
export interface Stoppable {
  stopped: StopReason | undefined;
}

/**
 * V8 marks the errors of real traps, and of nothing else, as not catchable by wasm ("catch_all" included), also where they pass through
 * JavaScript frames (v8/src/execution/isolate.cc, `is_catchable_by_wasm`).
 */
export function stop(guest: Stoppable, reason: StopReason): never {
  // The first reason stays: what comes after it is a consequence.
  guest.stopped ??= reason;
  return trap();
}

/** Ends a guest for what it did itself, as a trap that the reader finds by this name. */
export function trapGuest(guest: Stoppable, what: string): never {
  return stop(guest, { kind: 'fault', code: 'GUEST_TRAPPED', detail: `the guest trapped: ${what}`, extra: { trap: what } });
}
