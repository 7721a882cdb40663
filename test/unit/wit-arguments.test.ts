/** From a request to the typed arguments of a component's export. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BantamError } from '../../contracts/errors.ts';
import { witText } from '../../contracts/wit-text.ts';
import type { WitField, WitPrimitive, WitType } from '../../contracts/wit.ts';
import { decodeWitArguments } from '../../gateway/invoke/wit-arguments.ts';

type Signature = Parameters<typeof decodeWitArguments>[0];

const of = (kind: WitPrimitive): WitType => ({ kind });
const list = (item: WitType): WitType => ({ kind: 'list', of: item });
const option = (item: WitType): WitType => ({ kind: 'option', of: item });

function signature(...given: readonly (readonly [name: string, type: WitType])[]): Signature {
  const params: WitField[] = given.map(([name, type]) => ({ name, type }));
  return {
    name: 'run',
    params: params.map(({ name, type }) => ({ name, type: witText(type) })),
    results: [],
    callable: true,
    wit: { params },
  };
}

/** JSON of what is decoded: of values without prototypes, too. */
const query = (text: string, what: Signature): string =>
  JSON.stringify(decodeWitArguments(what, { query: text, body: undefined, contentType: undefined }));
const body = (text: string, what: Signature, contentType = 'application/json', search?: string): string =>
  JSON.stringify(decodeWitArguments(what, { query: search, body: Buffer.from(text), contentType }));

