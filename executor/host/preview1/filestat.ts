/** fd_filestat_get, path_filestat_get, and setting sizes and times. */
import { realtimeNs } from '../clock.ts';
import type { Node } from '../files/directory.ts';
import { type Calls, directoryFor, fileFor, lacks, type Snapshot } from './calls.ts';
import type { GuestCell } from './cell.ts';
import { errno, errnoOf } from './errno.ts';
import { filetypes, unknownType } from './filetype.ts';
import { rights } from './rights.ts';

/** The size of a `filestat`, and where its count of links ends: 32 bits wide in the older snapshot. */
const layouts: Readonly<Record<Snapshot, { readonly bytes: number; readonly linksAt: number; readonly sizeAt: number }>> = {
  preview1: { bytes: 64, linksAt: 24, sizeAt: 32 },
  preview0: { bytes: 56, linksAt: 20, sizeAt: 24 },
};
/** There is one device. */
const device = 1;
/** Of `fstflags`. */
const setAccessed = 1;
const setAccessedNow = 2;
const setModified = 4;
const setModifiedNow = 8;
/** Of `lookupflags`. */
export const followLinks = 1;

export function filestatCalls(cell: GuestCell, snapshot: Snapshot): Calls {
  return [
    [
      'fd_filestat_get',
      (fd: number, statAt: number): number => {
        const descriptor = cell.descriptors.get(fd);
        if (descriptor === undefined) return errno.badf;
        const node = descriptor.kind === 'file' || descriptor.kind === 'directory' ? descriptor.node : undefined;
        return lacks(descriptor.base, rights.fdFilestatGet) ?? write(cell, snapshot, statAt, node);
      },
    ],
    [
      'path_filestat_get',
      (fd: number, flags: number, path: number, pathLength: number, statAt: number): number => {
        const node = find(cell, fd, rights.pathFilestatGet, flags, path, pathLength);
        return typeof node === 'number' ? node : write(cell, snapshot, statAt, node);
      },
    ],
    [
      'fd_filestat_set_size',
      (fd: number, size: bigint): number => {
        const file = fileFor(cell, fd, rights.fdFilestatSetSize);
        if (typeof file === 'number') return file;
        return size < 0n ? errno.inval : errnoOf(file.node.resize(Number(size)));
      },
    ],
    [
      'fd_filestat_set_times',
      (fd: number, accessedNs: bigint, modifiedNs: bigint, flags: number): number => {
        const descriptor = cell.descriptors.get(fd);
        if (descriptor === undefined) return errno.badf;
        if (descriptor.kind !== 'file' && descriptor.kind !== 'directory') return errno.inval;
        return lacks(descriptor.base, rights.fdFilestatSetTimes) ?? setTimes(descriptor.node, accessedNs, modifiedNs, flags);
      },
    ],
    [
      'path_filestat_set_times',
      (fd: number, lookup: number, path: number, pathLength: number, accessedNs: bigint, modifiedNs: bigint, flags: number): number => {
        const node = find(cell, fd, rights.pathFilestatSetTimes, lookup, path, pathLength);
        return typeof node === 'number' ? node : setTimes(node, accessedNs, modifiedNs, flags);
      },
    ],
  ];
}

function find(cell: GuestCell, fd: number, needed: number, flags: number, pathAt: number, pathLength: number): Node | number {
  const directory = directoryFor(cell, fd, needed);
  if (typeof directory === 'number') return directory;
  const path = cell.path(pathAt, pathLength);
  if (typeof path === 'number') return path;
  const node = cell.world.files.find(directory.node, path, (flags & followLinks) !== 0);
  return typeof node === 'string' ? errno[node] : node;
}

/** @param node undefined for a standard stream */
function write(cell: GuestCell, snapshot: Snapshot, at: number, node: Node | undefined): number {
  const { bytes, linksAt, sizeAt } = layouts[snapshot];
  if (!cell.holds(at, bytes)) return errno.fault;
  const start = at >>> 0;
  cell.slice(start, bytes).fill(0);
  cell.bytes[start + 16] = node === undefined ? unknownType : filetypes[node.type];
  if (node === undefined) return errno.success;
  cell.setU64(start, device);
  cell.setU64(start + 8, node.inode);
  cell.setU32(start + linksAt, node.links);
  cell.setU64(start + sizeAt, node.sizeBytes);
  cell.setBigU64(start + sizeAt + 8, node.accessedAtNs);
  cell.setBigU64(start + sizeAt + 16, node.modifiedAtNs);
  cell.setBigU64(start + sizeAt + 24, node.changedAtNs);
  return errno.success;
}

function setTimes(node: Node, accessedNs: bigint, modifiedNs: bigint, flags: number): number {
  const both = (one: number, other: number): boolean => (flags & one) !== 0 && (flags & other) !== 0;
  if (both(setAccessed, setAccessedNow) || both(setModified, setModifiedNow) || flags >>> 4 !== 0) return errno.inval;
  const chosen = (given: bigint, set: number, setNow: number): bigint | undefined => {
    if ((flags & setNow) !== 0) return realtimeNs();
    return (flags & set) === 0 ? undefined : BigInt.asUintN(64, given);
  };
  node.setTimes(chosen(accessedNs, setAccessed, setAccessedNow), chosen(modifiedNs, setModified, setModifiedNow));
  return errno.success;
}
