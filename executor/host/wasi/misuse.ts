/** Where the documentation of an interface says "traps". */
import { stop, type Stoppable } from '../stop.ts';

/** @param what the guest did against the interface's contract, as the end of a sentence */
export function misuse(guest: Stoppable, what: string): never {
  return stop(guest, { kind: 'fault', code: 'GUEST_TRAPPED', detail: `the guest trapped: ${what}` });
}
