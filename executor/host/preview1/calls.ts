/** What the files of this folder give each other: the shape of a set of calls, the two snapshots, and looking up descriptors. */
import type { GuestCell } from './cell.ts';
import type { OpenDirectory, OpenFile } from './descriptors.ts';
import { errno } from './errno.ts';
import { rights } from './rights.ts';

/** A call as V8 makes it: numbers for i32, bigints for i64. */
export type Call = (...args: never[]) => number;

/** Name and call. */
export type Calls = readonly (readonly [name: string, call: Call])[];

/** `wasi_snapshot_preview1`, and `wasi_unstable`, the snapshot before it: the same calls, with a few layouts and numbers of its own. */
export type Snapshot = 'preview1' | 'preview0';

/**
 * @param needed rights, all of them
 * @returns a file; or the number of an error: badf for what cannot be read or written at all (as POSIX has it), spipe for streams, isdir,
 *   notcapable
 */
export function fileFor(cell: GuestCell, fd: number, needed: number): OpenFile | number {
  const descriptor = cell.descriptors.get(fd);
  if (descriptor === undefined) return errno.badf;
  if (descriptor.kind === 'directory') return errno.isdir;
  if (descriptor.kind !== 'file') return errno.spipe;
  return lacks(descriptor.base, needed) ?? descriptor;
}

/** @returns a directory; or the number of an error: badf, notdir, notcapable */
export function directoryFor(cell: GuestCell, fd: number, needed: number): OpenDirectory | number {
  const descriptor = cell.descriptors.get(fd);
  if (descriptor === undefined) return errno.badf;
  if (descriptor.kind !== 'directory') return errno.notdir;
  return lacks(descriptor.base, needed) ?? descriptor;
}

/** @returns the error of a descriptor with the rights `base`, if it has not all it needs */
export function lacks(base: number, needed: number): number | undefined {
  const missing = needed & ~base;
  if (missing === 0) return undefined;
  return (missing & (rights.fdRead | rights.fdWrite)) === 0 ? errno.notcapable : errno.badf;
}
