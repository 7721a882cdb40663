/** Every value type makes the whole round: lowered and lifted, flat and in memory. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { StringEncoding } from '../../../component/plan.ts';
import { echoComponent, echoInterface, type TypeText } from '../../support/echo-component.ts';
import { hostOf, instantiate, linkTrusting } from '../../support/linked.ts';
import { seededRandom } from '../../support/random.ts';
import { randomType } from '../../support/random-types.ts';

/** @returns what the host function saw, and what came back from it */
async function roundTrip(type: TypeText, values: readonly unknown[], encoding: StringEncoding = 'utf8'): Promise<unknown[]> {
  const seen: unknown[] = [];
  const echo = (value: unknown): unknown => {
    seen.push(value);
    return value;
  };
  const { instance } = instantiate(linkTrusting(await echoComponent(type, encoding), hostOf({ [echoInterface]: { echo } })));
  const back = values.map((value) => instance.call('echo', [value]));
  assert.deepEqual(seen, values, 'what the host saw');
  return back;
}

async function same(type: string | TypeText, values: readonly unknown[], encoding?: StringEncoding): Promise<void> {
  const text = typeof type === 'string' ? { definitions: [], text: type } : type;
  assert.deepEqual(await roundTrip(text, values, encoding), values);
}

function named(text: string): TypeText {
  return { definitions: [{ name: 't', text }], text: '$t' };
}

const scalars: readonly (readonly [type: string, values: readonly unknown[]])[] = [
  ['bool', [true, false]],
  ['u8', [0, 1, 127, 128, 255]],
  ['s8', [0, -1, 127, -128]],
  ['u16', [0, 65_535, 32_768]],
  ['s16', [0, -1, 32_767, -32_768]],
  ['u32', [0, 4_294_967_295, 2_147_483_648]],
  ['s32', [0, -1, 2_147_483_647, -2_147_483_648]],
  ['u64', [0n, 18_446_744_073_709_551_615n, 9_223_372_036_854_775_808n]],
  ['s64', [0n, -1n, 9_223_372_036_854_775_807n, -9_223_372_036_854_775_808n]],
  ['f32', [0, -0, 1.5, Infinity, -Infinity, NaN]],
  ['f64', [0, -0, 0.1, Infinity, -Infinity, NaN, 5e-324]],
  ['char', ['a', '\0', 'é', '☃', '😀', '\u{d7ff}', '\u{e000}', '\u{10ffff}']],
];

for (const [type, values] of scalars) {
  test(`passes ${type} flat`, () => same(type, values));
  test(`passes ${type} in memory`, () =>
    same(
      `(tuple ${type} u8 ${type})`,
      values.map((value) => [value, 7, value]),
    ));
  test(`passes lists of ${type}`, async () => {
    const [back] = await roundTrip({ definitions: [], text: `(tuple (list ${type}))` }, [[listOf(type, values)]]);
    assert.deepEqual(back, [listOf(type, values)]);
  });
  test(`passes ${type} where a variant makes it wider`, () =>
    same(named(`(variant (case "own" ${type}) (case "wide" u64) (case "none"))`), [
      ...values.map((val) => ({ tag: 'own', val })),
      { tag: 'wide', val: 2n ** 64n - 1n },
      { tag: 'none', val: undefined },
    ]));
  test(`passes ${type} where a variant makes it an i32`, () =>
    same(named(`(variant (case "own" ${type}) (case "float" f32) (case "word" u32))`), [
      ...values.map((val) => ({ tag: 'own', val })),
      { tag: 'float', val: -1.5 },
      { tag: 'word', val: 0xffff_ffff },
    ]));
}

