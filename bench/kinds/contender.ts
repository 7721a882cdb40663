/** A way to run a guest: prepared once, then called again and again, an instance in its initial state for each. */
import type { Guest } from './guest.ts';

export interface Contender {
  readonly name: string;
  /** Whether it can run a guest of this kind. */
  readonly runs: (guest: Guest) => boolean;
  /** Whether it runs guests in processes of their own, whose processor time nobody counts here. */
  readonly spawns: boolean;
  /** @returns makes one call. @throws Absent when this machine lacks what it needs */
  readonly prepare: (guest: Guest) => Promise<Call>;
}

/** @returns the body of the answer. @throws whatever the guest, or its host, failed with */
export type Call = () => Uint8Array;
