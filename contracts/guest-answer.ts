/** Checks what a guest answers before any of it becomes HTTP: a guest can be wrong, never break the connection or speak for us. Pure. */
import type { ErrorCode } from './errors.ts';
import { type Answer, type Failure, failure } from './invocation.ts';
import { endsHere } from './hop-by-hop.ts';

/** An answer that can be sent as it is. */
export interface CheckedAnswer extends Omit<Answer, 'headers' | 'body'> {
  /** By lower-case name; one value per header line. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** Undefined: the answer has no content. */
  readonly body: Uint8Array | undefined;
}

/** RFC 9110 section 5.6.2 "token" and 5.5 "field-value". */
const fieldName = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Fields of which there can be one only. */
const single = new Set(['content-type', 'content-length', 'location', 'date', 'etag', 'last-modified', 'expires', 'retry-after', 'server']);
/** Answers without content (RFC 9110 sections 15.3.5, 15.3.6, 15.4.5). What a guest gives as their body cannot be sent. */
const withoutContent = new Set([204, 205, 304]);

/** Bytes of all header lines: clients take no more. */
const maxHeaderBytes = 65_536;

/**
 * Fields of the connection, `x-bantam-*` and x-request-id are the gateway's and left out. Content-Length must be that of the body, but in
 * answers to HEAD and of 304, which describe another. The type of a body without Content-Type is application/octet-stream.
 * @param method of the request
 * @returns a failure GUEST_ANSWER_INVALID or GUEST_OUTPUT_EXCEEDED for what HTTP cannot carry
 */
export function checkAnswer(answer: Answer, method: string): CheckedAnswer | Failure {
  const fail = (code: ErrorCode, detail: string): Failure => ({ ...failure(code, detail), timing: answer.timing });
  const { status } = answer;
  if (!Number.isInteger(status) || status < 200 || status > 599)
    return fail('GUEST_ANSWER_INVALID', `the guest answered with status ${status}; a final status is from 200 to 599`);
  const body = answer.body.length === 0 || withoutContent.has(status) ? undefined : answer.body;
  const ended = endsHere(answer.headers);
  const headers = new Map<string, string[]>();
  let headerBytes = 0;
  for (let i = 0; i + 1 < answer.headers.length; i += 2) {
    const name = (answer.headers[i] ?? '').toLowerCase();
    const value = (answer.headers[i + 1] ?? '').trim();
    if (!fieldName.test(name)) return fail('GUEST_ANSWER_INVALID', `the guest's header ${quote(name)} has a name that is none`);
    if (!fieldValue.test(value))
      return fail('GUEST_ANSWER_INVALID', `the guest's header ${name} has a value with characters that HTTP does not allow`);
    if (ended(name) || name === 'x-request-id') continue;
    headerBytes += name.length + value.length + 4;
    if (headerBytes > maxHeaderBytes)
      return fail('GUEST_OUTPUT_EXCEEDED', `the headers of an answer are limited to ${maxHeaderBytes} bytes`);
    const known = headers.get(name);
    if (known === undefined) headers.set(name, [value]);
    else if (single.has(name)) return fail('GUEST_ANSWER_INVALID', `the guest answered with more than one header ${name}`);
    else known.push(value);
  }
  const [length] = headers.get('content-length') ?? [];
  if (length !== undefined) {
    const describesAnother = method === 'HEAD' || status === 304;
    if (!/^\d{1,15}$/.test(length) || (!describesAnother && Number(length) !== answer.body.length))
      return fail('GUEST_ANSWER_INVALID', `the guest's content-length is ${quote(length)}, its body has ${answer.body.length} bytes`);
    if (!describesAnother) headers.delete('content-length');
  }
  if (body !== undefined && !headers.has('content-type')) headers.set('content-type', ['application/octet-stream']);
  return { ...answer, headers, body };
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
}
