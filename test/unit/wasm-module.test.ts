import assert from 'node:assert/strict';
import { test } from 'node:test';
import { funcTypeAt, functionType, readModule } from '../../wasm/module.ts';
import { WasmFormatError } from '../../wasm/reader.ts';
import { formatFuncType, formatImport } from '../../wasm/text.ts';
import { binary, fromWat, name, section } from '../support/modules.ts';

test('reads imports of every kind with their types', async () => {
  const { imports } = readModule(
    await fromWat(`(module
      (import "env" "f" (func (param i32 i64) (result f64)))
      (import "env" "t" (table 1 5 funcref))
      (import "env" "m" (memory 2 7 shared))
      (import "env" "g" (global (mut f32)))
      (import "env" "e" (tag (param i32))))`),
  );
  assert.deepEqual(imports.map(formatImport), [
    '"env"."f" (func)',
    '"env"."t" (table)',
    '"env"."m" (memory)',
    '"env"."g" (global)',
    '"env"."e" (tag)',
  ]);
  const types = imports.map(({ type }) => type);
  assert.ok(types[1]?.kind === 'table' && types[1].table.elementType === 'funcref' && types[1].table.limits.maximum === 5);
  assert.ok(types[2]?.kind === 'memory' && types[2].memory.limits.shared && types[2].memory.limits.minimum === 2);
  assert.deepEqual(types[3], { kind: 'global', valueType: 'f32', mutable: true });
});

test('finds the type of an exported function behind imported ones', async () => {
  const declared = readModule(
    await fromWat(
      '(module (import "a" "b" (func (param i64))) (func (export "f") (param i32 f32) (result i32 v128) unreachable) (memory (export "m") 1))',
    ),
  );
  assert.deepEqual(declared.exports, [
    { name: 'f', kind: 'function', index: 1 },
    { name: 'm', kind: 'memory', index: 0 },
  ]);
  const type = functionType(declared, 1);
  assert.ok(type);
  assert.equal(formatFuncType(type), '(i32, f32) -> (i32, v128)');
  assert.equal(functionType(declared, 2), undefined);
});

test('counts what it does not read', async () => {
  const module = readModule(
    await fromWat(`(module (memory 1) (table 1 funcref) (global i32 (i32.const 1)) (global i64 (i64.const 1))
      (func $s) (start $s) (data (i32.const 0) "x") (data "passive") (elem (i32.const 0) $s))`),
  );
  assert.equal(module.globalCount, 2);
  assert.equal(module.dataSegmentCount, 2);
  assert.equal(module.elementSegmentCount, 1);
  assert.equal(module.start, 0);
  assert.deepEqual(module.customSections, ['name']);
});

test('reads limits of 64-bit and shared memories', async () => {
  const [wide, shared] = readModule(await fromWat('(module (memory i64 1 0x1000000000000) (memory 1 2 shared))')).memories;
  assert.deepEqual([wide?.limits.is64, wide?.limits.maximum], [true, 2 ** 48]);
  assert.deepEqual([shared?.limits.shared, shared?.limits.maximum], [true, 2]);
});

test('reads custom page sizes', () => {
  const [memory] = readModule(binary(section(5, [1, 8, 3, 0]))).memories;
  assert.equal(memory?.pageBytes, 1);
  assert.throws(() => readModule(binary(section(5, [1, 8, 3, 17]))), WasmFormatError);
});

test('finds function types among recursion groups, subtypes, structs and arrays', () => {
  const structAndSubtype = [0x4e, 2, 0x50, 0, 0x5f, 2, 0x78, 1, 0x64, 1, 0, 0x4f, 1, 0, 0x60, 1, 0x63, 0, 1, 0x6f];
  const arrayOfI16 = [0x5e, 0x77, 1];
  const func = [0x60, 0, 2, 0x7f, 0x63, 0x70];
  const module = readModule(binary(section(1, [3, ...structAndSubtype, ...arrayOfI16, ...func])));
  assert.equal(module.types.length, 4);
  const texts = [0, 1, 2, 3, 4].map((index) => {
    const type = funcTypeAt(module, index);
    return type && formatFuncType(type);
  });
  assert.deepEqual(texts, [undefined, '((ref null 0)) -> externref', undefined, '() -> (i32, (ref null func))', undefined]);
});

test('reads tables with initialisers whose operands look like an end', () => {
  // ref.func 11: its operand has the code of `end`.
  const functions = 12;
  const module = readModule(
    binary(
      section(1, [1, 0x60, 0, 0]),
      section(3, [functions, ...Array<number>(functions).fill(0)]),
      section(4, [2, 0x40, 0, 0x70, 0, 5, 0xd2, 11, 0x0b, 0x70, 1, 1, 2]),
    ),
  );
  assert.deepEqual(
    module.tables.map(({ limits }) => [limits.minimum, limits.maximum]),
    [
      [5, undefined],
      [1, 2],
    ],
  );
});

const malformed: readonly (readonly [fact: string, bytes: Uint8Array, message: RegExp])[] = [
  ['an unknown section', binary([14, 0]), /unknown section 14 at byte 8/],
  ['sections out of order', binary(section(3, [0]), section(1, [0])), /section 1 out of order at byte 11/],
  ['a section that is there twice', binary(section(5, [0]), section(5, [0])), /section 5 out of order/],
  ['a section longer than the file', binary([1, 5, 0]), /5 bytes are announced, 1 are left at byte 10/],
  ['bytes after the last entry of a section', binary(section(5, [0, 0])), /the memory section has 1 bytes too many/],
  ['an unknown kind of import', binary(section(2, [1, 0, 0, 9, 0])), /unknown kind 9/],
  ['an unknown value type', binary(section(1, [1, 0x60, 1, 0x01, 0])), /unknown type at byte 13/],
  ['a count that does not fit', binary(section(7, [0xff, 0xff, 0x03, 0])), /65535 exports do not fit/],
  ['a count beyond the limit of every engine', binary(section(3, [0xff, 0xff, 0xff, 0x7f])), /more than 1000000/],
  ['a custom section without a name', binary(section(0)), /end too early/],
  ['an initialiser that is not constant', binary(section(4, [1, 0x40, 0, 0x70, 0, 1, 0x10, 0, 0x0b])), /not constant at byte 16/],
];
for (const [fact, bytes, message] of malformed) {
  test(`refuses ${fact}, with its offset`, () => {
    assert.throws(() => readModule(bytes), { name: 'WasmFormatError', message });
  });
}

test('keeps names that JavaScript objects have', () => {
  const module = readModule(binary(section(2, [1], name('__proto__'), name('constructor'), [3, 0x7f, 0])));
  assert.deepEqual(module.imports, [
    { module: '__proto__', name: 'constructor', type: { kind: 'global', valueType: 'i32', mutable: false } },
  ]);
});
