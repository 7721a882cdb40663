/** Numbers of the errors of preview 1. */
import type { Errno } from '../files/errno.ts';

/** @see https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md, "errno" */
export const errno = {
  success: 0,
  badf: 8,
  busy: 10,
  exist: 20,
  fault: 21,
  ilseq: 25,
  inval: 28,
  isdir: 31,
  loop: 32,
  mfile: 33,
  nametoolong: 37,
  noent: 44,
  nospc: 51,
  notdir: 54,
  notempty: 55,
  notsock: 57,
  notsup: 58,
  perm: 63,
  spipe: 70,
  notcapable: 76,
} as const satisfies Record<Errno | 'success' | 'fault' | 'mfile' | 'notsock' | 'notsup' | 'spipe' | 'notcapable', number>;

/** @returns success for undefined */
export function errnoOf(name: Errno | undefined): number {
  return name === undefined ? errno.success : errno[name];
}
