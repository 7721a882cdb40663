/** fd_read, fd_write, fd_pread, fd_pwrite: bytes between descriptors and the buffers of a guest. */
import { stop } from '../stop.ts';
import { type Calls, fileFor, lacks } from './calls.ts';
import type { GuestCell } from './cell.ts';
import type { OpenFile, Stream } from './descriptors.ts';
import { errno, errnoOf } from './errno.ts';
import { rights } from './rights.ts';

/** Buffers of one call (IOV_MAX of Linux). */
const maxVectors = 1_024;
/** An iovec is a pointer and a length. */
const vectorBytes = 8;

export function ioCalls(cell: GuestCell): Calls {
  return [
    ['fd_read', (fd: number, vectors: number, count: number, doneAt: number): number => read(cell, fd, vectors, count, doneAt)],
    ['fd_write', (fd: number, vectors: number, count: number, doneAt: number): number => write(cell, fd, vectors, count, doneAt)],
    [
      'fd_pread',
      (fd: number, vectors: number, count: number, offset: bigint, doneAt: number): number => {
        const file = fileFor(cell, fd, rights.fdRead | rights.fdSeek);
        if (typeof file === 'number') return file;
        const refused = refuse(cell, vectors, count, doneAt) ?? (offset < 0n ? errno.inval : undefined);
        if (refused !== undefined) return refused;
        return finish(cell, doneAt, scatter(cell, vectors, count, file.node.view(Number(offset), Infinity)));
      },
    ],
    [
      'fd_pwrite',
      (fd: number, vectors: number, count: number, offset: bigint, doneAt: number): number => {
        const file = fileFor(cell, fd, rights.fdWrite | rights.fdSeek);
        if (typeof file === 'number') return file;
        const refused = refuse(cell, vectors, count, doneAt) ?? (offset < 0n ? errno.inval : undefined);
        return refused ?? finish(cell, doneAt, gather(cell, vectors, count, file, Number(offset)));
      },
    ],
  ];
}

function read(cell: GuestCell, fd: number, vectors: number, count: number, doneAt: number): number {
  const descriptor = cell.descriptors.get(fd);
  if (descriptor === undefined) return errno.badf;
  if (descriptor.kind === 'directory') return errno.isdir;
  const refused = lacks(descriptor.base, rights.fdRead) ?? refuse(cell, vectors, count, doneAt);
  if (refused !== undefined) return refused;
  if (descriptor.kind === 'file') {
    const done = scatter(cell, vectors, count, descriptor.node.view(descriptor.position, Infinity));
    if (done > 0) descriptor.position += done;
    return finish(cell, doneAt, done);
  }
  const { world } = cell;
  const done = scatter(cell, vectors, count, world.stdin.subarray(world.stdinAt));
  if (done > 0) world.stdinAt += done;
  return finish(cell, doneAt, done);
}

function write(cell: GuestCell, fd: number, vectors: number, count: number, doneAt: number): number {
  const descriptor = cell.descriptors.get(fd);
  if (descriptor === undefined) return errno.badf;
  if (descriptor.kind === 'directory') return errno.isdir;
  const refused = lacks(descriptor.base, rights.fdWrite) ?? refuse(cell, vectors, count, doneAt);
  if (refused !== undefined) return refused;
  if (descriptor.kind !== 'file') return finish(cell, doneAt, gather(cell, vectors, count, descriptor, 0));
  const at = (descriptor.flags & 1) === 0 ? descriptor.position : descriptor.node.sizeBytes;
  const done = gather(cell, vectors, count, descriptor, at);
  if (done > 0) descriptor.position = at + done;
  return finish(cell, doneAt, done);
}

function refuse(cell: GuestCell, vectors: number, count: number, doneAt: number): number | undefined {
  if (count >>> 0 > maxVectors) return errno.inval;
  return cell.holds(vectors, vectorBytes * count) && cell.holds(doneAt, 4) ? undefined : errno.fault;
}

/** @param done bytes; or below 0, the number of an error */
function finish(cell: GuestCell, doneAt: number, done: number): number {
  if (done < 0) return -done;
  cell.setU32(doneAt, done);
  return errno.success;
}

/**
 * Fills the buffers one after the other. What a guest lets overlap is read anew at each step, and checked there.
 * @returns how many bytes, as far as the buffers lie in memory; or below 0, the number of an error, when nothing was moved
 */
function scatter(cell: GuestCell, vectors: number, count: number, from: Uint8Array): number {
  let done = 0;
  for (let index = 0; index < count && done < from.length; index++) {
    const vector = (vectors >>> 0) + vectorBytes * index;
    const pointer = cell.u32(vector);
    const length = Math.min(cell.u32(vector + 4), from.length - done);
    if (!cell.holds(pointer, length)) return done > 0 ? done : -errno.fault;
    cell.bytes.set(done === 0 && length === from.length ? from : from.subarray(done, done + length), pointer);
    done += length;
  }
  return done;
}

/** The other way round; as POSIX has it, a file without room for all takes what comes before. */
function gather(cell: GuestCell, vectors: number, count: number, to: OpenFile | Stream, at: number): number {
  let done = 0;
  for (let index = 0; index < count; index++) {
    const vector = (vectors >>> 0) + vectorBytes * index;
    const pointer = cell.u32(vector);
    const length = cell.u32(vector + 4);
    if (length === 0) continue;
    if (!cell.holds(pointer, length)) return done > 0 ? done : -errno.fault;
    const failed = put(cell, to, at + done, cell.slice(pointer, length));
    if (failed !== errno.success) return done > 0 ? done : -failed;
    done += length;
  }
  return done;
}

function put(cell: GuestCell, to: OpenFile | Stream, at: number, bytes: Uint8Array): number {
  if (to.kind === 'file') return errnoOf(to.node.write(at, bytes));
  const { world } = cell;
  const reason = (to.kind === 'stdout' ? world.stdout : world.stderr).write(bytes);
  if (reason !== undefined) stop(world, reason);
  return errno.success;
}
