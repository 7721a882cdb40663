/**
 * wasi:http as a guest imports it.
 * @see https://github.com/WebAssembly/WASI/blob/main/proposals/http/wit/types.wit
 */
import type { HostFunction, HostInterface } from '../../../component/host.ts';
import type { World } from '../../world.ts';
import type { IoError } from '../io-error.ts';
import type { HttpErrorCode } from './error-code.ts';
import { fieldsFunctions } from './fields-functions.ts';
import { dropIncomingBody, incomingFunctions } from './incoming-functions.ts';
import type { OutgoingRequest, RequestOptions } from './outgoing.ts';
import { requestFunctions } from './request-functions.ts';
import { dropOutgoingBody, responseFunctions } from './response-functions.ts';

const types: HostInterface<World> = {
  functions: new Map<string, HostFunction<World>>([
    ...fieldsFunctions,
    ...incomingFunctions,
    ...requestFunctions,
    ...responseFunctions,
    ['http-error-code', (_: World, error: IoError): HttpErrorCode | undefined => error.httpCode],
  ]),
  drops: new Map<string, (world: World, resource: never) => void>([
    ['incoming-body', dropIncomingBody],
    ['outgoing-body', dropOutgoingBody],
  ]),
};

function handle(world: World, request: OutgoingRequest, options: RequestOptions | undefined): unknown {
  return world.http.outbound.send(request, options);
}

export const http: readonly (readonly [iface: string, HostInterface<World>])[] = [
  ['wasi:http/types', types],
  ['wasi:http/outgoing-handler', { functions: new Map([['handle', handle]]), drops: new Map() }],
];
