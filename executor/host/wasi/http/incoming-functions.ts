/** The functions of `incoming-request`, `incoming-response`, `incoming-body` and the futures of wasi:http/types. */
import type { HostFunction } from '../../../component/host.ts';
import type { World } from '../../world.ts';
import { trapGuest } from '../../stop.ts';
import { alwaysReady, type Pollable } from '../poll.ts';
import { failed, ok, type Result } from '../result.ts';
import type { InputStream } from '../streams.ts';
import type { Fields } from './fields.ts';
import { FutureTrailers, IncomingBody, type FutureIncomingResponse, type IncomingRequest, type IncomingResponse } from './incoming.ts';
import type { Named } from './outgoing.ts';

const methods: ReadonlyMap<string, Named> = new Map(
  ['get', 'head', 'post', 'put', 'delete', 'connect', 'options', 'trace', 'patch'].map((tag) => [tag.toUpperCase(), { tag }]),
);

function method(_: World, { request }: IncomingRequest): Named {
  return methods.get(request.method) ?? { tag: 'other', val: request.method };
}

function pathWithQuery(_: World, { request: { pathInfo, query } }: IncomingRequest): string {
  const path = pathInfo === '' ? '/' : pathInfo;
  return query === '' ? path : `${path}?${query}`;
}

function scheme(_: World, { request }: IncomingRequest): Named {
  return { tag: request.scheme === 'https' ? 'HTTPS' : 'HTTP' };
}

function headers(_: World, self: IncomingRequest | IncomingResponse): Fields {
  return self.headers;
}

function consume(_: World, self: IncomingRequest | IncomingResponse): Result<IncomingBody, undefined> {
  if (self.consumed) return failed;
  self.consumed = true;
  return ok(new IncomingBody(self.body));
}

function stream(_: World, self: IncomingBody): Result<InputStream, undefined> {
  const opened = self.open();
  return opened === undefined ? failed : ok(opened);
}

/** "This function will trap if the `input-stream` child is still alive"; a drop as well: the stream must go first. */
export function dropIncomingBody(world: World, self: IncomingBody): void {
  if (self.isOpen) trapGuest(world, 'an incoming-body was finished or dropped before its input-stream');
}

function finish(world: World, self: IncomingBody): FutureTrailers {
  dropIncomingBody(world, self);
  return new FutureTrailers();
}

/** Futures answer once: "The outer `result` is used to retrieve the trailers or error at most once." */
function take<T>(future: { taken: boolean }, value: T): Result<T, undefined> {
  if (future.taken) return failed;
  future.taken = true;
  return ok(value);
}

export const incomingFunctions: readonly (readonly [name: string, HostFunction<World>])[] = [
  ['[method]incoming-request.method', method],
  ['[method]incoming-request.path-with-query', pathWithQuery],
  ['[method]incoming-request.scheme', scheme],
  ['[method]incoming-request.authority', (_: World, { request }: IncomingRequest): string => request.authority],
  ['[method]incoming-request.headers', headers],
  ['[method]incoming-request.consume', consume],
  ['[method]incoming-response.status', (_: World, self: IncomingResponse): number => self.status],
  ['[method]incoming-response.headers', headers],
  ['[method]incoming-response.consume', consume],
  ['[method]incoming-body.stream', stream],
  ['[static]incoming-body.finish', finish],
  ['[method]future-trailers.subscribe', (): Pollable => alwaysReady],
  ['[method]future-trailers.get', (_: World, self: FutureTrailers): unknown => take(self, ok(undefined))],
  ['[method]future-incoming-response.subscribe', (): Pollable => alwaysReady],
  ['[method]future-incoming-response.get', (_: World, self: FutureIncomingResponse): unknown => take(self, self.response)],
];
