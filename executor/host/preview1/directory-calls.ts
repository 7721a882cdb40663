/** fd_readdir, and what makes, moves and removes entries: path_create_directory, _link, _readlink, _remove_directory, _rename, _symlink, _unlink_file. */
import type { Listed } from '../files/directory.ts';
import { type Calls, directoryFor } from './calls.ts';
import type { GuestCell } from './cell.ts';
import type { OpenDirectory } from './descriptors.ts';
import { errno, errnoOf } from './errno.ts';
import { followLinks } from './filestat.ts';
import { filetypes } from './filetype.ts';
import { rights } from './rights.ts';

/** A `dirent` without the name that follows it. */
const direntBytes = 24;

interface Place {
  readonly directory: OpenDirectory;
  readonly path: string;
}

export function directoryCalls(cell: GuestCell): Calls {
  const { pathCreateDirectory, pathRemoveDirectory, pathUnlinkFile, pathLinkSource, pathLinkTarget } = rights;
  return [
    [
      'fd_readdir',
      (fd: number, at: number, room: number, cookie: bigint, usedAt: number): number => list(cell, fd, at, room, cookie, usedAt),
    ],
    [
      'path_create_directory',
      (fd: number, path: number, length: number): number => {
        const place = placeOf(cell, fd, path, length, pathCreateDirectory);
        return typeof place === 'number' ? place : errnoOf(cell.world.files.createDirectory(place.directory.node, place.path));
      },
    ],
    [
      'path_remove_directory',
      (fd: number, path: number, length: number): number => {
        const place = placeOf(cell, fd, path, length, pathRemoveDirectory);
        return typeof place === 'number' ? place : errnoOf(cell.world.files.removeDirectory(place.directory.node, place.path));
      },
    ],
    [
      'path_unlink_file',
      (fd: number, path: number, length: number): number => {
        const place = placeOf(cell, fd, path, length, pathUnlinkFile);
        return typeof place === 'number' ? place : errnoOf(cell.world.files.unlink(place.directory.node, place.path));
      },
    ],
    [
      'path_link',
      (oldFd: number, flags: number, oldPath: number, oldLength: number, newFd: number, newPath: number, newLength: number): number => {
        const from = placeOf(cell, oldFd, oldPath, oldLength, pathLinkSource);
        if (typeof from === 'number') return from;
        const to = placeOf(cell, newFd, newPath, newLength, pathLinkTarget);
        if (typeof to === 'number') return to;
        const follow = (flags & followLinks) !== 0;
        return errnoOf(cell.world.files.link(from.directory.node, from.path, follow, to.directory.node, to.path));
      },
    ],
    [
      'path_rename',
      (oldFd: number, oldPath: number, oldLength: number, newFd: number, newPath: number, newLength: number): number => {
        const from = placeOf(cell, oldFd, oldPath, oldLength, rights.pathRenameSource);
        if (typeof from === 'number') return from;
        const to = placeOf(cell, newFd, newPath, newLength, rights.pathRenameTarget);
        if (typeof to === 'number') return to;
        return errnoOf(cell.world.files.rename(from.directory.node, from.path, to.directory.node, to.path));
      },
    ],
    [
      'path_symlink',
      (targetAt: number, targetLength: number, fd: number, path: number, length: number): number => {
        const target = cell.path(targetAt, targetLength);
        if (typeof target === 'number') return target;
        const place = placeOf(cell, fd, path, length, rights.pathSymlink);
        return typeof place === 'number' ? place : errnoOf(cell.world.files.createSymlink(target, place.directory.node, place.path));
      },
    ],
    [
      'path_readlink',
      (fd: number, path: number, length: number, at: number, room: number, usedAt: number): number => {
        const place = placeOf(cell, fd, path, length, rights.pathReadlink);
        if (typeof place === 'number') return place;
        if (!cell.holds(at, room) || !cell.holds(usedAt, 4)) return errno.fault;
        const link = cell.world.files.readlink(place.directory.node, place.path);
        if (typeof link === 'string') return errno[link];
        // As POSIX has it: what does not fit is not given.
        const target = Buffer.from(link.target).subarray(0, room >>> 0);
        cell.bytes.set(target, at >>> 0);
        cell.setU32(usedAt, target.length);
        return errno.success;
      },
    ],
  ];
}

/** @returns an open directory with a path, or the number of an error */
function placeOf(cell: GuestCell, fd: number, pathAt: number, length: number, needed: number): Place | number {
  const directory = directoryFor(cell, fd, needed);
  if (typeof directory === 'number') return directory;
  const path = cell.path(pathAt, length);
  return typeof path === 'number' ? path : { directory, path };
}

/** Fills the room with entries, the last of them cut where it ends: less than all the room used means that there are no more. */
function list(cell: GuestCell, fd: number, at: number, room: number, cookie: bigint, usedAt: number): number {
  const directory = directoryFor(cell, fd, rights.fdReaddir);
  if (typeof directory === 'number') return directory;
  if (!cell.holds(at, room) || !cell.holds(usedAt, 4)) return errno.fault;
  const bytes = room >>> 0;
  let used = 0;
  let entry = directory.node.after(Number(BigInt.asUintN(64, cookie)));
  while (entry !== undefined && used < bytes) {
    const part = dirent(entry).subarray(0, bytes - used);
    cell.bytes.set(part, (at >>> 0) + used);
    used += part.length;
    entry = directory.node.after(entry.cookie);
  }
  cell.setU32(usedAt, used);
  return errno.success;
}

function dirent({ name, type, inode, cookie }: Listed): Buffer {
  const nameBytes = Buffer.byteLength(name);
  const bytes = Buffer.alloc(direntBytes + nameBytes);
  bytes.writeBigUInt64LE(BigInt(cookie), 0);
  bytes.writeBigUInt64LE(BigInt(inode), 8);
  bytes.writeUInt32LE(nameBytes, 16);
  bytes.writeUInt8(filetypes[type], 20);
  bytes.write(name, direntBytes);
  return bytes;
}
