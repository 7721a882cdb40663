/** Reads what a command wrote to its standard output as an HTTP answer: a CGI header block (RFC 3875, section 6) and a body, or a body alone. */
import { isUtf8 } from 'node:buffer';
import { GuestError } from '../guest-error.ts';
import type { GuestResponse } from '../kinds/kind.ts';

/** A header block is looked for in so many bytes; what is longer is a body. */
const maxHeaderBytes = 65_536;
const maxHeaders = 200;

const line = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*(.*?)[ \t]*$/;
/** RFC 3875 6.3: a block has at least one of these; otherwise lines with colons are just text. */
const cgiFields = new Set(['content-type', 'status', 'location']);

/** @throws GuestError GUEST_ANSWER_INVALID for a status that is none, a value with a NUL, or a field that CGI allows once and that is there twice */
export function readAnswer(output: Uint8Array): GuestResponse {
  const bytes = Buffer.from(output.buffer, output.byteOffset, output.byteLength);
  const block = headerBlock(bytes);
  if (block === undefined) return { status: 200, headers: ['content-type', typeOf(bytes)], body: output };
  const body = bytes.subarray(block.end);
  const headers: string[] = [];
  let status: number | undefined;
  for (const [name, value] of block.fields) {
    if (name === 'status') status = parseStatus(value);
    else headers.push(name, value);
  }
  const has = (wanted: string): boolean => block.fields.some(([name]) => name === wanted);
  for (const once of cgiFields) {
    if (block.fields.filter(([name]) => name === once).length > 1) throw invalid(`it has the header ${once} twice`);
  }
  // What carries the answer on keeps its fields apart by NUL.
  const cut = block.fields.find(([, value]) => value.includes('\0'));
  if (cut !== undefined) throw invalid(`the header ${cut[0]} has a NUL in its value`);
  if (!has('content-type') && body.length > 0) headers.push('content-type', typeOf(body));
  return { status: status ?? (has('location') ? 302 : 200), headers, body };
}

interface HeaderBlock {
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** Where the body begins. */
  readonly end: number;
}

/** @returns undefined when the output does not begin with lines `name: value`, one of CGI's own among them, and an empty line */
function headerBlock(bytes: Buffer): HeaderBlock | undefined {
  const fields: [string, string][] = [];
  const limit = Math.min(bytes.length, maxHeaderBytes);
  for (let at = 0; at < limit;) {
    const newline = bytes.indexOf(10, at);
    if (newline < 0 || newline >= limit) return undefined;
    const text = bytes.toString('latin1', at, newline).replace(/\r$/, '');
    at = newline + 1;
    if (text === '') return fields.some(([name]) => cgiFields.has(name)) ? { fields, end: at } : undefined;
    const match = line.exec(text);
    if (match === null || fields.length === maxHeaders) return undefined;
    const [, name = '', value = ''] = match;
    fields.push([name.toLowerCase(), value]);
  }
  return undefined;
}

/** "404 Not Found"; the reason is the gateway's. */
function parseStatus(value: string): number {
  const digits = /^([2-5]\d\d)(?: .*)?$/.exec(value)?.[1];
  if (digits === undefined) throw invalid(`${JSON.stringify(value.slice(0, 100))} is no status from 200 to 599`);
  return Number(digits);
}

function typeOf(body: Uint8Array): string {
  return isUtf8(body) && !body.includes(0) ? 'text/plain; charset=utf-8' : 'application/octet-stream';
}

function invalid(why: string): GuestError {
  return new GuestError('GUEST_ANSWER_INVALID', `the guest's header block is not valid: ${why}`);
}
