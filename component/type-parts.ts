/** Takes types apart. */
import { type WitPrimitive, witPrimitives } from '../contracts/wit.ts';
import type { FunctionType, ValueType } from './types.ts';

const primitives: ReadonlySet<string> = new Set(witPrimitives);

export function isPrimitive(type: ValueType): type is { readonly kind: WitPrimitive } {
  return primitives.has(type.kind);
}

/** The types of parameters and result. */
export function typesOf({ params, result }: FunctionType): readonly ValueType[] {
  return [...params.map((param) => param.type), ...present(result)];
}

/** The types directly within a type. */
export function partsOf(type: ValueType): readonly ValueType[] {
  if (type.kind === 'list' || type.kind === 'option') return [type.of];
  if (type.kind === 'stream' || type.kind === 'future') return present(type.of);
  if (type.kind === 'tuple') return type.of;
  if (type.kind === 'result') return [...present(type.ok), ...present(type.err)];
  if (type.kind === 'record') return type.fields.map((field) => field.type);
  return type.kind === 'variant' ? type.cases.flatMap((each) => present(each.type)) : [];
}

function present<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}
