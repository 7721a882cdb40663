/** The functions of `outgoing-response`, `outgoing-body` and `response-outparam` of wasi:http/types. */
import type { HostFunction } from '../../../component/host.ts';
import type { World } from '../../world.ts';
import { trapGuest } from '../../stop.ts';
import { done, err, failed, ok, type Result } from '../result.ts';
import type { OutputStream } from '../streams.ts';
import { type HttpErrorCode, internalError } from './error-code.ts';
import type { Fields } from './fields.ts';
import type { OutgoingBody } from './outgoing-body.ts';
import { type OutgoingRequest, OutgoingResponse, type ResponseOutparam } from './outgoing.ts';

function setStatus(_: World, self: OutgoingResponse, status: number): Result<undefined, undefined> {
  if (status < 100 || status > 999) return failed;
  self.status = status;
  return done;
}

export function openBody(world: World, self: OutgoingRequest | OutgoingResponse): Result<OutgoingBody, undefined> {
  const body = self.openBody(world.http);
  return body === undefined ? failed : ok(body);
}

function write(_: World, self: OutgoingBody): Result<OutputStream, undefined> {
  const stream = self.open();
  return stream === undefined ? failed : ok(stream);
}

function finish(world: World, self: OutgoingBody, trailers: Fields | undefined): Result<undefined, HttpErrorCode> {
  checkStream(world, self);
  const problem = self.finish(trailers);
  return problem === undefined ? done : err(problem);
}

export function dropOutgoingBody(world: World, self: OutgoingBody): void {
  checkStream(world, self);
  self.abandon();
}

/** "The output-stream must be dropped before the outgoing-body is dropped or finished, otherwise the drop or `finish` will trap." */
function checkStream(world: World, self: OutgoingBody): void {
  if (self.isOpen) trapGuest(world, 'an outgoing-body was finished or dropped before its output-stream');
}

function set(world: World, self: ResponseOutparam, answer: Result<OutgoingResponse, HttpErrorCode>): void {
  if (self.answer !== undefined) trapGuest(world, 'response-outparam.set was called twice for one request');
  self.answer = answer;
}

export const responseFunctions: readonly (readonly [name: string, HostFunction<World>])[] = [
  ['[constructor]outgoing-response', (_: World, headers: Fields): OutgoingResponse => new OutgoingResponse(headers)],
  ['[method]outgoing-response.status-code', (_: World, self: OutgoingResponse): number => self.status],
  ['[method]outgoing-response.set-status-code', setStatus],
  ['[method]outgoing-response.headers', (_: World, self: OutgoingResponse): Fields => self.headers],
  ['[method]outgoing-response.body', openBody],
  ['[method]outgoing-body.write', write],
  ['[static]outgoing-body.finish', finish],
  ['[method]response-outparam.send-informational', () => err(internalError('informational responses are not supported'))],
  ['[static]response-outparam.set', set],
];
