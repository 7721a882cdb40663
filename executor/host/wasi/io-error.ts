/** Resource `error` of wasi:io: why a stream failed. */
import type { HttpErrorCode } from './http/error-code.ts';

export class IoError {
  readonly message: string;
  /** Case of `error-code` of wasi:filesystem/types: what `filesystem-error-code` answers. */
  readonly filesystemCode: string | undefined;
  /** What `http-error-code` answers. */
  readonly httpCode: HttpErrorCode | undefined;

  constructor(message: string, codes: { readonly filesystem?: string; readonly http?: HttpErrorCode } = {}) {
    this.message = message;
    this.filesystemCode = codes.filesystem;
    this.httpCode = codes.http;
  }
}
