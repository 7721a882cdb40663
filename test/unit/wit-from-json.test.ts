/** From JSON to WIT values: every type, every refusal in its words. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WitFault } from '../../contracts/wit-fault.ts';
import { witFromJson } from '../../contracts/wit-from-json.ts';
import { type WitPrimitive, type WitType, witPrimitives } from '../../contracts/wit.ts';

const of = (kind: WitPrimitive): WitType => ({ kind });
const list = (item: WitType, length?: number): WitType => ({ kind: 'list', of: item, ...(length !== undefined && { length }) });
const option = (item: WitType): WitType => ({ kind: 'option', of: item });
const convert = (type: WitType, json: string): unknown => witFromJson(type, JSON.parse(json), 'x');

function refuses(type: WitType, json: string, message: string): void {
  assert.throws(
    () => convert(type, json),
    (error) => {
      assert.ok(error instanceof WitFault);
      assert.equal(error.message, message);
      return true;
    },
  );
}

const person: WitType = {
  kind: 'record',
  fields: [
    { name: 'first-name', type: of('string') },
    { name: 'age', type: of('u32') },
    { name: 'nick', type: option(of('string')) },
  ],
};
const shape: WitType = { kind: 'variant', cases: [{ name: 'circle', type: of('f32') }, { name: 'point' }] };
const access: WitType = { kind: 'flags', names: ['read', 'write-all'] };

/** What has no prototype, as an ordinary object. */
const plain = (value: unknown): unknown => ({ ...(value as object) });

test('bool, string and enum are as in JSON', () => {
  assert.equal(convert(of('bool'), 'true'), true);
  assert.equal(convert(of('string'), '"a\\u0000é😀"'), 'a\0é😀');
  assert.equal(convert({ kind: 'enum', names: ['low', 'high'] }, '"high"'), 'high');
  refuses(of('bool'), '1', 'x: expected bool, got 1');
  refuses(of('string'), '7', 'x: expected string, got 7');
  refuses(of('string'), '"\\ud83d"', 'x: expected string, got one with half of a surrogate pair');
  refuses({ kind: 'enum', names: ['low', 'high'] }, '"mid"', 'x: expected one of low, high, got "mid"');
  refuses({ kind: 'enum', names: ['low', 'high'] }, '0', 'x: expected one of low, high, got 0');
});

test('an error lists no more than 20 names, and shows no more than 60 characters', () => {
  const names = Array.from({ length: 23 }, (_, i) => `n${i}`);
  refuses({ kind: 'enum', names }, '"x"', `x: expected one of ${names.slice(0, 20).join(', ')} and 3 more, got "x"`);
  refuses(of('bool'), JSON.stringify('y'.repeat(100)), `x: expected bool, got "${'y'.repeat(60)}"...`);
});

test('a char is one Unicode scalar value', () => {
  for (const char of ['a', '\0', 'é', '😀', '\u{10ffff}', '\n']) assert.equal(convert(of('char'), JSON.stringify(char)), char);
  for (const text of ['', 'ab', '👍🏽', 'e\u0301', '\ud800', '\udc00'])
    refuses(of('char'), JSON.stringify(text), `x: expected char (a string of one Unicode scalar value), got ${JSON.stringify(text)}`);
});

test('a list of bytes is base64, or an array of numbers', () => {
  const bytes = list(of('u8'));
  for (const json of ['"AP+A"', '[0, 255, 128]']) assert.deepEqual(convert(bytes, json), Uint8Array.of(0, 255, 128));
  assert.deepEqual(convert(bytes, '"AP8="'), Uint8Array.of(0, 255));
  assert.deepEqual(convert(bytes, '"AP8"'), Uint8Array.of(0, 255));
  refuses(bytes, '"A*=="', 'x: expected base64, got "A*=="');
  refuses(bytes, '"_-8="', 'x: expected base64, got "_-8="');
  refuses(bytes, '[1, 256]', 'x[1]: expected u8, got 256');
  refuses(bytes, '{}', 'x: expected base64 or an array, got an object');
  refuses(list(of('u8'), 2), '"AP+A"', 'x: expected 2 bytes, got 3');
});

