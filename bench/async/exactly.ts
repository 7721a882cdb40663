/** An exact number of invocations, from handing them in to the end of the last. */
import type { RunningLane } from './lane.ts';

export interface Span {
  /** The first answer and the last end, epoch milliseconds. */
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

/** @throws Error when not all are accepted, or more or fewer are done */
export async function finishExactly(running: Pick<RunningLane, 'acceptMany' | 'drain'>, count: number): Promise<Span> {
  const { accepted, firstAtMs } = await running.acceptMany(count);
  const { finished, lastAtMs } = await running.drain();
  if (accepted !== count || finished !== count) throw new Error(`of ${count}, ${accepted} were accepted and ${finished} finished`);
  return { firstAtMs, lastAtMs };
}
