/** The whole HTTP request as a guest may see it. Pure. */
import type { GuestRequest } from '../../contracts/request.ts';
import type { CallTrace } from './call-trace.ts';
import { endsHere } from '../../contracts/hop-by-hop.ts';

/** What is needed of Fastify's request. */
export interface HttpRequest {
  readonly method: string;
  /** As it was sent. */
  readonly url: string;
  readonly protocol: string;
  readonly host: string;
  readonly ip: string;
  readonly raw: { readonly rawHeaders: readonly string[]; readonly httpVersion: string };
  readonly body: unknown;
}

/** What is needed of a CallTrace. */
export type GuestTrace = Pick<CallTrace, 'parentSpanId' | 'traceparent'>;

/** Credentials are the platform's until a function is granted them; Expect is answered by the time the guest runs. */
const withheld = new Set(['authorization', 'x-api-key', 'cookie', 'expect']);
const nothing = new Uint8Array(0);

/** `/fn/{reference}`, what follows it, the query. Node passes on a fragment and a scheme with authority, if they are sent. */
const target = /^(?:https?:\/\/[^/?#]*)?(\/[^/?#]*\/[^/?#]*)([^?#]*)(?:\?([^#]*))?/i;

/** @param trace that the guest finds itself in */
export function guestRequest(request: HttpRequest, trace: GuestTrace): GuestRequest {
  const { method, url, protocol, host, ip, raw, body } = request;
  const [, scriptName = '', pathInfo = '', query = ''] = target.exec(url) ?? [];
  return {
    method,
    scheme: protocol === 'https' ? 'https' : 'http',
    authority: host,
    scriptName,
    pathInfo,
    query,
    remoteAddress: ip,
    httpVersion: raw.httpVersion,
    headers: [...forGuest(raw.rawHeaders, trace), 'traceparent', trace.traceparent],
    body: body instanceof Uint8Array ? body : nothing,
  };
}

function forGuest(rawHeaders: readonly string[], { parentSpanId }: GuestTrace): string[] {
  const ended = endsHere(rawHeaders);
  // What belongs to a trace goes no further than the trace.
  const dropped = parentSpanId === undefined ? 'tracestate' : undefined;
  const headers: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? '').toLowerCase();
    if (!ended(name) && !withheld.has(name) && name !== 'traceparent' && name !== dropped) headers.push(name, rawHeaders[i + 1] ?? '');
  }
  return headers;
}