test('lists of numbers are typed arrays of that width, other lists arrays', () => {
  const typed = { s8: Int8Array, u8: Uint8Array, s16: Int16Array, u16: Uint16Array, s32: Int32Array, u32: Uint32Array };
  for (const [kind, TypedArray] of Object.entries(typed))
    assert.deepEqual(convert(list(of(kind as WitPrimitive)), '[1, 2]'), TypedArray.of(1, 2));
  assert.deepEqual(convert(list(of('s64')), '[1, "-2"]'), BigInt64Array.of(1n, -2n));
  assert.deepEqual(convert(list(of('u64')), '["18446744073709551615"]'), BigUint64Array.of(2n ** 64n - 1n));
  assert.deepEqual(convert(list(of('f32')), '[0.1]'), Float32Array.of(0.1));
  assert.deepEqual(convert(list(of('f64')), '[0.1, "NaN"]'), Float64Array.of(0.1, Number.NaN));
  for (const [kind, json] of [
    ['bool', '[true]'],
    ['char', '["c"]'],
    ['string', '["s"]'],
  ] as const)
    assert.deepEqual(convert(list(of(kind)), json), JSON.parse(json));
  refuses(list(of('bool')), '"x"', 'x: expected an array, got "x"');
  refuses(list(of('string')), '["a", 1]', 'x[1]: expected string, got 1');
});

test('a list of fixed length has that length', () => {
  assert.deepEqual(convert(list(of('bool'), 2), '[true, false]'), [true, false]);
  refuses(list(of('bool'), 2), '[true]', 'x: expected an array of 2 values, got an array of 1');
});

test('a tuple is an array of its length', () => {
  const tuple: WitType = { kind: 'tuple', of: [of('u8'), of('string')] };
  assert.deepEqual(convert(tuple, '[1, "a"]'), [1, 'a']);
  refuses(tuple, '[1]', 'x: expected an array of 2 values, got an array of 1');
  refuses(tuple, '[1, 2]', 'x[1]: expected string, got 2');
});

test('a record is an object with the names as in WIT or in camelCase; its options may be missing', () => {
  const expected = { firstName: 'Ada', age: 36, nick: 'A' };
  assert.deepEqual(plain(convert(person, '{"first-name": "Ada", "age": 36, "nick": "A"}')), expected);
  assert.deepEqual(plain(convert(person, '{"nick": "A", "firstName": "Ada", "age": 36}')), expected);
  assert.equal((convert(person, '{"firstName": "Ada", "age": 36}') as { nick?: string }).nick, undefined);
  refuses(person, '{"firstName": "Ada"}', 'x.age: missing');
  refuses(person, '{"firstName": "Ada", "age": 4.5}', 'x.age: expected u32, got 4.5');
  refuses(person, '{"firstName": "Ada", "age": 1, "nick": 2}', 'x.nick: expected string, got 2');
  refuses(person, '{"age": 1, "aeg": 2}', 'x.aeg: there is no such field; fields are first-name, age, nick');
  refuses(person, '{"a b": 2}', 'x["a b"]: there is no such field; fields are first-name, age, nick');
  refuses(person, '{"first-name": "A", "firstName": "B"}', 'x.first-name: given twice');
  refuses(person, '[]', 'x: expected an object, got an array of 0');
  refuses(person, 'null', 'x: expected an object, got null');
});

test('names that mean something to JavaScript are names like others, and nothing is inherited', () => {
  const names = ['constructor', 'to-string', 'value-of'];
  const type: WitType = { kind: 'record', fields: names.map((name) => ({ name, type: option(of('u8')) })) };
  const empty = convert(type, '{}') as Record<string, unknown>;
  for (const name of ['constructor', 'toString', 'valueOf']) assert.equal(empty[name], undefined);
  assert.equal((convert(type, '{"constructor": 1}') as Record<string, unknown>)['constructor'], 1);
  refuses(type, '{"__proto__": {}}', `x.__proto__: there is no such field; fields are ${names.join(', ')}`);
  refuses(
    { kind: 'variant', cases: [{ name: 'a' }] },
    '"constructor"',
    'x: expected {"case": ...} or "case", the case one of a, got "constructor"',
  );
});

