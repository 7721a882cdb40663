/** From JSON to values of WIT types, everything checked, nothing rounded or guessed. Pure; work is bounded by the size of the JSON. */
import { expected, oneOf, some, step, WitFault } from './wit-fault.ts';
import { arrayFor, floatFromJson, integerFromJson, type WitInteger } from './wit-numbers.ts';
import { casesShape, flagsShape, namesShape, recordShape, type WitNames, type WitRecord, type WitVariant } from './wit-shapes.ts';
import type { WitType, WitValue } from './wit.ts';

type Of<Kind extends WitType['kind']> = Extract<WitType, { readonly kind: Kind }>;

/** One code point that is no surrogate (Unicode, D76). */
const scalarValue = /^\P{Surrogate}$/su;

/**
 * bool, string: as in JSON; a string must be well-formed Unicode. char: a string of one Unicode scalar value.
 * Integers: numbers; s64 and u64 also decimal strings. f32, f64: numbers, "NaN", "Infinity", "-Infinity".
 * list, tuple: arrays; list<u8> also a base64 string. record: object with the names as in WIT or in camelCase; fields of type option<T> may be missing.
 * option<T>: null or T; option<option<T>>: null or {"some": option<T>}, never missing. result: {"ok": T} or {"err": E}, null where there is no payload.
 * variant: {"case": payload}, "case" without payload. enum: its name. flags: array of names, or object of booleans.
 * A map<K, V> is a list of pairs.
 * @param json what JSON.parse gives; undefined: nothing was given
 * @param path what the message calls the value
 * @returns as described at WitValue; objects have no prototype, and of absent options and flags no property
 * @throws WitFault
 */
export function witFromJson(type: WitType, json: unknown, path: string): WitValue {
  try {
    return convert(type, json);
  } catch (error) {
    throw inside(error, path);
  }
}

function convert(type: WitType, json: unknown): WitValue {
  switch (type.kind) {
    case 'bool':
      if (typeof json !== 'boolean') throw expected('bool', json);
      return json;
    case 'f32':
    case 'f64': {
      const value = floatFromJson(type.kind, json);
      if (value === undefined) throw expected(type.kind, json);
      return value;
    }
    case 'string':
      if (typeof json !== 'string') throw expected('string', json);
      if (!json.isWellFormed()) throw new WitFault('expected string, got one with half of a surrogate pair');
      return json;
    case 'char':
      if (typeof json !== 'string' || !scalarValue.test(json)) throw expected('char (a string of one Unicode scalar value)', json);
      return json;
    case 'list':
      return list(type, json);
    case 'tuple':
      if (!Array.isArray(json) || json.length !== type.of.length) throw expected(`an array of ${type.of.length} values`, json);
      return items(type.of.length, [], (i) => convert(type.of[i] as WitType, json[i]));
    case 'option':
      return option(type, json);
    case 'result':
      return result(type, json);
    case 'record':
      return record(type, json);
    case 'variant':
      return variant(type, json);
    case 'enum':
      if (typeof json !== 'string' || !namesShape(type).has(json)) throw expected(oneOf(type.names), json);
      return json;
    case 'flags':
      return flags(type, json);
    case 's8':
    case 'u8':
    case 's16':
    case 'u16':
    case 's32':
    case 'u32':
    case 's64':
    case 'u64':
      return integer(type.kind, json);
  }
}

function integer(kind: WitInteger, json: unknown): number | bigint {
  const value = integerFromJson(kind, json);
  if (value === undefined) throw expected(kind, json);
  if (value === 'inexact') throw new WitFault('integers beyond 2^53 lose digits as JSON numbers; pass a decimal string');
  return value;
}

function list(type: Of<'list'>, json: unknown): WitValue {
  const { of, length } = type;
  if (of.kind === 'u8' && typeof json === 'string') {
    const bytes = fromBase64(json);
    if (length !== undefined && bytes.length !== length) throw new WitFault(`expected ${length} bytes, got ${bytes.length}`);
    return bytes;
  }
  if (!Array.isArray(json)) throw expected(of.kind === 'u8' ? 'base64 or an array' : 'an array', json);
  if (length !== undefined && json.length !== length) throw expected(`an array of ${length} values`, json);
  return items(json.length, arrayFor(of, json.length), (i) => convert(of, json[i]));
}

