/** Calls without HTTP: a JSON value in, a JSON value out. The same on all platforms. Pure. */
import type { CheckedAnswer } from '../../contracts/guest-answer.ts';
import { type ModuleKind, payloadOf } from '../../contracts/kinds.ts';
import type { Call } from './function.ts';

/** An HTTP answer as JSON. */
export interface JsonAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Arguments become the JSON body of a POST: what every kind of module takes. */
export function directCall(args: unknown): Call {
  return {
    method: 'POST',
    path: '',
    query: '',
    headers: { 'content-type': 'application/json' },
    body: args === undefined || args === null ? undefined : Buffer.from(JSON.stringify(args)),
    scheme: 'http',
    remoteAddress: '127.0.0.1',
  };
}

/** @returns of typed exports the value, null where there is none; of everything else, which answers by HTTP, the whole answer */
export function directResult(kind: ModuleKind, answer: CheckedAnswer): unknown {
  if (payloadOf[kind] === 'request') return jsonAnswer(answer);
  return answer.body === undefined ? null : (JSON.parse(bytesOf(answer).toString()) as unknown);
}

/** The body is text where it is UTF-8, whatever it says of its type; else base64. */
export function jsonAnswer(answer: CheckedAnswer): JsonAnswer {
  const text = textOf(bytesOf(answer));
  return {
    statusCode: answer.status,
    headers: headersOf(answer),
    body: text ?? bytesOf(answer).toString('base64'),
    isBase64Encoded: text === undefined,
  };
}

/** @returns undefined for bytes that are no UTF-8 */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

export function bytesOf({ body }: Pick<CheckedAnswer, 'body'>): Buffer {
  return body === undefined ? Buffer.alloc(0) : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}

/** Several lines of one name are a list. */
export function headersOf({ headers }: Pick<CheckedAnswer, 'headers'>): Record<string, string | readonly string[]> {
  return Object.fromEntries(Array.from(headers, ([name, [first = '', ...more]]) => [name, more.length === 0 ? first : [first, ...more]]));
}
