/** path_open. */
import { type Calls, directoryFor } from './calls.ts';
import type { GuestCell } from './cell.ts';
import { allFlags } from './descriptor-calls.ts';
import { errno } from './errno.ts';
import { followLinks } from './filestat.ts';
import { directoryRights, fileRights, rights, rightsOf } from './rights.ts';

/** Of `oflags`. */
const create = 1;
const directoryOnly = 2;
const exclusive = 4;
const truncate = 8;

export function openCall(cell: GuestCell): Calls {
  return [
    [
      'path_open',
      (
        fd: number,
        lookup: number,
        pathAt: number,
        pathLength: number,
        oflags: number,
        base: bigint,
        inheriting: bigint,
        flags: number,
        fdAt: number,
      ): number => {
        const needed =
          rights.pathOpen |
          ((oflags & create) === 0 ? 0 : rights.pathCreateFile) |
          ((oflags & truncate) === 0 ? 0 : rights.pathFilestatSetSize);
        const directory = directoryFor(cell, fd, needed);
        if (typeof directory === 'number') return directory;
        const path = cell.path(pathAt, pathLength);
        if (typeof path === 'number') return path;
        if (!cell.holds(fdAt, 4)) return errno.fault;
        if ((flags & ~allFlags) !== 0 || oflags >>> 4 !== 0) return errno.inval;
        const wanted = rightsOf(base);
        const wantedInheriting = rightsOf(inheriting);
        if (((wanted | wantedInheriting) & ~directory.inheriting) !== 0) return errno.notcapable;
        if (cell.descriptors.isFull) return errno.mfile;
        const { files } = cell.world;
        const node = files.open(directory.node, path, {
          follow: (lookup & followLinks) !== 0,
          create: (oflags & create) !== 0,
          exclusive: (oflags & exclusive) !== 0,
          truncate: (oflags & truncate) !== 0,
          directory: (oflags & directoryOnly) !== 0,
          // Who asks for a directory with all rights gets those that fit one.
          write: (wanted & rights.fdWrite) !== 0 && (oflags & directoryOnly) === 0,
        });
        if (typeof node === 'string') return errno[node];
        const opened =
          node.type === 'file'
            ? cell.descriptors.add(node, wanted & fileRights, wantedInheriting & fileRights, flags)
            : cell.descriptors.add(node, wanted & directoryRights, wantedInheriting, flags);
        cell.setU32(fdAt, opened);
        return errno.success;
      },
    ],
  ];
}
