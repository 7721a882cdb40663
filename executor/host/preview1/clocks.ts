/** clock_*, random_get. */
import { clockResolutionNs, monotonicNs, realtimeNs } from '../clock.ts';
import { fillRandom } from '../random.ts';
import type { Calls } from './calls.ts';
import type { GuestCell } from './cell.ts';
import { errno } from './errno.ts';

/** Of `clockid`. The processor clocks are not given: they would tell guests about each other. */
export const clocks = { realtime: 0, monotonic: 1 } as const;

export function clockCalls(cell: GuestCell): Calls {
  return [
    ['clock_res_get', (id: number, resolutionAt: number): number => write(cell, id, resolutionAt, () => clockResolutionNs)],
    [
      'clock_time_get',
      (id: number, _precision: bigint, timeAt: number): number =>
        write(cell, id, timeAt, id === clocks.realtime ? realtimeNs : monotonicNs),
    ],
    [
      'random_get',
      (at: number, length: number): number => {
        if (!cell.holds(at, length)) return errno.fault;
        fillRandom(cell.slice(at, length));
        return errno.success;
      },
    ],
  ];
}

function write(cell: GuestCell, id: number, at: number, value: () => bigint): number {
  if (id !== clocks.realtime && id !== clocks.monotonic) return errno.inval;
  if (!cell.holds(at, 8)) return errno.fault;
  cell.setBigU64(at, value());
  return errno.success;
}
