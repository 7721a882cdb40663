/** Where in the values of a type resources are: what converts them leaves all else as it is. */
import type { ResourceType, ValueType } from '../../../component/types.ts';

export type Convert = (value: unknown) => unknown;

export const same: Convert = (value) => value;

/** @returns `ofResource` applied to every handle in values of the type; `same` when it has none */
export function convertResources(type: ValueType | undefined, ofResource: (resource: ResourceType) => Convert): Convert {
  if (type === undefined) return same;
  const convert = (part: ValueType | undefined): Convert => convertResources(part, ofResource);
  if (type.kind === 'own' || type.kind === 'borrow') return ofResource(type.resource);
  if (type.kind === 'option') {
    const some = convert(type.of);
    return some === same ? same : (value) => (value === undefined ? undefined : some(value));
  }
  if (type.kind === 'list') {
    const each = convert(type.of);
    return each === same ? same : (value) => (value as unknown[]).map(each);
  }
  if (type.kind === 'result') {
    return ofCases([
      ['ok', convert(type.ok)],
      ['err', convert(type.err)],
    ]);
  }
  if (type.kind === 'variant') return ofCases(type.cases.map((each) => [each.name, convert(each.type)]));
  if (type.kind === 'tuple') return ofTuple(type.of.map(convert));
  // No record of WASI holds a resource.
  return same;
}

function ofCases(cases: readonly (readonly [tag: string, convert: Convert])[]): Convert {
  if (cases.every(([, convert]) => convert === same)) return same;
  const converts = new Map(cases);
  return (value) => {
    const { tag, val } = value as { readonly tag: string; readonly val: unknown };
    return { tag, val: (converts.get(tag) ?? same)(val) };
  };
}

function ofTuple(parts: readonly Convert[]): Convert {
  if (parts.every((part) => part === same)) return same;
  return (value) => (value as unknown[]).map((part, i) => (parts[i] ?? same)(part));
}
