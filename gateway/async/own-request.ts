/** Requests that the platform makes itself, to functions as callbacks and by schedules. Pure. */
import type { CallRequest } from '../invoke/codecs/codec.ts';

export interface OwnRequest {
  /** name, name@version or name:alias */
  readonly reference: string;
  readonly body: Uint8Array | undefined;
  readonly contentType: string | undefined;
  /** Further ones, a flat list: lower-case name, value, name, value ... */
  readonly headers: readonly string[];
}

const nothing = new Uint8Array(0);

/** @returns the same as POST /fn/{reference} of a client on this machine */
export function ownRequest({ reference, body = nothing, contentType, headers }: OwnRequest): CallRequest {
  return {
    rest: undefined,
    query: undefined,
    body: Buffer.from(body.buffer, body.byteOffset, body.byteLength),
    contentType,
    accept: undefined,
    whole: () => ({
      method: 'POST',
      scheme: 'http',
      authority: 'localhost',
      scriptName: `/fn/${reference}`,
      pathInfo: '',
      query: '',
      remoteAddress: '127.0.0.1',
      httpVersion: '1.1',
      headers: [
        'host',
        'localhost',
        'content-length',
        `${body.length}`,
        ...(contentType === undefined ? [] : ['content-type', contentType]),
        ...headers,
      ],
      body,
    }),
  };
}
