/** What to do about a tick that has come: policy as a function of data. Pure. */
import type { DueSchedule } from '../../registry/schedules.ts';

export type TickVerdict = {
  /** Epoch milliseconds of the next tick; undefined when there is none. */
  readonly nextMs: number | undefined;
} & ({ readonly run: true } | { readonly run: false; readonly reason: 'missed' | 'overlap' });

/** How late a tick may be run and still be in time: longer than another gateway takes to lead when the one that did falls silent. */
const lateMs = 10_000;

/**
 * - In time: it is run, and then the one after it, so that none is left out.
 * - Too late: it was missed, and so were all until now. None of them is run, or this one for all.
 * - Where runs may not overlap, none is run while the one before goes on.
 * @param following the first tick after an instant, both epoch milliseconds
 */
export function judgeTick(
  { nextAt, overlap, missed, busy }: Pick<DueSchedule, 'nextAt' | 'overlap' | 'missed' | 'busy'>,
  nowMs: number,
  following: (afterMs: number) => number | undefined,
): TickVerdict {
  const tickMs = nextAt.getTime();
  const late = nowMs - tickMs > lateMs;
  const nextMs = following(late ? nowMs : tickMs);
  if (late && missed === 'skip') return { nextMs, run: false, reason: 'missed' };
  if (busy && overlap === 'skip') return { nextMs, run: false, reason: 'overlap' };
  return { nextMs, run: true };
}
