/**
 * wasi:io/error and wasi:io/streams.
 * @see https://github.com/WebAssembly/WASI/blob/main/proposals/io/wit/streams.wit
 */
import type { HostFunction, HostInterface } from '../../component/host.ts';
import type { World } from '../world.ts';
import { IoError } from './io-error.ts';
import { stop, trapGuest } from '../stop.ts';
import { alwaysReady, type Pollable } from './poll.ts';
import { done, err, ok, type Result } from './result.ts';
import type { InputStream, OutputStream } from './streams.ts';

type StreamError = { readonly tag: 'closed' } | { readonly tag: 'last-operation-failed'; readonly val: IoError };

/** Most bytes that one call reads, and that one `check-write` allows: a guest asks again. */
const maxChunkBytes = 1_048_576;
/** Of the `blocking-...-and-flush` calls, by their documentation. */
const maxFlushedBytes = 4_096;

const zeroes = new Uint8Array(65_536);
const closed: Result<never, StreamError> = Object.freeze(err({ tag: 'closed' as const }));
const budget: Result<bigint, never> = Object.freeze(ok(BigInt(maxChunkBytes)));

function lengthOf(wanted: bigint): number {
  return wanted < maxChunkBytes ? Number(wanted) : maxChunkBytes;
}

function failure(problem: IoError | 'closed'): Result<never, StreamError> {
  return problem === 'closed' ? closed : err({ tag: 'last-operation-failed', val: problem });
}

function read(_: World, self: InputStream, wanted: bigint): Result<Uint8Array, StreamError> {
  const part = self.read(lengthOf(wanted));
  return part instanceof Uint8Array ? ok(part) : failure(part);
}

function skip(_: World, self: InputStream, wanted: bigint): Result<bigint, StreamError> {
  const part = self.read(lengthOf(wanted));
  return part instanceof Uint8Array ? ok(BigInt(part.length)) : failure(part);
}

function subscribe(): Pollable {
  return alwaysReady;
}

function checkWrite(_: World, self: OutputStream): Result<bigint, StreamError> {
  return self.closed ? closed : budget;
}

function write(world: World, self: OutputStream, bytes: Uint8Array): Result<undefined, StreamError> {
  checkPermit(world, bytes.length);
  return put(world, self, bytes);
}

function writeZeroes(world: World, self: OutputStream, count: bigint): Result<undefined, StreamError> {
  checkPermit(world, Number(count));
  return putZeroes(world, self, Number(count));
}

function writeAndFlush(world: World, self: OutputStream, bytes: Uint8Array): Result<undefined, StreamError> {
  if (bytes.length > maxFlushedBytes) trapGuest(world, `blocking-write-and-flush was given more than ${maxFlushedBytes} bytes`);
  return put(world, self, bytes);
}

function writeZeroesAndFlush(world: World, self: OutputStream, count: bigint): Result<undefined, StreamError> {
  if (count > maxFlushedBytes) trapGuest(world, `blocking-write-zeroes-and-flush was asked for more than ${maxFlushedBytes} bytes`);
  return putZeroes(world, self, Number(count));
}

function flush(_: World, self: OutputStream): Result<undefined, StreamError> {
  return self.closed ? closed : done;
}

function splice(world: World, self: OutputStream, from: InputStream, wanted: bigint): Result<bigint, StreamError> {
  if (self.closed) return closed;
  if (wanted === 0n) return ok(0n);
  const part = from.read(lengthOf(wanted));
  if (!(part instanceof Uint8Array)) return failure(part);
  const written = put(world, self, part);
  return written.tag === 'ok' ? ok(BigInt(part.length)) : written;
}

/** "Calling `write` with more bytes than this function has permitted will trap" (`check-write`, which always permits the same here). */
function checkPermit(world: World, count: number): void {
  if (count > maxChunkBytes) trapGuest(world, `${count} bytes were written where check-write allows ${maxChunkBytes}`);
}

function put(world: World, self: OutputStream, bytes: Uint8Array): Result<undefined, StreamError> {
  if (self.closed) return closed;
  const problem = self.write(bytes);
  if (problem === undefined) return done;
  return problem instanceof IoError ? failure(problem) : stop(world, problem);
}

function putZeroes(world: World, self: OutputStream, count: number): Result<undefined, StreamError> {
  if (self.closed) return closed;
  for (let left = count; left > 0; left -= zeroes.length) {
    const written = put(world, self, zeroes.subarray(0, left));
    if (written.tag === 'err') return written;
  }
  return done;
}

function drop(_: World, stream: InputStream | OutputStream): void {
  stream.drop();
}

const error: HostInterface<World> = {
  functions: new Map([['[method]error.to-debug-string', (_: World, self: IoError): string => self.message]]),
  drops: new Map(),
};

const streams: HostInterface<World> = {
  functions: new Map<string, HostFunction<World>>([
    ['[method]input-stream.read', read],
    ['[method]input-stream.blocking-read', read],
    ['[method]input-stream.skip', skip],
    ['[method]input-stream.blocking-skip', skip],
    ['[method]input-stream.subscribe', subscribe],
    ['[method]output-stream.check-write', checkWrite],
    ['[method]output-stream.write', write],
    ['[method]output-stream.blocking-write-and-flush', writeAndFlush],
    ['[method]output-stream.flush', flush],
    ['[method]output-stream.blocking-flush', flush],
    ['[method]output-stream.subscribe', subscribe],
    ['[method]output-stream.write-zeroes', writeZeroes],
    ['[method]output-stream.blocking-write-zeroes-and-flush', writeZeroesAndFlush],
    ['[method]output-stream.splice', splice],
    ['[method]output-stream.blocking-splice', splice],
  ]),
  drops: new Map([
    ['input-stream', drop],
    ['output-stream', drop],
  ]),
};

export const io: readonly (readonly [iface: string, HostInterface<World>])[] = [
  ['wasi:io/error', error],
  ['wasi:io/streams', streams],
];