test('an option is null or the value; an option of an option says which', () => {
  assert.equal(convert(option(of('u8')), 'null'), undefined);
  assert.equal(convert(option(of('u8')), '1'), 1);
  assert.equal(witFromJson(option(of('u8')), undefined, 'x'), undefined);
  const nested = option(option(of('u8')));
  assert.deepEqual(convert(nested, 'null'), { tag: 'none', val: undefined });
  assert.deepEqual(convert(nested, '{"some": null}'), { tag: 'some', val: undefined });
  assert.deepEqual(convert(nested, '{"some": 1}'), { tag: 'some', val: 1 });
  assert.deepEqual(convert(option(nested), '{"some": {"some": 1}}'), { tag: 'some', val: { tag: 'some', val: 1 } });
  refuses(option(of('u8')), '256', 'x: expected u8, got 256');
  refuses(nested, '1', 'x: expected null or {"some": ...}, got 1');
  refuses(nested, '{"some": 1, "none": 1}', 'x: expected null or {"some": ...}, got an object');
  refuses(nested, '{"some": "a"}', 'x.some: expected u8, got "a"');
  refuses({ kind: 'record', fields: [{ name: 'a', type: nested }] }, '{}', 'x.a: missing');
});

test('a result is {"ok": ...} or {"err": ...}', () => {
  const type: WitType = { kind: 'result', ok: of('u8') };
  assert.deepEqual(convert(type, '{"ok": 1}'), { tag: 'ok', val: 1 });
  assert.deepEqual(convert(type, '{"err": null}'), { tag: 'err', val: undefined });
  refuses(type, '{"ok": "1"}', 'x.ok: expected u8, got "1"');
  refuses(type, '{"err": 1}', 'x.err: expected null, for this case has no payload, got 1');
  for (const [json, got] of [
    ['{}', 'an object'],
    ['{"ok": 1, "err": null}', 'an object'],
    ['"ok"', '"ok"'],
    ['null', 'null'],
  ] as const)
    refuses(type, json, `x: expected {"ok": ...} or {"err": ...}, got ${got}`);
});

test('a variant is {"case": payload}, or the name of a case without one', () => {
  assert.deepEqual(convert(shape, '{"circle": 1.5}'), { tag: 'circle', val: 1.5 });
  assert.deepEqual(convert(shape, '"point"'), { tag: 'point', val: undefined });
  assert.deepEqual(convert(shape, '{"point": null}'), { tag: 'point', val: undefined });
  const wanted = 'expected {"case": ...} or "case", the case one of circle, point';
  refuses(shape, '"square"', `x: ${wanted}, got "square"`);
  refuses(shape, '{"circle": 1, "point": null}', `x: ${wanted}, got an object`);
  refuses(shape, '3', `x: ${wanted}, got 3`);
  refuses(shape, '"circle"', 'x.circle: expected f32, got nothing');
  refuses(shape, '{"point": 1}', 'x.point: expected null, for this case has no payload, got 1');
});

test('flags are an array of names, or an object of booleans', () => {
  assert.deepEqual(plain(convert(access, '["write-all"]')), { writeAll: true });
  assert.deepEqual(plain(convert(access, '{"write-all": true, "read": false}')), { writeAll: true, read: false });
  assert.deepEqual(plain(convert(access, '[]')), {});
  refuses(access, '["exec"]', 'x: expected one of read, write-all, got "exec"');
  refuses(access, '[1]', 'x: expected one of read, write-all, got 1');
  refuses(access, '{"read": 1}', 'x.read: expected bool, got 1');
  refuses(access, '"read"', 'x: expected an array of flags, got "read"');
});

test('a message leads through every kind of container to what is wrong', () => {
  const type: WitType = list({
    kind: 'tuple',
    of: [of('bool'), { kind: 'result', ok: { kind: 'record', fields: [{ name: 'shapes', type: list(shape) }] } }],
  });
  refuses(
    type,
    '[[true, {"err": null}], [true, {"ok": {"shapes": ["point", {"circle": "r"}]}}]]',
    'x[1][1].ok.shapes[1].circle: expected f32, got "r"',
  );
});

test('every primitive refuses what is no scalar in JSON', () => {
  for (const kind of witPrimitives) {
    assert.throws(() => convert(of(kind), '[]'), WitFault);
    assert.throws(() => convert(of(kind), '{}'), WitFault);
    assert.throws(() => witFromJson(of(kind), undefined, 'x'), WitFault);
  }
});

test('work is bounded by the JSON, not by the type', () => {
  // 50,000 empty objects of a record with 5,000 optional fields: field by field that were 250,000,000 steps and as many properties.
  const fields = Array.from({ length: 5_000 }, (_, i) => ({ name: `f${i}`, type: option(of('u8')) }));
  const values = witFromJson(
    list({ kind: 'record', fields }),
    Array.from({ length: 50_000 }, () => ({})),
    'x',
  ) as object[];
  assert.ok(values.every((value) => Object.keys(value).length === 0));
});
