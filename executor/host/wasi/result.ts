/** Values of WIT `result` types, as the linker lowers them (contracts/wit.ts). Those without a payload are made once. */

export type Result<T, E> = { readonly tag: 'ok'; readonly val: T } | { readonly tag: 'err'; readonly val: E };

export function ok<T>(val: T): Result<T, never> {
  return { tag: 'ok', val };
}

export function err<E>(val: E): Result<never, E> {
  return { tag: 'err', val };
}

/** `ok` of `result` and of `result<_, E>`. */
export const done: Result<undefined, never> = Object.freeze(ok(undefined));

/** `err` of `result`. */
export const failed: Result<never, undefined> = Object.freeze(err(undefined));
