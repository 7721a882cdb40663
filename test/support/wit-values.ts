/** Pseudo-random WIT types, and JSON of them in the form that witToJson writes. */
import { type WitPrimitive, type WitType, witPrimitives } from '../../contracts/wit.ts';
import type { Random } from './random.ts';

const words = ['a', 'first-name', 'constructor', 'to-string', 'HTTP-x', 'value-of', 'b2', 'has-own-property'] as const;

const integerBits: Readonly<Record<string, number>> = { s8: 8, u8: 8, s16: 16, u16: 16, s32: 32, u32: 32, s64: 64, u64: 64 };

/** @param depth of nesting */
export function randomType(random: Random, depth: number): WitType {
  if (depth === 0) return { kind: random.pick(witPrimitives) };
  const some = (): WitType => randomType(random, depth - 1);
  const maybe = (): WitType | undefined => (random.int(2) === 0 ? undefined : some());
  const names = words.slice(0, 1 + random.int(words.length));
  switch (random.int(9)) {
    case 0:
      return { kind: 'list', of: some(), ...(random.int(4) === 0 && { length: 1 + random.int(3) }) };
    case 1:
      return { kind: 'option', of: some() };
    case 2: {
      const [ok, err] = [maybe(), maybe()];
      return { kind: 'result', ...(ok && { ok }), ...(err && { err }) };
    }
    case 3:
      return { kind: 'tuple', of: [some(), some()] };
    case 4:
      return { kind: 'record', fields: names.map((name) => ({ name, type: some() })) };
    case 5:
      return {
        kind: 'variant',
        cases: names.map((name) => {
          const type = maybe();
          return { name, ...(type && { type }) };
        }),
      };
    case 6:
      return { kind: 'enum', names };
    case 7:
      return { kind: 'flags', names };
    default:
      return { kind: random.pick(witPrimitives) };
  }
}

export function randomJson(type: WitType, random: Random): unknown {
  switch (type.kind) {
    case 'list': {
      const length = type.length ?? random.int(4);
      if (type.of.kind === 'u8') return Buffer.from(random.bytes(length)).toString('base64');
      return Array.from({ length }, () => randomJson(type.of, random));
    }
    case 'option': {
      if (random.int(3) === 0) return null;
      const json = randomJson(type.of, random);
      return type.of.kind === 'option' ? { some: json } : json;
    }
    case 'result': {
      const tag = random.pick(['ok', 'err'] as const);
      const payload = type[tag];
      return { [tag]: payload === undefined ? null : randomJson(payload, random) };
    }
    case 'tuple':
      return type.of.map((of) => randomJson(of, random));
    case 'record':
      return Object.fromEntries(type.fields.map((field) => [field.name, randomJson(field.type, random)]));
    case 'variant': {
      const { name, type: payload } = random.pick(type.cases);
      return payload === undefined ? name : { [name]: randomJson(payload, random) };
    }
    case 'enum':
      return random.pick(type.names);
    case 'flags':
      return type.names.filter(() => random.int(2) === 0);
    case 'bool':
    case 'char':
    case 'string':
    case 'f32':
    case 'f64':
    case 's8':
    case 'u8':
    case 's16':
    case 'u16':
    case 's32':
    case 'u32':
    case 's64':
    case 'u64':
      return randomPrimitive(type.kind, random);
  }
}

function randomPrimitive(kind: WitPrimitive, random: Random): unknown {
  const bits = integerBits[kind];
  if (bits !== undefined) {
    const raw = Buffer.from(random.bytes(8)).readBigUInt64LE() >> BigInt(random.int(64));
    const value = kind.startsWith('s') ? BigInt.asIntN(bits, raw) : BigInt.asUintN(bits, raw);
    return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  }
  if (kind === 'bool') return random.int(2) === 0;
  if (kind === 'char') return random.pick(['a', '\0', 'é', '😀', '\u{10ffff}', '"']);
  if (kind === 'string') return Array.from({ length: random.int(5) }, () => random.pick(['a', '\n', 'é', '😀', '\\', '\u2028'])).join('');
  return random.pick([0, 1.5, -2, 'NaN', 'Infinity', '-Infinity', Math.fround(0.1)]);
}
