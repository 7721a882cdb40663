/**
 * wasi:filesystem over the file tree of the instance.
 * @see https://github.com/WebAssembly/wasi-filesystem/blob/main/wit/types.wit
 */
import type { HostFunction, HostInterface } from '../../component/host.ts';
import type { World } from '../world.ts';
import { Descriptor, type EntryStream, FileSink, FileSource } from './filesystem-descriptor.ts';
import { type ErrorCode, failure, outcome } from './filesystem-error.ts';
import { pathMethods } from './filesystem-paths.ts';
import { descriptorTypes, metadataHash, type MetadataHash, type NewTimestamp, setTimes, type Stat, statOf } from './filesystem-stat.ts';
import type { IoError } from './io-error.ts';
import { done, ok, type Result } from './result.ts';
import { InputStream, OutputStream } from './streams.ts';

type Outcome<T> = Result<T, ErrorCode>;

/** Most bytes that one `read` gives: a guest asks again. */
const maxReadBytes = 1_048_576;
/** Position of a directory behind "." and "..", which are left out. */
const firstEntry = 2;

function readViaStream(world: World, self: Descriptor, offset: bigint): Outcome<InputStream> {
  const file = self.fileFor('read');
  return typeof file === 'string' ? failure(file) : ok(new InputStream(new FileSource(world.files, file, Number(offset))));
}

function writeViaStream(world: World, self: Descriptor, offset: bigint): Outcome<OutputStream> {
  const file = self.fileFor('write');
  return typeof file === 'string' ? failure(file) : ok(new OutputStream(new FileSink(world.files, file, Number(offset))));
}

function appendViaStream(world: World, self: Descriptor): Outcome<OutputStream> {
  const file = self.fileFor('write');
  return typeof file === 'string' ? failure(file) : ok(new OutputStream(new FileSink(world.files, file, 'end')));
}

function read(_: World, self: Descriptor, wanted: bigint, offset: bigint): Outcome<readonly [Uint8Array, boolean]> {
  const file = self.fileFor('read');
  if (typeof file === 'string') return failure(file);
  const at = Number(offset);
  const bytes = file.view(at, wanted < maxReadBytes ? Number(wanted) : maxReadBytes);
  return ok([bytes, at + bytes.length >= file.sizeBytes]);
}

function write(_: World, self: Descriptor, bytes: Uint8Array, offset: bigint): Outcome<bigint> {
  const file = self.fileFor('write');
  if (typeof file === 'string') return failure(file);
  const failed = file.write(Number(offset), bytes);
  return failed === undefined ? ok(BigInt(bytes.length)) : failure(failed);
}

function setSize(_: World, self: Descriptor, size: bigint): Outcome<undefined> {
  const file = self.fileFor('write');
  return outcome(typeof file === 'string' ? file : file.resize(Number(size)));
}

function advise(_: World, self: Descriptor): Outcome<undefined> {
  return self.node.type === 'file' ? done : failure('badf');
}

function getFlags(_: World, { node, access }: Descriptor): Outcome<object> {
  const isDirectory = node.type === 'directory';
  return ok({
    read: isDirectory || access.read,
    write: !isDirectory && access.write,
    fileIntegritySync: false,
    dataIntegritySync: false,
    requestedWriteSync: false,
    mutateDirectory: isDirectory,
  });
}

function readDirectory(_: World, self: Descriptor): Outcome<EntryStream> {
  const directory = self.directory();
  return typeof directory === 'string' ? failure(directory) : ok({ directory, cookie: firstEntry });
}

function readDirectoryEntry(_: World, stream: EntryStream): Outcome<object | undefined> {
  const entry = stream.directory.after(stream.cookie);
  if (entry === undefined) return ok(undefined);
  stream.cookie = entry.cookie;
  return ok({ type: descriptorTypes[entry.type], name: entry.name });
}

const types: HostInterface<World> = {
  functions: new Map<string, HostFunction<World>>([
    ['[method]descriptor.read-via-stream', readViaStream],
    ['[method]descriptor.write-via-stream', writeViaStream],
    ['[method]descriptor.append-via-stream', appendViaStream],
    ['[method]descriptor.advise', advise],
    ['[method]descriptor.sync-data', (): Outcome<undefined> => done],
    ['[method]descriptor.get-flags', getFlags],
    ['[method]descriptor.get-type', (_: World, { node }: Descriptor): Outcome<string> => ok(descriptorTypes[node.type])],
    ['[method]descriptor.set-size', setSize],
    [
      '[method]descriptor.set-times',
      (_: World, { node }: Descriptor, accessed: NewTimestamp, modified: NewTimestamp): Outcome<undefined> =>
        setTimes(node, accessed, modified),
    ],
    ['[method]descriptor.read', read],
    ['[method]descriptor.write', write],
    ['[method]descriptor.read-directory', readDirectory],
    ['[method]descriptor.sync', (): Outcome<undefined> => done],
    ['[method]descriptor.stat', (_: World, { node }: Descriptor): Outcome<Stat> => ok(statOf(node))],
    ...pathMethods,
    ['[method]descriptor.is-same-object', (_: World, { node }: Descriptor, other: Descriptor): boolean => node === other.node],
    ['[method]descriptor.metadata-hash', (_: World, { node }: Descriptor): Outcome<MetadataHash> => ok(metadataHash(node))],
    ['[method]directory-entry-stream.read-directory-entry', readDirectoryEntry],
    ['filesystem-error-code', (_: World, error: IoError): string | undefined => error.filesystemCode],
  ]),
  drops: new Map([['descriptor', (_: World, descriptor: Descriptor): void => descriptor.drop()]]),
};

const preopens: HostInterface<World> = {
  functions: new Map<string, HostFunction<World>>([
    [
      'get-directories',
      ({ files }: World): readonly (readonly [Descriptor, string])[] => [
        [new Descriptor(files, files.hold(files.root), { read: true, write: false }), '/'],
      ],
    ],
  ]),
  drops: new Map(),
};

export const filesystem: readonly (readonly [iface: string, HostInterface<World>])[] = [
  ['wasi:filesystem/types', types],
  ['wasi:filesystem/preopens', preopens],
];
