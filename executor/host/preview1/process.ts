/** proc_*, sched_yield, sock_*: an instance ends, and there is nothing else to it: no signals, no threads, no sockets. */
import { stop } from '../stop.ts';
import type { Calls } from './calls.ts';
import type { GuestCell } from './cell.ts';
import { errno } from './errno.ts';

/** Of `signal`. */
const lastSignal = 30;

export function processCalls(cell: GuestCell): Calls {
  // Nothing that a guest has open is a socket.
  const notASocket = (fd: number): number => (cell.descriptors.get(fd) === undefined ? errno.badf : errno.notsock);
  return [
    ['proc_exit', (status: number): never => stop(cell.world, { kind: 'exit', status: status >>> 0 })],
    ['proc_raise', (signal: number): number => (signal >>> 0 > lastSignal ? errno.inval : errno.notsup)],
    ['sched_yield', (): number => errno.success],
    ['sock_accept', notASocket],
    ['sock_recv', notASocket],
    ['sock_send', notASocket],
    ['sock_shutdown', notASocket],
  ];
}
