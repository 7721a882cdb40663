/** Types of a component as its binary declares them, resources included. Plain data; names are only ever data. */
import type { WitPrimitive } from '../contracts/wit.ts';

/** A resource type. Two are the same only when they are the same object. */
export interface ResourceType {
  readonly kind: 'resource';
  /** Component instance that defines it; -1: the host. */
  readonly definedBy: number;
  /** Slot of the destructor; -1: none. */
  readonly destructor: number;
  /** Of a host resource: the interface it was first imported from, without version, and its name there. */
  readonly host: { readonly iface: string; readonly name: string } | undefined;
}

/** A value type (Binary.md, "defvaltype"). Shared: one object may stand in many places. `map<k, v>` is `list<tuple<k, v>>`. */
export type ValueType =
  | { readonly kind: WitPrimitive }
  | { readonly kind: 'list'; readonly of: ValueType; readonly length: number | undefined }
  | { readonly kind: 'option'; readonly of: ValueType }
  | { readonly kind: 'result'; readonly ok: ValueType | undefined; readonly err: ValueType | undefined }
  | { readonly kind: 'tuple'; readonly of: readonly ValueType[] }
  | { readonly kind: 'record'; readonly fields: readonly { readonly name: string; readonly type: ValueType }[] }
  | { readonly kind: 'variant'; readonly cases: readonly { readonly name: string; readonly type: ValueType | undefined }[] }
  | { readonly kind: 'enum' | 'flags'; readonly names: readonly string[] }
  | { readonly kind: 'own' | 'borrow'; readonly resource: ResourceType }
  /** Decoded so that a component which merely mentions them can be told by name; never lifted or lowered. */
  | { readonly kind: 'stream' | 'future'; readonly of: ValueType | undefined };

export interface FunctionType {
  readonly kind: 'func';
  readonly async: boolean;
  readonly params: readonly { readonly name: string; readonly type: ValueType }[];
  readonly result: ValueType | undefined;
}