function listOf(type: string, values: readonly unknown[]): unknown {
  const arrays = new Map<string, { from(values: never[]): unknown }>([
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
  return arrays.get(type)?.from(values as never[]) ?? values;
}

const texts = [
  '',
  'a',
  'exactly 16 chars',
  'fifteen letters',
  'ÿ',
  'é'.repeat(20),
  'Ā',
  '☃'.repeat(9),
  '😀',
  'a😀é',
  '\0',
  '\uFEFFbom',
  'x'.repeat(100_000),
];

for (const encoding of ['utf8', 'utf16', 'latin1+utf16'] as const) {
  test(`passes strings as ${encoding}`, () => same('string', texts, encoding));
  test(`passes lists of strings as ${encoding}`, () => same('(list string)', [texts, []], encoding));
  test(`replaces half a surrogate pair in ${encoding}`, async () => {
    const replaced = ['a\uFFFDb'];
    const echo = (value: unknown): unknown => value;
    const linked = linkTrusting(await echoComponent({ definitions: [], text: 'string' }, encoding), hostOf({ [echoInterface]: { echo } }));
    assert.deepEqual([instantiate(linked).instance.call('echo', ['a\uD800b'])], replaced);
  });
}

test('passes records', () => same(named('(record (field "a" u8) (field "b-c" u64) (field "d-e-f" string))'), [{ a: 1, bC: 2n, dEF: 'x' }]));
test('passes records with fields named like members of objects', () =>
  same(named('(record (field "constructor" u8) (field "to-string" u8) (field "has-own-property" u8))'), [
    { constructor: 1, toString: 2, hasOwnProperty: 3 },
  ]));
test('passes tuples', () => same('(tuple u8 (tuple u16 string))', [[1, [2, 'x']]]));
test('passes options', () => same('(option u32)', [undefined, 0, 5]));
test('passes options of options', () =>
  same('(option (option u32))', [
    { tag: 'none', val: undefined },
    { tag: 'some', val: undefined },
    { tag: 'some', val: 0 },
  ]));
test('passes results at the top as tags', () =>
  same('(result u32 (error string))', [
    { tag: 'ok', val: 1 },
    { tag: 'err', val: 'no' },
  ]));
test('passes results without payloads', () =>
  same('(result)', [
    { tag: 'ok', val: undefined },
    { tag: 'err', val: undefined },
  ]));
test('passes enums of 257 names, whose discriminant has two bytes', () => {
  const names = Array.from({ length: 257 }, (_, i) => `n${i}`);
  return same(named(`(enum ${names.map((name) => `"${name}"`).join(' ')})`), ['n0', 'n255', 'n256']);
});
test('passes variants of 257 cases in memory', () => {
  const names = Array.from({ length: 257 }, (_, i) => `n${i}`);
  const type = {
    definitions: [{ name: 't', text: `(variant ${names.map((name) => `(case "${name}" u8)`).join(' ')})` }],
    text: '(list $t)',
  };
  return same(type, [
    [
      { tag: 'n256', val: 3 },
      { tag: 'n0', val: 4 },
    ],
  ]);
});
for (const count of [1, 8, 9, 16, 17, 32]) {
  test(`passes ${count} flags`, () => {
    const names = Array.from({ length: count }, (_, i) => `f${i}`);
    const set = (isSet: (i: number) => boolean): unknown => Object.fromEntries(names.map((name, i) => [name, isSet(i)]));
    const values = [set(() => false), set(() => true), set((i) => i === count - 1), set((i) => i % 2 === 0)];
    return same(
      { definitions: [{ name: 't', text: `(flags ${names.map((name) => `"${name}"`).join(' ')})` }], text: '(tuple $t (list $t))' },
      values.map((value) => [value, [value]]),
    );
  });
}
test('passes more than 16 core values in memory', () => same(`(tuple ${'u32 '.repeat(17)})`, [Array.from({ length: 17 }, (_, i) => i)]));
test('passes exactly 16 core values flat', () => same(`(tuple ${'u64 '.repeat(16)})`, [Array.from({ length: 16 }, (_, i) => BigInt(i))]));
test('passes lists of known length', () => same('(tuple (list u16 3) (list string 2))', [[Uint16Array.of(1, 2, 3), ['a', 'b']]]));
test('passes long lists of known length in memory', () => same('(list u8 40)', [Uint8Array.from({ length: 40 }, (_, i) => i)]));
test('passes lists nested in lists', () => same('(list (list (list u8)))', [[], [[]], [[Uint8Array.of(1)], []]]));

test('passes values of 150 random types', async () => {
  const random = seededRandom(20_261_122);
  for (let i = 0; i < 150; i++) {
    const type = randomType(random, 1 + random.int(4));
    const values = Array.from({ length: 4 }, () => type.value());
    const encoding = random.pick(['utf8', 'utf16', 'latin1+utf16'] as const);
    await same(type, values, encoding).catch((error: unknown) => {
      throw new Error(`type ${i}: ${JSON.stringify([type.definitions, type.text])} in ${encoding}`, { cause: error });
    });
  }
});