function refuses(work: () => unknown, detail: RegExp): void {
  assert.throws(work, (error) => {
    assert.ok(error instanceof BantamError);
    assert.equal(error.code, 'INVALID_ARGUMENTS');
    assert.match(error.message, detail);
    assert.match(error.message, /; the signature is run\(/);
    assert.match(String(error.extra?.['signature']), /^run\(/);
    return true;
  });
}

const person: WitType = {
  kind: 'record',
  fields: [
    { name: 'first-name', type: of('string') },
    { name: 'age', type: of('u32') },
    { name: 'tags', type: option(list(of('string'))) },
  ],
};
const greet = signature(['person', person]);
const two = signature(['user-name', of('string')], ['times', option(of('u8'))]);
const shape: WitType = { kind: 'variant', cases: [{ name: 'circle', type: of('f32') }, { name: 'point' }] };

test('arguments are taken by name, as in WIT or in camelCase, and options may be missing', () => {
  assert.equal(query('user-name=Ada&times=2', two), '["Ada",2]');
  assert.equal(query('times=2&userName=Ada', two), '["Ada",2]');
  assert.equal(query('userName=Ada', two), '["Ada",null]');
  assert.equal(body('{"userName":"Ada","times":null}', two), '["Ada",null]');
  assert.equal(body('userName=Ada&times=2', two, 'application/x-www-form-urlencoded'), '["Ada",2]');
  assert.equal(body('{"times":2}', two, 'application/json', 'userName=Ada'), '["Ada",2]');
  refuses(() => query('times=2', two), /^argument "user-name" is missing/);
  refuses(() => query('userName=a&x=1', two), /^there is no parameter "x"/);
  refuses(() => query('userName=a&user-name=b', two), /^argument "user-name" is given twice/);
  refuses(() => query('userName=a&__proto__=1', two), /^there is no parameter "__proto__"/);
});

test('arguments are taken by position from a JSON array, and a single value is the only argument', () => {
  assert.equal(body('["Ada",3]', two), '["Ada",3]');
  assert.equal(body('"Ada"', signature(['name', of('string')])), '["Ada"]');
  assert.equal(body('null', signature(['n', option(of('u8'))])), '[null]');
  assert.equal(body('[]', signature()), '[]');
  assert.equal(body('{}', signature()), '[]');
  assert.equal(query('', signature()), '[]');
  refuses(() => body('["Ada"]', two), /^2 arguments are needed, 1 given;/);
  refuses(() => body('["Ada",1]', two, 'application/json', 'times=1'), /^arguments are given by position and by name/);
  refuses(
    () => body('[1,2,3]', signature(['xs', list(of('u32'))])),
    /^1 argument is needed, 3 given; a list is given as \[\[\.\.\.\]\] or \{"xs": \[\.\.\.\]\};/,
  );
});

test('the names of the configuration are those of the parameters', () => {
  const renamed = { ...two, params: two.params.map(({ type }, i) => ({ name: `q${i}`, type })) };
  assert.equal(query('q0=Ada', renamed), '["Ada",null]');
  refuses(() => query('userName=Ada', renamed), /there is no parameter "userName"/);
});

test('the record of a single parameter may be the object itself, or the query', () => {
  const ada = '[{"first-name":"Ada","age":36}]';
  assert.equal(body('{"first-name":"Ada","age":36}', greet), ada);
  assert.equal(body('{"person":{"first-name":"Ada","age":36}}', greet), ada);
  assert.equal(body('[{"first-name":"Ada","age":36}]', greet), ada);
  assert.equal(query('first-name=Ada&age=36', greet), ada);
  assert.equal(query('firstName=Ada&age=36&tags=a&tags=b', greet), '[{"firstName":"Ada","age":36,"tags":["a","b"]}]');
  assert.equal(query(`person=${encodeURIComponent('{"first-name":"Ada","age":36}')}`, greet), ada);
  refuses(
    () => body('{"first-name":"Ada","age":4.5}', greet),
    /^person\.age: expected u32, got 4\.5; the signature is run\(person: record \{ first-name: string, age: u32/,
  );
  refuses(() => query('first-name=Ada&age=x', greet), /^person\.age: expected u32, got "x"/);
  refuses(() => query('first-name=Ada&agee=1', greet), /^person\.agee: there is no such field/);
  refuses(() => query('first-name=Ada&age=1&age=2', greet), /^argument "age" is given twice/);
  refuses(() => body('{"__proto__":{}}', greet), /^person\.__proto__: there is no such field/);
});

test('an object is the record itself where the record has a field named like the parameter', () => {
  const same = signature(['name', { kind: 'record', fields: [{ name: 'name', type: of('string') }] }]);
  assert.equal(body('{"name":"Ada"}', same), '[{"name":"Ada"}]');
  refuses(() => body('{"name":{"name":"Ada"}}', same), /^name\.name: expected string, got an object/);
  assert.equal(body('[{"name":"Ada"}]', same), '[{"name":"Ada"}]');
});

test('variant, result and flags of a single parameter may be the object itself', () => {
  assert.equal(body('{"circle":2}', signature(['shape', shape])), '[{"circle":2}]');
  assert.equal(body('{"shape":{"circle":2}}', signature(['shape', shape])), '[{"circle":2}]');
  refuses(() => query('circle=2', signature(['shape', shape])), /^there is no parameter "circle"/);
  assert.equal(body('{"ok":1}', signature(['r', { kind: 'result', ok: of('u8') }])), '[{"ok":1}]');
  assert.equal(body('{"read":true}', signature(['f', { kind: 'flags', names: ['read'] }])), '[{"read":true}]');
});

test('a body of bytes is the single list<u8>', () => {
  const bytes = signature(['data', list(of('u8'))]);
  assert.equal(body('\u0000a', bytes, 'application/octet-stream'), '["AGE="]');
  assert.equal(query('data=AGE%3D', bytes), '["AGE="]');
  assert.equal(query('data=[1,2]', bytes), '[[1,2]]');
  assert.equal(body('{"data":"AGE="}', bytes), '["AGE="]');
  refuses(() => body('a', bytes, 'application/octet-stream', 'x=1'), /^"data" is the body; there are no further parameters/);
  refuses(() => query('data=%2A', bytes), /^data: expected base64, got "\*"/);
});

test('texts become values of their type', () => {
  const texts: readonly (readonly [WitType, string, unknown])[] = [
    [of('string'), '12', '12'],
    [of('string'), '', ''],
    [of('char'), 'é', 'é'],
    [of('bool'), 'true', true],
    [of('bool'), '0', false],
    [of('u8'), '255', 255],
    [of('s32'), '-5', -5],
    [of('s16'), '+5', 5],
    [of('u64'), '18446744073709551615', '18446744073709551615'],
    [of('s64'), '+7', '7'],
    [of('f32'), '.5', 0.5],
    [of('f64'), '1e3', 1000],
    [of('f64'), 'NaN', 'NaN'],
    [of('f64'), '-Infinity', '-Infinity'],
    [{ kind: 'enum', names: ['low'] }, 'low', 'low'],
    [{ kind: 'flags', names: ['r', 'w'] }, 'r,w', ['r', 'w']],
    [{ kind: 'flags', names: ['r', 'w'] }, '', []],
    [{ kind: 'flags', names: ['r', 'w'] }, '["w"]', ['w']],
    [shape, 'point', 'point'],
    [shape, '{"circle":1}', { circle: 1 }],
    [option(of('u8')), '1', 1],
    [option(option(of('u8'))), '{"some":1}', { some: 1 }],
    [option(option(of('u8'))), 'null', null],
    [{ kind: 'result', ok: of('u8') }, '{"ok":1}', { ok: 1 }],
    [{ kind: 'tuple', of: [of('u8'), of('bool')] }, '[1,true]', [1, true]],
    [list(of('u32')), '7', [7]],
    [list(of('u32')), '[7,8]', [7, 8]],
    [list(of('string')), 'a', ['a']],
    [option(list(of('bool'))), 'true', [true]],
  ];
  for (const [type, text, expected] of texts)
    assert.equal(
      query(`a=1&x=${encodeURIComponent(text)}`, signature(['a', of('u8')], ['x', type])),
      JSON.stringify([1, expected]),
      `${witText(type)} ${text}`,
    );
  assert.equal(query('x=1&x=2', signature(['x', list(of('u16'))])), '[[1,2]]');
});

test('texts that are no values of their type are refused', () => {
  const texts: readonly (readonly [WitType, string, RegExp])[] = [
    [of('bool'), 'yes', /^x: expected bool, got "yes"/],
    [of('u8'), '256', /^x: expected u8, got 256/],
    [of('u8'), '1.5', /^x: expected u8, got "1\.5"/],
    [of('u8'), '0x10', /^x: expected u8, got "0x10"/],
    [of('u8'), '', /^x: expected u8, got ""/],
    [of('s64'), '9223372036854775808', /^x: expected s64, got "9223372036854775808"/],
    [of('f64'), '1e999', /^x: expected f64, got "1e999"/],
    [of('f64'), ' ', /^x: expected f64, got " "/],
    [of('char'), 'ab', /^x: expected char/],
    [list(of('u8')), '[1', /^x: the text is not JSON/],
    [{ kind: 'tuple', of: [of('u8')] }, '1,2', /^x: the text is not JSON/],
    [shape, 'square', /^x: expected .* got "square"/],
  ];
  for (const [type, text, message] of texts)
    refuses(() => query(`a=1&x=${encodeURIComponent(text)}`, signature(['a', of('u8')], ['x', type])), message);
  refuses(() => query('a=1&x=1&x=2', signature(['a', of('u8')], ['x', of('u8')])), /^argument "x" is given twice/);
});
