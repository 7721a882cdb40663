/** Methods of `descriptor` that take a path: those named `...-at`. */
import type { HostFunction } from '../../component/host.ts';
import type { Directory, Node } from '../files/directory.ts';
import type { Errno } from '../files/errno.ts';
import type { World } from '../world.ts';
import { Descriptor } from './filesystem-descriptor.ts';
import { type ErrorCode, failure, outcome } from './filesystem-error.ts';
import { metadataHash, type MetadataHash, type NewTimestamp, setTimes, type Stat, statOf } from './filesystem-stat.ts';
import { ok, type Result } from './result.ts';

interface PathFlags {
  readonly symlinkFollow: boolean;
}

interface OpenFlags {
  readonly create: boolean;
  readonly directory: boolean;
  readonly exclusive: boolean;
  readonly truncate: boolean;
}

interface DescriptorFlags {
  readonly read: boolean;
  readonly write: boolean;
}

type Outcome<T> = Result<T, ErrorCode>;

/** One that needs no more than the directory and the path. */
function simple(operate: (world: World, from: Directory, path: string) => Errno | undefined) {
  return (world: World, self: Descriptor, path: string): Outcome<undefined> => {
    const from = self.directory();
    return typeof from === 'string' ? failure(from) : outcome(operate(world, from, path));
  };
}

function find(world: World, self: Descriptor, { symlinkFollow }: PathFlags, path: string): Node | Errno {
  const from = self.directory();
  return typeof from === 'string' ? from : world.files.find(from, path, symlinkFollow);
}

function openAt(
  world: World,
  self: Descriptor,
  { symlinkFollow }: PathFlags,
  path: string,
  { create, directory, exclusive, truncate }: OpenFlags,
  { read, write }: DescriptorFlags,
): Outcome<Descriptor> {
  const from = self.directory();
  if (typeof from === 'string') return failure(from);
  const node = world.files.open(from, path, { follow: symlinkFollow, create, exclusive, truncate, directory, write });
  return typeof node === 'string' ? failure(node) : ok(new Descriptor(world.files, node, { read, write }));
}

function statAt(world: World, self: Descriptor, flags: PathFlags, path: string): Outcome<Stat> {
  const node = find(world, self, flags, path);
  return typeof node === 'string' ? failure(node) : ok(statOf(node));
}

function metadataHashAt(world: World, self: Descriptor, flags: PathFlags, path: string): Outcome<MetadataHash> {
  const node = find(world, self, flags, path);
  return typeof node === 'string' ? failure(node) : ok(metadataHash(node));
}

function setTimesAt(
  world: World,
  self: Descriptor,
  flags: PathFlags,
  path: string,
  accessed: NewTimestamp,
  modified: NewTimestamp,
): Outcome<undefined> {
  const node = find(world, self, flags, path);
  return typeof node === 'string' ? failure(node) : setTimes(node, accessed, modified);
}

function linkAt(
  world: World,
  self: Descriptor,
  { symlinkFollow }: PathFlags,
  oldPath: string,
  goal: Descriptor,
  newPath: string,
): Outcome<undefined> {
  const from = self.directory();
  const to = goal.directory();
  if (typeof from === 'string') return failure(from);
  return typeof to === 'string' ? failure(to) : outcome(world.files.link(from, oldPath, symlinkFollow, to, newPath));
}

function renameAt(world: World, self: Descriptor, oldPath: string, goal: Descriptor, newPath: string): Outcome<undefined> {
  const from = self.directory();
  const to = goal.directory();
  if (typeof from === 'string') return failure(from);
  return typeof to === 'string' ? failure(to) : outcome(world.files.rename(from, oldPath, to, newPath));
}

function symlinkAt(world: World, self: Descriptor, target: string, path: string): Outcome<undefined> {
  const from = self.directory();
  return typeof from === 'string' ? failure(from) : outcome(world.files.createSymlink(target, from, path));
}

function readlinkAt(world: World, self: Descriptor, path: string): Outcome<string> {
  const from = self.directory();
  if (typeof from === 'string') return failure(from);
  const link = world.files.readlink(from, path);
  return typeof link === 'string' ? failure(link) : ok(link.target);
}

export const pathMethods: readonly (readonly [name: string, method: HostFunction<World>])[] = [
  ['[method]descriptor.create-directory-at', simple((world, from, path) => world.files.createDirectory(from, path))],
  ['[method]descriptor.remove-directory-at', simple((world, from, path) => world.files.removeDirectory(from, path))],
  ['[method]descriptor.unlink-file-at', simple((world, from, path) => world.files.unlink(from, path))],
  ['[method]descriptor.open-at', openAt],
  ['[method]descriptor.stat-at', statAt],
  ['[method]descriptor.metadata-hash-at', metadataHashAt],
  ['[method]descriptor.set-times-at', setTimesAt],
  ['[method]descriptor.link-at', linkAt],
  ['[method]descriptor.rename-at', renameAt],
  ['[method]descriptor.symlink-at', symlinkAt],
  ['[method]descriptor.readlink-at', readlinkAt],
];
