/** Core types of component functions. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { Flattener } from '../../../component/flat.ts';
import type { FunctionType, ValueType } from '../../../component/types.ts';

const of = (kind: 'u8' | 'u32' | 's64' | 'f32' | 'f64' | 'string'): ValueType => ({ kind });

function flat(type: ValueType): string {
  return new Flattener().type(type).join(' ');
}

function core(direction: 'lift' | 'lower', result: ValueType | undefined, ...params: readonly ValueType[]): string {
  const type: FunctionType = { kind: 'func', async: false, params: params.map((each, i) => ({ name: `p${i}`, type: each })), result };
  const { params: from, results } = new Flattener().function(type, direction).core;
  return `${from.join(' ')} -> ${results.join(' ')}`;
}

test('primitive types are one value, strings and lists a pointer and a length', () => {
  assert.equal(flat(of('u8')), 'i32');
  assert.equal(flat(of('s64')), 'i64');
  assert.equal(flat(of('f32')), 'f32');
  assert.equal(flat(of('string')), 'i32 i32');
  assert.equal(flat({ kind: 'list', of: of('f64'), length: undefined }), 'i32 i32');
});

test('records, tuples and fixed-length lists are their parts', () => {
  assert.equal(flat({ kind: 'tuple', of: [of('u8'), of('f64')] }), 'i32 f64');
  assert.equal(flat({ kind: 'record', fields: [{ name: 'a', type: of('string') }] }), 'i32 i32');
  assert.equal(flat({ kind: 'list', of: of('f32'), length: 3 }), 'f32 f32 f32');
});

test('the payloads of a variant share their places, each wide enough for all', () => {
  const variant = (...types: readonly ValueType[]): ValueType => ({
    kind: 'variant',
    cases: [{ name: 'none', type: undefined }, ...types.map((type, i) => ({ name: `c${i}`, type }))],
  });
  assert.equal(flat(variant(of('u32'), of('f32'))), 'i32 i32');
  assert.equal(flat(variant(of('f32'))), 'i32 f32');
  assert.equal(flat(variant(of('f32'), of('f64'))), 'i32 i64');
  assert.equal(flat(variant(of('f64'), of('string'))), 'i32 i64 i32');
  assert.equal(flat({ kind: 'option', of: of('string') }), 'i32 i32 i32');
  assert.equal(flat({ kind: 'result', ok: undefined, err: of('f32') }), 'i32 f32');
});

test('16 parameters are passed as they are, 17 through memory', () => {
  const sixteen: ValueType = { kind: 'list', of: of('u8'), length: 16 };
  const seventeen: ValueType = { kind: 'list', of: of('u8'), length: 17 };
  assert.equal(core('lift', undefined, sixteen), `${Array.from({ length: 16 }, () => 'i32').join(' ')} -> `);
  assert.equal(core('lift', undefined, seventeen), 'i32 -> ');
});

test('two results are returned by pointer when lifted, written to a given one when lowered', () => {
  assert.equal(core('lift', of('u8'), of('f64')), 'f64 -> i32');
  assert.equal(core('lift', of('string'), of('f64')), 'f64 -> i32');
  assert.equal(core('lower', of('string'), of('f64')), 'f64 i32 -> ');
});

test('a type of ever more parts is flattened no further than it matters', () => {
  let type: ValueType = of('u8');
  for (let i = 0; i < 60; i++) type = { kind: 'tuple', of: [type, type] };
  assert.equal(new Flattener().type(type).length, 17);
});