function items(length: number, into: { [index: number]: unknown }, item: (i: number) => unknown): WitValue {
  let i = 0;
  try {
    for (; i < length; i++) into[i] = item(i);
  } catch (error) {
    throw inside(error, `[${i}]`);
  }
  return into;
}

function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.fromBase64(text);
  } catch {
    throw expected('base64', text);
  }
}

function option({ of }: Of<'option'>, json: unknown): WitValue {
  const none = json === null || json === undefined;
  if (of.kind !== 'option') return none ? undefined : convert(of, json);
  if (none) return { tag: 'none', val: undefined };
  const [key, val] = onlyMember(json) ?? [];
  if (key !== 'some') throw expected('null or {"some": ...}', json);
  return { tag: 'some', val: at('.some', of, val) };
}

function result(type: Of<'result'>, json: unknown): WitValue {
  const [tag, val] = onlyMember(json) ?? [];
  if (tag !== 'ok' && tag !== 'err') throw expected('{"ok": ...} or {"err": ...}', json);
  return { tag, val: payload(tag, type[tag], val) };
}

function variant(type: WitVariant, json: unknown): WitValue {
  const cases = casesShape(type);
  const [tag, val] = typeof json === 'string' ? [json] : (onlyMember(json) ?? []);
  const unknown = tag === undefined || !cases.has(tag);
  if (unknown) throw expected(`{"case": ...} or "case", the case ${oneOf(type.cases.map(({ name }) => name))}`, json);
  return { tag, val: payload(tag, cases.get(tag), val) };
}

function payload(tag: string, type: WitType | undefined, json: unknown): WitValue {
  if (type !== undefined) return at(`.${tag}`, type, json);
  if (json !== undefined && json !== null) throw expected('null, for this case has no payload', json).within(`.${tag}`);
  return undefined;
}

function record(type: WitRecord, json: unknown): WitValue {
  const shape = recordShape(type);
  if (!isObject(json)) throw expected('an object', json);
  const value = Object.create(null) as Record<string, unknown>;
  let missing = shape.required;
  for (const key of Object.keys(json)) {
    const field = shape.byKey.get(key);
    if (field === undefined)
      throw new WitFault(`there is no such field; fields are ${some(type.fields.map(({ name }) => name))}`).within(step(key));
    if (Object.hasOwn(value, field.property)) throw new WitFault('given twice').within(step(field.name));
    value[field.property] = at(`.${field.name}`, field.type, json[key]);
    if (!field.optional) missing--;
  }
  if (missing > 0) {
    const absent = shape.fields.find(({ property, optional }) => !optional && !Object.hasOwn(value, property));
    throw new WitFault('missing').within(`.${absent?.name}`);
  }
  return value;
}

function flags(type: WitNames, json: unknown): WitValue {
  const { byKey } = flagsShape(type);
  const value = Object.create(null) as Record<string, unknown>;
  const set = (key: unknown, on: unknown): void => {
    const flag = typeof key === 'string' ? byKey.get(key) : undefined;
    if (flag === undefined) throw expected(oneOf(type.names), key);
    if (typeof on !== 'boolean') throw expected('bool', on).within(`.${flag.name}`);
    value[flag.property] = on;
  };
  if (Array.isArray(json)) for (const key of json) set(key, true);
  else if (isObject(json)) for (const key of Object.keys(json)) set(key, json[key]);
  else throw expected('an array of flags', json);
  return value;
}

function at(path: string, type: WitType, json: unknown): WitValue {
  try {
    return convert(type, json);
  } catch (error) {
    throw inside(error, path);
  }
}

function inside(error: unknown, path: string): unknown {
  return error instanceof WitFault ? error.within(path) : error;
}

function isObject(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function onlyMember(json: unknown): [key: string, value: unknown] | undefined {
  if (!isObject(json)) return undefined;
  const keys = Object.keys(json);
  const [key] = keys;
  return keys.length === 1 && key !== undefined ? [key, json[key]] : undefined;
}
