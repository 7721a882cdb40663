/** fd_seek, fd_tell. */
import { type Calls, fileFor, type Snapshot } from './calls.ts';
import type { GuestCell } from './cell.ts';
import { errno } from './errno.ts';
import { rights } from './rights.ts';

type Whence = 'set' | 'current' | 'end';

/** In the order of their numbers; the older snapshot has another. */
const whences: Readonly<Record<Snapshot, readonly Whence[]>> = {
  preview1: ['set', 'current', 'end'],
  preview0: ['current', 'end', 'set'],
};

export function seekCalls(cell: GuestCell, snapshot: Snapshot): Calls {
  return [
    [
      'fd_seek',
      (fd: number, delta: bigint, whenceNumber: number, positionAt: number): number => {
        const whence = whences[snapshot][whenceNumber];
        const tells = whence === 'current' && delta === 0n;
        const file = fileFor(cell, fd, tells ? rights.fdTell : rights.fdSeek);
        if (typeof file === 'number') return file;
        if (whence === undefined) return errno.inval;
        if (!cell.holds(positionAt, 8)) return errno.fault;
        const from = whence === 'set' ? 0 : whence === 'end' ? file.node.sizeBytes : file.position;
        const position = from + Number(delta);
        if (position < 0 || position > Number.MAX_SAFE_INTEGER) return errno.inval;
        file.position = position;
        cell.setU64(positionAt, position);
        return errno.success;
      },
    ],
    [
      'fd_tell',
      (fd: number, positionAt: number): number => {
        const file = fileFor(cell, fd, rights.fdTell);
        if (typeof file === 'number') return file;
        if (!cell.holds(positionAt, 8)) return errno.fault;
        cell.setU64(positionAt, file.position);
        return errno.success;
      },
    ],
  ];
}
