/** From a request to scalars: names, positions, ranges; nothing is rounded or guessed silently. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScalarValue } from '../../contracts/call.ts';
import { BantamError } from '../../contracts/errors.ts';
import type { ExportSignature } from '../../contracts/function.ts';
import type { ScalarType } from '../../contracts/kinds.ts';
import { decodeArguments } from '../../gateway/invoke/arguments.ts';
import { seededRandom } from '../support/random.ts';

function signature(...params: readonly (readonly [name: string, type: ScalarType])[]): ExportSignature {
  return { name: 'run', params: params.map(([name, type]) => ({ name, type })), results: [], callable: true };
}

const pair = signature(['a', 'i32'], ['b', 'i64']);
const unnamed = signature(['p0', 'i32'], ['p1', 'i32']);

const fromQuery = (query: string, what = pair): ScalarValue[] => decodeArguments(what, { query, body: undefined, contentType: undefined });

function fromBody(body: string, what = pair, contentType = 'application/json', query?: string): ScalarValue[] {
  return decodeArguments(what, { query, body: Buffer.from(body), contentType });
}

function one(type: ScalarType, text: string): ScalarValue | undefined {
  return fromQuery(`x=${encodeURIComponent(text)}`, signature(['x', type]))[0];
}

function oneJson(type: ScalarType, json: string): ScalarValue | undefined {
  return fromBody(json, signature(['x', type]))[0];
}

function refuses(work: () => unknown, detail: RegExp): void {
  assert.throws(work, (error) => {
    assert.ok(error instanceof BantamError);
    assert.equal(error.code, 'INVALID_ARGUMENTS');
    assert.match(error.message, detail);
    assert.match(error.message, /the signature is run\(/);
    return true;
  });
}

test('arguments are taken by name from query, form and JSON object, in any order', () => {
  const expected = [1, 2n];
  assert.deepEqual(fromQuery('b=2&a=1'), expected);
  assert.deepEqual(fromBody('b=2&a=1\n', pair, 'application/x-www-form-urlencoded'), expected);
  assert.deepEqual(fromBody('{"b":2,"a":1}'), expected);
  assert.deepEqual(fromBody('{"b":"2"}', pair, 'application/json', 'a=1'), expected);
});

test('arguments are taken by position from a JSON array, and a single value is the only argument', () => {
  assert.deepEqual(fromBody('[1,"2"]'), [1, 2n]);
  assert.deepEqual(fromBody('42', signature(['n', 'i32'])), [42]);
  assert.deepEqual(fromBody('[]', signature()), []);
});

test('a module without names for its parameters takes any names in the order given, its own by name', () => {
  assert.deepEqual(fromQuery('y=1&x=2', unnamed), [1, 2]);
  assert.deepEqual(fromQuery('p1=1&p0=2', unnamed), [2, 1]);
});

test('names that mean something to JavaScript are names like others', () => {
  assert.deepEqual(fromQuery('__proto__=1&constructor=2', signature(['__proto__', 'i32'], ['constructor', 'i32'])), [1, 2]);
  refuses(() => fromQuery('a=1&b=2&__proto__=3'), /no parameter "__proto__"/);
  refuses(() => fromBody('{"a":1,"__proto__":{"b":2}}'), /no parameter "__proto__"/);
});

test('missing, unknown, doubled and mixed arguments are refused', () => {
  refuses(() => fromQuery('a=1'), /argument "b" is missing/);
  refuses(() => fromQuery(''), /argument "a" is missing/);
  refuses(() => fromQuery('a=1&b=2&c=3'), /no parameter "c"/);
  refuses(() => fromQuery('a=1&a=1&b=2'), /"a" is given twice/);
  refuses(() => fromBody('{"a":1,"b":2}', pair, 'application/json', 'a=1'), /"a" is given twice/);
  refuses(() => fromBody('[1]'), /2 arguments are needed, 1 given/);
  refuses(() => fromBody('[1,2]', pair, 'application/json', 'a=1'), /by position and by name/);
  refuses(() => fromBody('5', signature()), /0 arguments are needed, 1 given/);
  refuses(() => fromBody('{'), /the body is not JSON/);
});

test('integers are taken signed or unsigned up to their width', () => {
  assert.deepEqual(
    ['-2147483648', '4294967295', '+7', '007'].map((text) => one('i32', text)),
    [-(2 ** 31), -1, 7, 7],
  );
  assert.deepEqual(
    ['-9223372036854775808', '18446744073709551615'].map((text) => one('i64', text)),
    [-(2n ** 63n), -1n],
  );
  for (const text of ['4294967296', '-2147483649']) refuses(() => one('i32', text), /x: expected i32, got/);
  for (const text of ['18446744073709551616', '-9223372036854775809']) refuses(() => one('i64', text), /x: expected i64, got/);
  for (const text of ['', ' 1', '1.0', '1e3', '0x10', 'NaN', '١', '9'.repeat(1_000)])
    refuses(() => one('i32', text), /x: expected i32, got/);
});

test('floats are taken in decimal notation, with NaN and infinities by name, and never become infinite', () => {
  assert.deepEqual(
    ['1.5', '-.5', '5.', '1e-3', '+2E2'].map((text) => one('f64', text)),
    [1.5, -0.5, 5, 0.001, 200],
  );
  assert.deepEqual(
    ['NaN', 'Infinity', '-Infinity'].map((text) => one('f32', text)),
    [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  for (const text of ['1e309', '', '.', 'toString', 'infinity', '1,5', '0x1p3']) refuses(() => one('f64', text), /x: expected f64, got/);
  refuses(() => one('f32', '1e39'), /x: expected f32, got/);
});

test('JSON numbers beyond 2^53 and values that are no numbers are refused for integers', () => {
  assert.equal(oneJson('i64', '9007199254740991'), 2n ** 53n - 1n);
  assert.equal(oneJson('i64', '"9007199254740993"'), 2n ** 53n + 1n);
  assert.equal(oneJson('f64', '-0.5'), -0.5);
  refuses(() => oneJson('i64', '9007199254740993'), /pass a decimal string/);
  for (const json of ['1.5', 'true', 'null', '"one"']) refuses(() => oneJson('i32', json), /x: expected i32, got/);
  refuses(() => fromBody('{"x":[1]}', signature(['x', 'i32'])), /x: expected i32, got an array/);
});

test('any integer in range survives as text and, where JSON can carry it, as a number', () => {
  const random = seededRandom(6);
  for (let i = 0; i < 2_000; i++) {
    const bits = new DataView(random.bytes(8).buffer as ArrayBuffer);
    const [narrow, wide] = [bits.getInt32(0), bits.getBigInt64(0)];
    assert.equal(one('i32', String(narrow)), narrow);
    assert.equal(one('i32', String(narrow >>> 0)), narrow);
    assert.equal(oneJson('i32', String(narrow)), narrow);
    assert.equal(one('i64', String(wide)), wide);
    assert.equal(one('i64', String(BigInt.asUintN(64, wide))), wide);
    assert.equal(oneJson('i64', JSON.stringify(String(wide))), wide);
    const float = bits.getFloat64(0);
    if (Number.isFinite(float)) assert.equal(one('f64', String(float)), float);
  }
});
