/** An instance that did not survive its own start: why, and what it wrote until then. There is no instance to ask for it. */
import type { World } from '../host/world.ts';
import { exitedEarly } from './ended.ts';
import { wholeLog } from './surroundings.ts';

export class FailedStart extends Error {
  /** A GuestError, the guest's trap, or a defect of ours. */
  override readonly cause: unknown;
  readonly log: Uint8Array;

  /** @param error what instantiating threw */
  constructor(world: World, error: unknown) {
    super('the instance did not start');
    this.name = 'FailedStart';
    this.cause = causeOf(world, error);
    this.log = wholeLog(world);
  }
}

function causeOf(world: World, error: unknown): unknown {
  try {
    return exitedEarly(world, error);
  } catch (reason) {
    return reason;
  }
}
