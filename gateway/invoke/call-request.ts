/** What codecs look at of a call over HTTP, synchronous or not. Pure. */
import type { CallRequest } from './codecs/codec.ts';

export interface CallParams {
  readonly reference: string;
  /** What follows the reference: the name of an export, or the guest's own path. */
  readonly '*'?: string;
}

/** What is needed of Fastify's request. */
export interface ReceivedCall {
  readonly params: CallParams;
  /** As it was sent. */
  readonly url: string;
  readonly headers: { readonly 'content-type'?: string | undefined; readonly accept?: string | undefined };
  /** A Buffer, or undefined. */
  readonly body: unknown;
}

export function callRequest({ params, url, headers, body }: ReceivedCall, whole: CallRequest['whole']): CallRequest {
  const path = params['*'];
  const queryAt = url.indexOf('?');
  return {
    rest: path === undefined || path === '' ? undefined : path,
    query: queryAt < 0 ? undefined : url.slice(queryAt + 1),
    body: body as Buffer | undefined,
    contentType: headers['content-type'],
    accept: headers.accept,
    whole,
  };
}
