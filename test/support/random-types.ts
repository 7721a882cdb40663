/** Random WIT types in component WAT, with values of them in JavaScript (contracts/wit.ts). */
import type { TypeText } from './echo-component.ts';
import type { Random } from './random.ts';

export interface RandomType extends TypeText {
  /** @returns a new value each time */
  value(): unknown;
}

interface Part {
  readonly text: string;
  readonly isOption?: boolean;
  readonly value: () => unknown;
}

type Definitions = { name: string; text: string }[];

const scratch = new DataView(new ArrayBuffer(8));

/** @param depth how deep types may be nested; 0: primitive types only */
export function randomType(random: Random, depth: number): RandomType {
  const definitions: Definitions = [];
  const { text, value } = new Generator(random, definitions).part(depth);
  return { definitions, text, value };
}

class Generator {
  readonly #random: Random;
  readonly #definitions: Definitions;

  constructor(random: Random, definitions: Definitions) {
    this.#random = random;
    this.#definitions = definitions;
  }

  part(depth: number): Part {
    if (depth === 0) return this.#primitive();
    const make = this.#random.pick<() => Part>([
      () => this.#primitive(),
      () => this.#list(depth - 1),
      () => this.#option(depth - 1),
      () => this.#result(depth - 1),
      () => this.#tuple(depth - 1),
      () => this.#record(depth - 1),
      () => this.#variant(depth - 1),
      () => this.#enum(),
      () => this.#flags(),
    ]);
    return make();
  }

  /** A type that may only be used under a name. */
  #name(text: string, value: () => unknown): Part {
    const name = `t${this.#definitions.length}`;
    this.#definitions.push({ name, text });
    return { text: `$${name}`, value };
  }

  #times<T>(least: number, most: number, make: (i: number) => T): T[] {
    return Array.from({ length: least + this.#random.int(most - least + 1) }, (_, i) => make(i));
  }

  #primitive(): Part {
    const [text, value] = this.#random.pick(Object.entries(primitives)) as [string, (random: Random) => unknown];
    return { text, value: () => value(this.#random) };
  }

  #list(depth: number): Part {
    const of = this.part(depth);
    const array = typedArrays.get(of.text);
    return {
      text: `(list ${of.text})`,
      value: () => {
        const values = this.#times(0, 5, () => of.value());
        return array === undefined ? values : array.from(values as never[]);
      },
    };
  }

  #option(depth: number): Part {
    const of = this.part(depth);
    const { isOption = false } = of;
    return {
      text: `(option ${of.text})`,
      isOption: true,
      value: () => {
        const some = this.#random.int(2) === 1;
        if (!isOption) return some ? of.value() : undefined;
        return some ? { tag: 'some', val: of.value() } : { tag: 'none', val: undefined };
      },
    };
  }

  #maybe(depth: number): Part | undefined {
    return this.#random.int(3) === 0 ? undefined : this.part(depth);
  }

  #result(depth: number): Part {
    const [ok, err] = [this.#maybe(depth), this.#maybe(depth)];
    return {
      text: `(result ${ok?.text ?? ''} ${err === undefined ? '' : `(error ${err.text})`})`,
      value: () => (this.#random.int(2) === 0 ? { tag: 'ok', val: ok?.value() } : { tag: 'err', val: err?.value() }),
    };
  }

  #tuple(depth: number): Part {
    const parts = this.#times(1, 4, () => this.part(depth));
    return { text: `(tuple ${parts.map(({ text }) => text).join(' ')})`, value: () => parts.map((part) => part.value()) };
  }

  #record(depth: number): Part {
    const parts = this.#times(1, 6, () => this.part(depth));
    const fields = parts.map(({ text }, i) => `(field "the-field${i}" ${text})`);
    return this.#name(`(record ${fields.join(' ')})`, () => Object.fromEntries(parts.map((part, i) => [`theField${i}`, part.value()])));
  }

  #variant(depth: number): Part {
    const parts = this.#times(1, 5, () => this.#maybe(depth));
    const cases = parts.map((part, i) => `(case "case-${i}" ${part?.text ?? ''})`);
    return this.#name(`(variant ${cases.join(' ')})`, () => {
      const i = this.#random.int(parts.length);
      return { tag: `case-${i}`, val: parts[i]?.value() };
    });
  }

  #enum(): Part {
    const names = this.#times(1, 6, (i) => `name-${i}`);
    return this.#name(`(enum ${names.map((name) => `"${name}"`).join(' ')})`, () => this.#random.pick(names));
  }

  #flags(): Part {
    const count = this.#random.pick([1, 7, 8, 9, 16, 17, 32]);
    const names = Array.from({ length: count }, (_, i) => `bit${i}`);
    const value = (): unknown => Object.fromEntries(names.map((name) => [name, this.#random.int(2) === 1]));
    return this.#name(`(flags ${names.map((name) => `"${name}"`).join(' ')})`, value);
  }
}

/** Bits of all kinds, edges more often than not. */
function bits(random: Random, width: number): bigint {
  const all = BigInt.asUintN(
    width,
    random.bytes(8).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n),
  );
  return random.pick([all, all, 0n, 1n, (1n << BigInt(width)) - 1n, 1n << BigInt(width - 1), (1n << BigInt(width - 1)) - 1n]);
}

function float(random: Random, bytes: 4 | 8): number {
  scratch.setBigUint64(0, bits(random, 64));
  return random.pick([bytes === 4 ? scratch.getFloat32(0) : scratch.getFloat64(0), 0, -0, 1.5, Infinity, -Infinity, NaN]);
}

const letters = ['a', 'Z', ' ', '\0', 'é', 'ÿ', 'Ā', '☃', '한', '😀', '\u{10ffff}'];

const primitives: Readonly<Record<string, (random: Random) => unknown>> = {
  bool: (random) => random.int(2) === 1,
  u8: (random) => Number(bits(random, 8)),
  s8: (random) => Number(BigInt.asIntN(8, bits(random, 8))),
  u16: (random) => Number(bits(random, 16)),
  s16: (random) => Number(BigInt.asIntN(16, bits(random, 16))),
  u32: (random) => Number(bits(random, 32)),
  s32: (random) => Number(BigInt.asIntN(32, bits(random, 32))),
  u64: (random) => bits(random, 64),
  s64: (random) => BigInt.asIntN(64, bits(random, 64)),
  f32: (random) => float(random, 4),
  f64: (random) => float(random, 8),
  char: (random) => random.pick(letters),
  string: (random) => Array.from({ length: random.int(20) }, () => random.pick(letters)).join(''),
};

const typedArrays: ReadonlyMap<string, { from(values: never[]): unknown }> = new Map<string, { from(values: never[]): unknown }>([
  ['u8', Uint8Array],
  ['s8', Int8Array],
  ['u16', Uint16Array],
  ['s16', Int16Array],
  ['u32', Uint32Array],
  ['s32', Int32Array],
  ['u64', BigUint64Array],
  ['s64', BigInt64Array],
  ['f32', Float32Array],
  ['f64', Float64Array],
]);
