/** WIT types of a component's exports. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { WitType } from '../../../contracts/wit.ts';
import { type ExportedFunction, exportedFunctions } from '../../../component/exports.ts';
import { flattenComponent } from '../../../component/flatten.ts';
import { componentFromWat, componentFromWit } from '../../support/components.ts';

async function exportsOf(wit: string, maxTypeNodes = 1_000): Promise<Map<string, ExportedFunction>> {
  const plan = flattenComponent(await componentFromWit(wit, 'w'));
  return new Map(exportedFunctions(plan, maxTypeNodes).map((each) => [each.name, each]));
}

async function typeOf(wit: string, declarations = ''): Promise<WitType | undefined> {
  const exports = await exportsOf(
    `package a:b; interface types { ${declarations} } world w { use types.{t}; export f: func(x: t) -> ${wit}; }`,
  );
  const found = exports.get('f') ?? assert.fail();
  assert.ok('signature' in found);
  return found.signature.result;
}

test('a function of the root has its own name, its parameters by name, and no result where it has none', async () => {
  const exports = await exportsOf('package a:b; world w { export add: func(left: u32, right: s64); }');
  assert.deepEqual(
    [...exports.values()],
    [
      {
        name: 'add',
        signature: {
          params: [
            { name: 'left', type: { kind: 'u32' } },
            { name: 'right', type: { kind: 's64' } },
          ],
        },
      },
    ],
  );
});

test('a function of an interface is named with it, package and version included', async () => {
  const exports = await exportsOf('package local:demo@0.1.0; interface api { greet: func() -> string; } world w { export api; }');
  assert.deepEqual([...exports.values()], [{ name: 'local:demo/api@0.1.0#greet', signature: { params: [], result: { kind: 'string' } } }]);
});

const types: readonly (readonly [wit: string, type: WitType])[] = [
  ['list<u8>', { kind: 'list', of: { kind: 'u8' } }],
  ['option<option<bool>>', { kind: 'option', of: { kind: 'option', of: { kind: 'bool' } } }],
  ['result', { kind: 'result' }],
  ['result<f32>', { kind: 'result', ok: { kind: 'f32' } }],
  ['result<_, f64>', { kind: 'result', err: { kind: 'f64' } }],
  ['tuple<char, s8>', { kind: 'tuple', of: [{ kind: 'char' }, { kind: 's8' }] }],
];

for (const [wit, type] of types) {
  test(`${wit} becomes plain data`, async () => {
    assert.deepEqual(await typeOf(wit, 'type t = u8;'), type);
  });
}

const declared: readonly (readonly [declaration: string, type: WitType])[] = [
  [
    'record t { a: u16, b-c: s32 }',
    {
      kind: 'record',
      fields: [
        { name: 'a', type: { kind: 'u16' } },
        { name: 'b-c', type: { kind: 's32' } },
      ],
    },
  ],
  ['variant t { none, some(u64) }', { kind: 'variant', cases: [{ name: 'none' }, { name: 'some', type: { kind: 'u64' } }] }],
  ['enum t { red, dark-blue }', { kind: 'enum', names: ['red', 'dark-blue'] }],
  ['flags t { read, write }', { kind: 'flags', names: ['read', 'write'] }],
];

for (const [declaration, type] of declared) {
  test(`${declaration} becomes plain data`, async () => {
    assert.deepEqual(await typeOf('t', declaration), type);
  });
}

test('a fixed-length list keeps its length', async () => {
  const bytes = await componentFromWat(`(component (core module $M (func (export "f") (param i32 i32))) (core instance $m (instantiate $M))
    (type $l (list u8 2)) (func (export "f") (param "l" $l) (canon lift (core func $m "f"))))`);
  const [found] = exportedFunctions(flattenComponent(bytes), 10);
  assert.ok(found && 'signature' in found);
  assert.deepEqual(found.signature.params, [{ name: 'l', type: { kind: 'list', of: { kind: 'u8' }, length: 2 } }]);
});

test('functions with resources are named, not described, and so is the resource', async () => {
  const exports =
    await exportsOf(`package a:b; interface files { resource file { read: func() -> string; } all: func() -> list<file>; count: func() -> u32; }
    world w { export files; }`);
  assert.deepEqual(exports.get('a:b/files#[method]file.read'), { name: 'a:b/files#[method]file.read', refused: 'the resource "file"' });
  assert.deepEqual(exports.get('a:b/files#all'), { name: 'a:b/files#all', refused: 'the resource "file"' });
  assert.ok('signature' in (exports.get('a:b/files#count') ?? {}));
});

test('a resource of an import is named as it is there', async () => {
  const exports = await exportsOf(
    `package a:b; interface files { resource file; } world w { import files; use files.{file}; export f: func(x: file); }`,
  );
  assert.deepEqual(exports.get('f'), { name: 'f', refused: 'the resource "file"' });
});

test('an import that is exported again is refused', async () => {
  const bytes = await componentFromWat('(component (import "f" (func $f)) (export "g" (func $f)))');
  assert.deepEqual(exportedFunctions(flattenComponent(bytes), 10), [{ name: 'g', refused: 'an import passed on as it is' }]);
});

test('types are counted as often as they are used', async () => {
  const wit = 'package a:b; world w { export f: func(a: tuple<u8, u8, u8>) -> list<u8>; }';
  assert.equal((await exportsOf(wit, 6)).size, 1);
  await assert.rejects(exportsOf(wit, 5), { name: 'ComponentError', kind: 'excess' });
});

test('long names count as more than one type', async () => {
  const wit = `package a:b; world w { export f: func(${'a'.repeat(640)}: u8); }`;
  assert.equal((await exportsOf(wit, 11)).size, 1);
  await assert.rejects(exportsOf(wit, 10), { name: 'ComponentError', kind: 'excess' });
});
