/** Where requests of guests leave: a function without a grant for it has `noOutbound`. */
import { err, type Result } from '../result.ts';
import type { HttpErrorCode } from './error-code.ts';
import type { FutureIncomingResponse } from './incoming.ts';
import type { OutgoingRequest, RequestOptions } from './outgoing.ts';

export interface Outbound {
  /** Of `wasi:http/outgoing-handler` `handle`. */
  send(request: OutgoingRequest, options: RequestOptions | undefined): Result<FutureIncomingResponse, HttpErrorCode>;
}

const denied: Result<never, HttpErrorCode> = Object.freeze(err({ tag: 'HTTP-request-denied' }));

export const noOutbound: Outbound = { send: () => denied };
