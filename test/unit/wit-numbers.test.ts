/** Numbers of WIT from JSON: ranges, strings where JSON has no number. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WitFault } from '../../contracts/wit-fault.ts';
import { witFromJson } from '../../contracts/wit-from-json.ts';
import type { WitPrimitive, WitType } from '../../contracts/wit.ts';

const of = (kind: WitPrimitive): WitType => ({ kind });
const convert = (type: WitType, json: string): unknown => witFromJson(type, JSON.parse(json), 'x');

function refuses(type: WitType, json: string, message: string): void {
  assert.throws(
    () => convert(type, json),
    (error) => error instanceof WitFault && error.message === message,
  );
}

const integers = [
  ['s8', '-128', '127'],
  ['u8', '0', '255'],
  ['s16', '-32768', '32767'],
  ['u16', '0', '65535'],
  ['s32', '-2147483648', '2147483647'],
  ['u32', '0', '4294967295'],
] as const;

test('integers up to 32 bits are numbers within their range', () => {
  for (const [kind, least, most] of integers) {
    assert.equal(convert(of(kind), least), Number(least));
    assert.equal(convert(of(kind), most), Number(most));
    refuses(of(kind), String(Number(least) - 1), `x: expected ${kind}, got ${Number(least) - 1}`);
    refuses(of(kind), String(Number(most) + 1), `x: expected ${kind}, got ${Number(most) + 1}`);
    refuses(of(kind), '4.5', `x: expected ${kind}, got 4.5`);
    refuses(of(kind), '"4"', `x: expected ${kind}, got "4"`);
    refuses(of(kind), 'null', `x: expected ${kind}, got null`);
    refuses(of(kind), '1e300', `x: expected ${kind}, got 1e+300`);
  }
  assert.ok(Object.is(convert(of('s32'), '-0'), 0));
});

test('integers of 64 bits are numbers up to 2^53, and decimal strings', () => {
  for (const [kind, least, most] of [
    ['s64', -(2n ** 63n), 2n ** 63n - 1n],
    ['u64', 0n, 2n ** 64n - 1n],
  ] as const) {
    assert.equal(convert(of(kind), '42'), 42n);
    assert.equal(convert(of(kind), `"${least}"`), least);
    assert.equal(convert(of(kind), `"${most}"`), most);
    refuses(of(kind), `"${least - 1n}"`, `x: expected ${kind}, got "${least - 1n}"`);
    refuses(of(kind), `"${most + 1n}"`, `x: expected ${kind}, got "${most + 1n}"`);
    refuses(of(kind), '9007199254740993', 'x: integers beyond 2^53 lose digits as JSON numbers; pass a decimal string');
    for (const text of ['', '0x10', '1.0', ' 1', '1e3', '+1'])
      refuses(of(kind), JSON.stringify(text), `x: expected ${kind}, got "${text}"`);
  }
});

test('floats are numbers, NaN and infinities strings; what would become infinite is refused', () => {
  for (const kind of ['f32', 'f64'] as const) {
    assert.equal(convert(of(kind), '1.5'), 1.5);
    assert.ok(Object.is(convert(of(kind), '-0'), -0));
    assert.ok(Number.isNaN(convert(of(kind), '"NaN"')));
    assert.equal(convert(of(kind), '"-Infinity"'), -Infinity);
    refuses(of(kind), '"1"', `x: expected ${kind}, got "1"`);
    refuses(of(kind), '1e999', `x: expected ${kind}, got Infinity`);
  }
  assert.equal(convert(of('f32'), '0.1'), Math.fround(0.1));
  assert.equal(convert(of('f64'), '1e300'), 1e300);
  refuses(of('f32'), '1e39', 'x: expected f32, got 1e+39');
});
