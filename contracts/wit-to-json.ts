/** From values of WIT types, as the linker lifts them, to JSON. Pure. */
import { floatToJson, wideToJson } from './wit-numbers.ts';
import { casesShape, flagsShape, recordShape } from './wit-shapes.ts';
import type { WitType, WitValue } from './wit.ts';

interface Tagged {
  readonly tag: string;
  readonly val: WitValue;
}

/**
 * The inverse of `witFromJson`, in its first form: names as in WIT, list<u8> as base64, flags as an array, a case without payload as a
 * string; s64 and u64 as decimal strings beyond 2^53, NaN and infinities as strings; no result type: null.
 * @param value of the type: the linker has checked it
 * @returns what JSON.stringify takes; -0 stays -0
 */
export function witToJson(type: WitType | undefined, value: WitValue): unknown {
  switch (type?.kind) {
    case undefined:
      return null;
    case 's64':
    case 'u64':
      return wideToJson(value as bigint);
    case 'f32':
    case 'f64':
      return floatToJson(value as number);
    case 'list':
      return type.of.kind === 'u8'
        ? (value as Uint8Array).toBase64()
        : Array.from(value as Iterable<WitValue>, (item) => witToJson(type.of, item));
    case 'tuple':
      return type.of.map((of, i) => witToJson(of, (value as WitValue[])[i]));
    case 'option':
      return option(type.of, value);
    case 'result': {
      const { tag, val } = value as { tag: 'ok' | 'err'; val: WitValue };
      return object([[tag, witToJson(type[tag], val)]]);
    }
    case 'record':
      return object(recordShape(type).fields.map(({ name, property, type: of }) => [name, witToJson(of, member(value, property))]));
    case 'variant': {
      const { tag, val } = value as Tagged;
      const of = casesShape(type).get(tag);
      return of === undefined ? tag : object([[tag, witToJson(of, val)]]);
    }
    case 'flags':
      return flagsShape(type)
        .flags.filter(({ property }) => member(value, property) === true)
        .map(({ name }) => name);
    case 'bool':
    case 's8':
    case 'u8':
    case 's16':
    case 'u16':
    case 's32':
    case 'u32':
    case 'char':
    case 'string':
    case 'enum':
      return value;
  }
}

function option(of: WitType, value: WitValue): unknown {
  if (of.kind !== 'option') return value === undefined ? null : witToJson(of, value);
  const { tag, val } = value as Tagged;
  return tag === 'none' ? null : object([['some', witToJson(of, val)]]);
}

function member(value: WitValue, property: string): WitValue {
  return (value as Readonly<Record<string, WitValue>>)[property];
}

function object(members: readonly (readonly [name: string, value: unknown])[]): unknown {
  const made = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of members) made[name] = value;
  return made;
}
