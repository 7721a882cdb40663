/** Error codes of wasi:filesystem, for the errors of the file tree. */
import type { Errno } from '../files/errno.ts';
import { done, err, type Result } from './result.ts';

/** @see https://github.com/WebAssembly/wasi-filesystem/blob/main/wit/types.wit, "error-code", which names its POSIX counterparts */
const errorCodes = {
  badf: 'bad-descriptor',
  busy: 'busy',
  exist: 'exist',
  ilseq: 'illegal-byte-sequence',
  inval: 'invalid',
  isdir: 'is-directory',
  loop: 'loop',
  nametoolong: 'name-too-long',
  noent: 'no-entry',
  nospc: 'insufficient-space',
  notdir: 'not-directory',
  notempty: 'not-empty',
  perm: 'not-permitted',
} as const satisfies Record<Errno, string>;

/** Those that are given. */
export type ErrorCode = (typeof errorCodes)[Errno] | 'overflow';

export function errorCode(errno: Errno): ErrorCode {
  return errorCodes[errno];
}

export function failure(errno: Errno): Result<never, ErrorCode> {
  return err(errorCodes[errno]);
}

/** @param errno undefined for success */
export function outcome(errno: Errno | undefined): Result<undefined, ErrorCode> {
  return errno === undefined ? done : failure(errno);
}
