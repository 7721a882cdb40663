/** From the event of an invocation to a call. Pure. */
import { directCall } from '../direct.ts';
import type { Call } from '../function.ts';

/**
 * A request in payload format 2.0: of a function URL, or of an HTTP API of API Gateway.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html "Request payload format"
 */
export interface HttpEvent {
  readonly rawPath?: string;
  readonly rawQueryString?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
  readonly requestContext: { readonly http: { readonly method: string; readonly sourceIp?: string } };
}

export function isHttpEvent(event: unknown): event is HttpEvent {
  const { requestContext } = (event ?? {}) as Partial<HttpEvent>;
  return typeof requestContext?.http?.method === 'string';
}

/** Every other event is the arguments themselves. */
export function callOf(event: unknown): Call {
  if (!isHttpEvent(event)) return directCall(event);
  const { rawPath = '', rawQueryString = '', headers = {}, body, isBase64Encoded = false, requestContext } = event;
  return {
    method: requestContext.http.method,
    path: rawPath === '/' ? '' : rawPath,
    query: rawQueryString,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: body === undefined || body === '' ? undefined : Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'),
    scheme: 'https',
    remoteAddress: requestContext.http.sourceIp ?? '',
  };
}
