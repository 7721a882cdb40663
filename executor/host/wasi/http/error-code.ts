/** Variant `error-code` of wasi:http/types. */

/** A case of it; the linker checks what a guest gives against the type. */
export interface HttpErrorCode {
  readonly tag: string;
  readonly val?: unknown;
}

export function internalError(text: string): HttpErrorCode {
  return { tag: 'internal-error', val: text };
}

/** @returns the case as in WIT, and its payload as JSON, if it has one */
export function describeErrorCode({ tag, val }: HttpErrorCode): string {
  const payload = JSON.stringify(val, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
  return payload === undefined ? tag : `${tag}(${payload})`;
}
