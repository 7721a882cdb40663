/** From the parameters of an activation to a call. Pure. */
import { directCall } from '../direct.ts';
import type { Call } from '../function.ts';
import { isJsonType, isTextType, looksLikeBase64 } from './media-types.ts';

/** What an action is given: its own parameters, and of web actions the request in members `__ow_*`. */
export type Parameters = Readonly<Record<string, unknown>>;

const prefix = '__ow_';
const withoutBody = new Set(['GET', 'HEAD']);

/** @returns whether it came over HTTP, by a web action */
export function isWebCall(params: Parameters): boolean {
  return typeof params['__ow_method'] === 'string';
}

/** @see https://github.com/apache/openwhisk/blob/master/docs/webactions.md "HTTP Context" and "Raw HTTP handling" */
export function callOf(params: Parameters): Call {
  if (!isWebCall(params)) return directCall(params);
  const headers = headersOf(params['__ow_headers']);
  const web = {
    method: textOf(params['__ow_method']).toUpperCase(),
    path: textOf(params['__ow_path']),
    scheme: headers['x-forwarded-proto'] === 'http' ? 'http' : 'https',
    remoteAddress: headers['x-forwarded-for']?.split(',', 1)[0]?.trim() ?? '',
  } as const;
  const contentType = headers['content-type'];
  const body = params['__ow_body'];
  // Only of raw web actions: there is nothing merged then.
  if (typeof params['__ow_query'] === 'string') {
    return { ...web, headers, query: params['__ow_query'], body: bodyOf(textOf(body), contentType) };
  }
  return { ...web, ...merged(params, web.method, headers), ...(body !== undefined && { body: bodyOf(textOf(body), contentType) }) };
}

/** Query and body were merged into the parameters, and the one of them that had them cannot be told: texts by query or form, JSON values as JSON. */
function merged(params: Parameters, method: string, headers: Call['headers']): Pick<Call, 'headers' | 'query' | 'body'> {
  const own = Object.entries(params).filter(([name]) => !name.startsWith(prefix));
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  const opaque = params['__ow_body'] !== undefined;
  const texts = (): string => new URLSearchParams(own.map(([name, value]) => [name, textOf(value)])).toString();
  if (own.length === 0) return { headers, query: '', body: undefined };
  if (opaque || withoutBody.has(method)) return { headers, query: texts(), body: undefined };
  if (isForm) return { headers, query: '', body: Buffer.from(texts()) };
  const json = Buffer.from(JSON.stringify(Object.fromEntries(own)));
  return { headers: { ...headers, 'content-type': 'application/json' }, query: '', body: json };
}

function bodyOf(text: string, contentType: string | undefined): Buffer | undefined {
  if (text === '') return undefined;
  const encoded = (isJsonType(contentType) || !isTextType(contentType)) && looksLikeBase64(text);
  return Buffer.from(text, encoded ? 'base64' : 'utf8');
}

function headersOf(given: unknown): Record<string, string> {
  const headers = typeof given === 'object' && given !== null ? Object.entries(given) : [];
  return Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), textOf(value)]));
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined ? '' : JSON.stringify(value);
}
