/** From WIT values to JSON, and back again over random types. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { witFromJson } from '../../contracts/wit-from-json.ts';
import { witToJson } from '../../contracts/wit-to-json.ts';
import type { WitPrimitive, WitType, WitValue } from '../../contracts/wit.ts';
import { seededRandom } from '../support/random.ts';
import { randomJson, randomType } from '../support/wit-values.ts';

const of = (kind: WitPrimitive): WitType => ({ kind });
const text = (type: WitType | undefined, value: WitValue): string => JSON.stringify(witToJson(type, value));

test('what is a value of JSON stays as it is', () => {
  assert.equal(text(of('bool'), true), 'true');
  assert.equal(text(of('s8'), -1), '-1');
  assert.equal(text(of('u32'), 4_294_967_295), '4294967295');
  assert.equal(text(of('char'), '😀'), '"😀"');
  assert.equal(text(of('string'), 'a"\n'), '"a\\"\\n"');
  assert.equal(text({ kind: 'enum', names: ['a-b'] }, 'a-b'), '"a-b"');
  assert.equal(text(undefined, undefined), 'null');
});

test('integers of 64 bits are numbers as far as every reader reads them exactly, then strings', () => {
  assert.equal(text(of('u64'), 9_007_199_254_740_991n), '9007199254740991');
  assert.equal(text(of('u64'), 9_007_199_254_740_992n), '"9007199254740992"');
  assert.equal(text(of('s64'), -9_007_199_254_740_991n), '-9007199254740991');
  assert.equal(text(of('s64'), -(2n ** 63n)), '"-9223372036854775808"');
});

test('NaN and infinities are strings, and -0 keeps its sign', () => {
  assert.equal(
    text({ kind: 'list', of: of('f64') }, Float64Array.of(Number.NaN, Infinity, -Infinity, -0, 0, 0.5)),
    '["NaN","Infinity","-Infinity",-0,0,0.5]',
  );
});

test('bytes are base64, other lists arrays', () => {
  assert.equal(text({ kind: 'list', of: of('u8') }, Uint8Array.of(0, 255, 128)), '"AP+A"');
  assert.equal(text({ kind: 'list', of: of('s8') }, Int8Array.of(-1, 1)), '[-1,1]');
  assert.equal(text({ kind: 'list', of: of('u64') }, BigUint64Array.of(1n, 2n ** 64n - 1n)), '[1,"18446744073709551615"]');
  assert.equal(text({ kind: 'list', of: of('string') }, ['a', 'b']), '["a","b"]');
  assert.equal(text({ kind: 'tuple', of: [of('u8'), of('bool')] }, [1, false]), '[1,false]');
});

test('records have the names of WIT, in its order, and null for absent options', () => {
  const type: WitType = {
    kind: 'record',
    fields: [
      { name: 'first-name', type: of('string') },
      { name: 'constructor', type: { kind: 'option', of: of('u8') } },
      { name: 'HTTP-status', type: of('u16') },
    ],
  };
  assert.equal(
    text(type, { httpStatus: 404, constructor: undefined, firstName: 'Ada' }),
    '{"first-name":"Ada","constructor":null,"HTTP-status":404}',
  );
});

test('options, results, variants and flags are written in one form each', () => {
  const nested: WitType = { kind: 'option', of: { kind: 'option', of: of('u8') } };
  assert.equal(text(nested, { tag: 'none' }), 'null');
  assert.equal(text(nested, { tag: 'some', val: undefined }), '{"some":null}');
  assert.equal(text(nested, { tag: 'some', val: 1 }), '{"some":1}');
  assert.equal(text({ kind: 'result', ok: of('u8') }, { tag: 'ok', val: 1 }), '{"ok":1}');
  assert.equal(text({ kind: 'result', ok: of('u8') }, { tag: 'err', val: undefined }), '{"err":null}');
  const variant: WitType = { kind: 'variant', cases: [{ name: 'circle', type: of('f32') }, { name: 'point' }] };
  assert.equal(text(variant, { tag: 'circle', val: 2 }), '{"circle":2}');
  assert.equal(text(variant, { tag: 'point', val: undefined }), '"point"');
  assert.equal(text({ kind: 'flags', names: ['read', 'write-all', 'constructor'] }, { writeAll: true, read: false }), '["write-all"]');
});

test('JSON of 5,000 random types comes back as it was', () => {
  const random = seededRandom(7);
  for (let round = 0; round < 5_000; round++) {
    const type = randomType(random, random.int(5));
    const json = JSON.stringify(randomJson(type, random));
    const value = witFromJson(type, JSON.parse(json), 'x');
    assert.equal(text(type, value), json, JSON.stringify(type));
  }
});
