/** The guest that every path of `overhead` runs, and its call. */
import { join } from 'node:path';
import type { HttpCall } from '../load/call.ts';

export const fibCall: HttpCall = {
  method: 'GET',
  path: '/fn/fib?n=5',
  contentType: undefined,
  body: undefined,
  expected: Buffer.from('5'),
};

/** @returns a folder; the file in it is `fib.wasm`, its export `fib: (i32) -> i32` */
export function fibFolder(repository: string): string {
  return join(repository, 'examples/fib-c');
}
