/** Tells what ended a guest that did not return: the reason its host noted, or the trap itself. */
import { GuestError } from '../guest-error.ts';
import type { Stoppable } from '../host/stop.ts';

/**
 * @param error what the guest threw
 * @returns the status the guest exited with
 * @throws GuestError when its host stopped it for a fault; `error` when it trapped by itself
 */
export function exitStatus(guest: Stoppable, error: unknown): number {
  const reason = guest.stopped;
  if (reason === undefined) throw error;
  if (reason.kind === 'exit') return reason.status;
  throw new GuestError(reason.code, reason.detail, reason.extra);
}

/** A guest that is called by its exports may exit, too: whatever the status, it gave no answer. */
export function exitedEarly(guest: Stoppable, error: unknown): GuestError {
  return exited(exitStatus(guest, error));
}

export function exited(exitCode: number): GuestError {
  return new GuestError('GUEST_EXITED', `the guest exited with code ${exitCode}`, { exitCode });
}
