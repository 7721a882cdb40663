/** The work that every lane is given: 1 KB that comes back as it was, where something runs at all. */
import { join } from 'node:path';
import type { HttpCall } from '../load/call.ts';

/** Work handed in at the same time, by as many connections or callers. */
export const callers = 64;

const text = 'The quick brown fox jumps over the lazy dog, as it always did.\n';
const body = Buffer.from(text.repeat(17).slice(0, 1_024));

/** `expected` is the result, not the answer to the call. */
export const echoCall: HttpCall = { method: 'POST', path: '/async/echo', contentType: 'text/plain', body, expected: body };

export function echoModule(repository: string): string {
  return join(repository, 'bench/guests/echo-c/echo.wasm');
}
