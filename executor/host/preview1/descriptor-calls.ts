/** What is done with a descriptor as such: attributes, rights, closing, renumbering, preopens; and what memory makes a formality. */
import { type Calls, fileFor, lacks } from './calls.ts';
import type { GuestCell } from './cell.ts';
import { errno, errnoOf } from './errno.ts';
import { filetypes, unknownType } from './filetype.ts';
import { rights, rightsOf } from './rights.ts';

const fdstatBytes = 24;
/** All bits of `fdflags`. */
export const allFlags = 0b1_1111;
/** The greatest number of `advice`. */
const lastAdvice = 5;

export function descriptorCalls(cell: GuestCell): Calls {
  const sync = (needed: number, fd: number): number => {
    const descriptor = cell.descriptors.get(fd);
    if (descriptor === undefined) return errno.badf;
    if (descriptor.kind !== 'file' && descriptor.kind !== 'directory') return errno.inval;
    return lacks(descriptor.base, needed) ?? errno.success;
  };
  return [
    ['fd_fdstat_get', (fd: number, statAt: number): number => fdstat(cell, fd, statAt)],
    ['fd_fdstat_set_flags', (fd: number, flags: number): number => setFlags(cell, fd, flags)],
    ['fd_fdstat_set_rights', (fd: number, base: bigint, inheriting: bigint): number => setRights(cell, fd, base, inheriting)],
    ['fd_close', (fd: number): number => (cell.descriptors.close(fd) ? errno.success : errno.badf)],
    ['fd_renumber', (from: number, to: number): number => (cell.descriptors.renumber(from, to) ? errno.success : errno.badf)],
    ['fd_prestat_get', (fd: number, prestatAt: number): number => prestat(cell, fd, prestatAt)],
    ['fd_prestat_dir_name', (fd: number, nameAt: number, length: number): number => prestatName(cell, fd, nameAt, length)],
    ['fd_sync', (fd: number): number => sync(rights.fdSync, fd)],
    ['fd_datasync', (fd: number): number => sync(rights.fdDatasync, fd)],
    [
      'fd_advise',
      (fd: number, offset: bigint, length: bigint, advice: number): number => {
        const file = fileFor(cell, fd, rights.fdAdvise);
        if (typeof file === 'number') return file;
        return advice >>> 0 > lastAdvice || offset < 0n || length < 0n ? errno.inval : errno.success;
      },
    ],
    [
      'fd_allocate',
      (fd: number, offset: bigint, length: bigint): number => {
        const file = fileFor(cell, fd, rights.fdAllocate);
        if (typeof file === 'number') return file;
        if (offset < 0n || length <= 0n) return errno.inval;
        const end = Number(offset + length);
        return end > file.node.sizeBytes ? errnoOf(file.node.resize(end)) : errno.success;
      },
    ],
  ];
}

function fdstat(cell: GuestCell, fd: number, statAt: number): number {
  const descriptor = cell.descriptors.get(fd);
  if (descriptor === undefined) return errno.badf;
  if (!cell.holds(statAt, fdstatBytes)) return errno.fault;
  const { kind, base, inheriting, flags } = descriptor;
  const type = kind === 'file' || kind === 'directory' ? filetypes[kind] : unknownType;
  // Type, a byte of padding, flags, and four of padding.
  cell.setU32(statAt, type | (flags << 16));
  cell.setU32(statAt + 4, 0);
  cell.setU64(statAt + 8, base);
  cell.setU64(statAt + 16, inheriting);
  return errno.success;
}

function setFlags(cell: GuestCell, fd: number, flags: number): number {
  const descriptor = cell.descriptors.get(fd);
  if (descriptor === undefined) return errno.badf;
  const refused = lacks(descriptor.base, rights.fdFdstatSetFlags);
  if (refused !== undefined) return refused;
  if ((flags & ~allFlags) !== 0) return errno.inval;
  descriptor.flags = flags;
  return errno.success;
}

/** Rights can only be given up. */
function setRights(cell: GuestCell, fd: number, base: bigint, inheriting: bigint): number {
  const descriptor = cell.descriptors.get(fd);
  if (descriptor === undefined) return errno.badf;
  const newBase = rightsOf(base);
  const newInheriting = rightsOf(inheriting);
  if ((newBase & ~descriptor.base) !== 0 || (newInheriting & ~descriptor.inheriting) !== 0) return errno.notcapable;
  descriptor.base = newBase;
  descriptor.inheriting = newInheriting;
  return errno.success;
}

/** @returns of what is open under that number the name it was preopened by; badf ends the search of wasi-libc */
function preopenOf(cell: GuestCell, fd: number): string | undefined {
  const descriptor = cell.descriptors.get(fd);
  return descriptor?.kind === 'directory' ? descriptor.preopen : undefined;
}

function prestat(cell: GuestCell, fd: number, prestatAt: number): number {
  const name = preopenOf(cell, fd);
  if (name === undefined) return errno.badf;
  if (!cell.holds(prestatAt, 8)) return errno.fault;
  // The tag of a directory is 0.
  cell.setU32(prestatAt, 0);
  cell.setU32(prestatAt + 4, Buffer.byteLength(name));
  return errno.success;
}

function prestatName(cell: GuestCell, fd: number, nameAt: number, length: number): number {
  const name = preopenOf(cell, fd);
  if (name === undefined) return errno.badf;
  const bytes = Buffer.from(name);
  if (length >>> 0 < bytes.length) return errno.nametoolong;
  if (!cell.holds(nameAt, bytes.length)) return errno.fault;
  cell.bytes.set(bytes, nameAt >>> 0);
  return errno.success;
}
