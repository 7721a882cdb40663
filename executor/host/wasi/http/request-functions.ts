/** The functions of `outgoing-request` and `request-options` of wasi:http/types. */
import type { HostFunction } from '../../../component/host.ts';
import { stop } from '../../stop.ts';
import type { World } from '../../world.ts';
import { done, failed, type Result } from '../result.ts';
import type { Fields } from './fields.ts';
import { type Named, OutgoingRequest, RequestOptions } from './outgoing.ts';
import { openBody } from './response-functions.ts';

/** RFC 9110, section 9.1; RFC 3986, sections 3.1 to 3.4, without a look at percent-encoding. */
const grammar = {
  method: /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/,
  scheme: /^[A-Za-z][A-Za-z0-9+\-.]*$/,
  authority: /^([\w\-.~%!$&'()*+,;=:]*@)?(\[[\dA-Fa-f:.]+\]|[\w\-.~%!$&'()*+,;=]+)(:\d{0,5})?$/,
  pathWithQuery: /^(?:[/?][!$-;=?-[\]_a-z{|}~"]*)?$/,
} as const;

/** @returns whether it may be kept. What is kept is counted: one text could else stand in thousands of requests, copied for each */
function accepts(world: World, part: keyof typeof grammar, text: string): boolean {
  if (!grammar[part].test(text)) return false;
  const stopped = world.http.spendHead(text.length);
  return stopped === undefined ? true : stop(world, stopped);
}

function setMethod(world: World, self: OutgoingRequest, method: Named): Result<undefined, undefined> {
  if (method.val !== undefined && !accepts(world, 'method', method.val)) return failed;
  self.method = method;
  return done;
}

function setScheme(world: World, self: OutgoingRequest, scheme: Named | undefined): Result<undefined, undefined> {
  if (scheme?.val !== undefined && !accepts(world, 'scheme', scheme.val)) return failed;
  self.scheme = scheme;
  return done;
}

function setText(part: 'authority' | 'pathWithQuery'): HostFunction<World> {
  return (world: World, self: OutgoingRequest, text: string | undefined): Result<undefined, undefined> => {
    if (text !== undefined && !accepts(world, part, text)) return failed;
    self[part] = text;
    return done;
  };
}

function timeout(name: string, key: keyof RequestOptions): readonly (readonly [name: string, HostFunction<World>])[] {
  const set = (_: World, self: RequestOptions, durationNs: bigint | undefined): Result<undefined, undefined> => {
    self[key] = durationNs;
    return done;
  };
  return [
    [`[method]request-options.${name}`, (_: World, self: RequestOptions): bigint | undefined => self[key]],
    [`[method]request-options.set-${name}`, set],
  ];
}

export const requestFunctions: readonly (readonly [name: string, HostFunction<World>])[] = [
  ['[constructor]outgoing-request', (_: World, headers: Fields): OutgoingRequest => new OutgoingRequest(headers)],
  ['[method]outgoing-request.body', openBody],
  ['[method]outgoing-request.method', (_: World, self: OutgoingRequest): Named => self.method],
  ['[method]outgoing-request.set-method', setMethod],
  ['[method]outgoing-request.path-with-query', (_: World, self: OutgoingRequest): string | undefined => self.pathWithQuery],
  ['[method]outgoing-request.set-path-with-query', setText('pathWithQuery')],
  ['[method]outgoing-request.scheme', (_: World, self: OutgoingRequest): Named | undefined => self.scheme],
  ['[method]outgoing-request.set-scheme', setScheme],
  ['[method]outgoing-request.authority', (_: World, self: OutgoingRequest): string | undefined => self.authority],
  ['[method]outgoing-request.set-authority', setText('authority')],
  ['[method]outgoing-request.headers', (_: World, self: OutgoingRequest): Fields => self.headers],
  ['[constructor]request-options', (): RequestOptions => new RequestOptions()],
  ...timeout('connect-timeout', 'connectTimeout'),
  ...timeout('first-byte-timeout', 'firstByteTimeout'),
  ...timeout('between-bytes-timeout', 'betweenBytesTimeout'),
];
