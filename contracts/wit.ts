/** WIT value types as plain data (no resources, streams or futures): what HTTP calls of components carry. Types only; JSON-serialisable. */

/** @see https://github.com/WebAssembly/component-model/blob/main/design/mvp/WIT.md#types */
export type WitType =
  | { readonly kind: WitPrimitive }
  /** `length`: a fixed-length list. */
  | { readonly kind: 'list'; readonly of: WitType; readonly length?: number }
  | { readonly kind: 'option'; readonly of: WitType }
  | { readonly kind: 'result'; readonly ok?: WitType; readonly err?: WitType }
  | { readonly kind: 'tuple'; readonly of: readonly WitType[] }
  | { readonly kind: 'record'; readonly fields: readonly WitField[] }
  | { readonly kind: 'variant'; readonly cases: readonly WitCase[] }
  | { readonly kind: 'enum' | 'flags'; readonly names: readonly string[] };

export const witPrimitives = ['bool', 's8', 'u8', 's16', 'u16', 's32', 'u32', 's64', 'u64', 'f32', 'f64', 'char', 'string'] as const;
export type WitPrimitive = (typeof witPrimitives)[number];

/** Names are kebab-case, as in WIT. */
export interface WitField {
  readonly name: string;
  readonly type: WitType;
}

export interface WitCase {
  readonly name: string;
  readonly type?: WitType;
}

export interface WitSignature {
  readonly params: readonly WitField[];
  readonly result?: WitType;
}

/**
 * A value of a WIT type in JavaScript, as the linker takes and gives it (the conventions of jco):
 * bool - boolean; integers up to 32 bits, f32, f64 - number; s64, u64 - bigint; char, string, enum - string (names as in WIT);
 * list<u8> - Uint8Array, lists of other numbers - the typed array of that width, other lists - array; tuple - array;
 * record - object with camelCase keys; flags - object with camelCase keys and booleans; option - value or undefined, but option<option<T>>
 * - { tag: 'some' | 'none', val }; result - { tag: 'ok' | 'err', val }; variant - { tag: name as in WIT, val }.
 */
export type WitValue = unknown;
