/** One call of `wasi:http/incoming-handler`: what is passed to `handle`, and what came of it. */
import type { GuestRequest } from '../../../contracts/request.ts';
import { GuestError } from '../../guest-error.ts';
import type { World } from '../world.ts';
import { describeErrorCode } from './http/error-code.ts';
import { IncomingRequest } from './http/incoming.ts';
import { type OutgoingResponse, ResponseOutparam } from './http/outgoing.ts';

/** The arguments of `handle`. */
export type Exchange = readonly [request: IncomingRequest, responseOut: ResponseOutparam];

export interface HttpAnswer {
  readonly status: number;
  /** Flat list: lower-case name, value, name, value ... Values are latin1. */
  readonly headers: readonly string[];
  readonly body: Uint8Array;
}

/** Most bytes of header fields in an answer, each counted with 32 more. */
export const maxAnswerHeaderBytes = 65_536;

const nothing = new Uint8Array(0);

/** @param world begins a call */
export function beginExchange(world: World, request: GuestRequest): Exchange {
  world.http.begin();
  return [new IncomingRequest(request), new ResponseOutparam()];
}

/**
 * Once `handle` has returned.
 * @throws GuestError GUEST_ANSWER_INVALID when there is no whole answer
 */
export function readAnswer([{ request }, { answer }]: Exchange): HttpAnswer {
  if (answer === undefined) return invalid('the handler returned without an answer: it did not call response-outparam.set');
  if (answer.tag === 'err') return invalid(`the handler answered with the error ${describeErrorCode(answer.val)}`);
  const { status, headers } = answer.val;
  // RFC 9110, section 15, without 1xx, which are no final answers.
  if (status < 200 || status > 599) return invalid(`the status of the answer is ${status}: 200 to 599 are possible`);
  const size = headers.sizeBytes;
  if (size > maxAnswerHeaderBytes)
    return invalid(`the header fields of the answer count as ${size} bytes; ${maxAnswerHeaderBytes} are allowed`);
  return { status, headers: headers.flatten(), body: bodyOf(answer.val, request.method === 'HEAD' || status === 304) };
}

/** @param mayDeclare whether a content-length may tell of a body that is not sent (RFC 9110, section 8.6) */
function bodyOf({ body, headers }: OutgoingResponse, mayDeclare: boolean): Uint8Array {
  if (body === undefined) {
    if ((headers.declaredLength ?? 0) === 0 || mayDeclare) return nothing;
    return invalid('the answer has a content-length and no body');
  }
  const { problem } = body;
  return problem === undefined ? body.take() : invalid(`the body of the answer is not whole: ${describeErrorCode(problem)}`);
}

function invalid(detail: string): never {
  throw new GuestError('GUEST_ANSWER_INVALID', detail);
}
