import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { BantamError } from '../../contracts/errors.ts';
import { limits } from '../../contracts/limits.ts';
import { formatSignature } from '../../contracts/signature.ts';
import { inspect } from '../../inspector/inspect.ts';
import { coreKillers, otherForms } from '../fixtures/killers.ts';
import { binary, fromWat, leb, name, section } from '../support/modules.ts';

const maxMemoryBytes = limits.defaultMemoryBytes;

async function refusal(bytes: Uint8Array<ArrayBuffer>): Promise<BantamError> {
  try {
    await inspect(bytes, { maxMemoryBytes });
  } catch (error) {
    assert.ok(error instanceof BantamError, String(error));
    return error;
  }
  return assert.fail('the module was taken');
}

test('shows the exported functions of the examples with their parameter names', async () => {
  const signatures = async (path: string): Promise<string[]> => {
    const bytes = new Uint8Array(readFileSync(new URL(`../../examples/${path}`, import.meta.url)));
    return (await inspect(bytes, { maxMemoryBytes })).exports.map(formatSignature);
  };
  assert.deepEqual(await signatures('fib-c/fib.wasm'), ['fib(n: i32) -> i32']);
  assert.deepEqual(await signatures('math-wat/math.wasm'), [
    'add(a: i32, b: i32) -> i32',
    'multiply(a: i64, b: i64) -> i64',
    'half(x: f32) -> f32',
    'hypotenuse(a: f64, b: f64) -> f64',
    'divide(dividend: i32, divisor: i32) -> (i32, i32)',
    'nothing()',
  ]);
});

test('numbers the parameters of a function when one of them has no name', async () => {
  const { exports } = await inspect(await fromWat('(module (func (export "f") (param $a i32) (param i32)))'), { maxMemoryBytes });
  assert.deepEqual(exports.map(formatSignature), ['f(p0: i32, p1: i32)']);
});

test('numbers the parameters of a function when two of them have the same name', async () => {
  const names = [...name('name'), 2, 9, 1, 0, 2, 0, 1, 0x78, 1, 1, 0x78];
  const bytes = binary(
    section(1, [1, 0x60, 2, 0x7f, 0x7f, 0]),
    section(3, [1, 0]),
    section(7, [1], name('f'), [0, 0]),
    section(10, [1, 2, 0, 0x0b]),
    section(0, names),
  );
  assert.deepEqual((await inspect(bytes, { maxMemoryBytes })).exports.map(formatSignature), ['f(p0: i32, p1: i32)']);
});

test('lists functions with vectors or references as not callable', async () => {
  const { exports } = await inspect(
    await fromWat(
      '(module (func (export "v") (param v128)) (func (export "r") (result externref) unreachable) (func (export "i") (param i64) (result f32) unreachable))',
    ),
    { maxMemoryBytes },
  );
  assert.deepEqual(
    exports.map((signature) => [signature.name, signature.callable]),
    [
      ['v', false],
      ['r', false],
      ['i', true],
    ],
  );
});

test('does not list exports that are no functions', async () => {
  const { exports } = await inspect(
    await fromWat('(module (memory (export "m") 1) (global (export "g") i32 (i32.const 1)) (table (export "t") 1 funcref))'),
    { maxMemoryBytes },
  );
  assert.deepEqual(exports, []);
});

test('gives the reason of V8 and its offset for a module that is not valid', async () => {
  const bytes = binary(section(1, [1, 0x60, 0, 1, 0x7f]), section(3, [1, 0]), section(10, [1, 2, 0, 0x0b]));
  const error = await refusal(bytes);
  assert.equal(error.code, 'MODULE_INVALID');
  assert.match(error.message, /^the module is not valid: Compiling function #0 failed: expected 1 elements on the stack/);
  assert.equal(typeof error.extra?.['offset'], 'number');
});

test('refuses every module that is cut off', async () => {
  const bytes = await fromWat('(module (memory 1) (func (export "f") (param $n i32) (result i32) (local.get $n)))');
  for (let length = 0; length < bytes.length; length++) {
    const cut = bytes.slice(0, length);
    if (!WebAssembly.validate(cut)) assert.equal((await refusal(cut)).code, 'MODULE_INVALID', `at ${length} bytes`);
  }
});

test('says what a file is that is no module', async () => {
  const error = await refusal(new Uint8Array(Buffer.from('(module)')));
  assert.equal(error.code, 'MODULE_INVALID');
  assert.equal(error.message, 'this is not a WebAssembly module but WebAssembly text (WAT); translate it with wat2wasm first');
});

test('names an import that is not provided, exactly', async () => {
  const error = await refusal(await fromWat('(module (import "env" "foo" (func (param i32) (result i64))))'));
  assert.equal(error.code, 'IMPORT_NOT_PROVIDED');
  assert.equal(error.message, 'module imports "env"."foo" (func)');
  assert.deepEqual(error.extra, { imports: [{ module: 'env', name: 'foo', kind: 'function', type: '(i32) -> i64' }], importCount: 1 });
});

test('lists 20 missing imports and counts the others', async () => {
  const error = await refusal(
    await fromWat(`(module ${Array.from({ length: 25 }, (_, i) => `(import "env" "g${i}" (global i32))`).join('')})`),
  );
  assert.equal(error.message, 'module imports "env"."g0" (global) and 24 more');
  const listed = error.extra?.['imports'];
  assert.ok(Array.isArray(listed) && listed.length === 20);
  assert.equal(error.extra?.['importCount'], 25);
});

test('counts the memories of a module together', async () => {
  const text = '(module (memory 40) (memory 40))';
  assert.equal((await inspect(await fromWat(text), { maxMemoryBytes: 80 * 65_536 })).kind, 'core');
  const bytes = await fromWat(text);
  await assert.rejects(inspect(bytes, { maxMemoryBytes: 79 * 65_536 }), {
    code: 'MODULE_OVER_LIMIT',
    message: /80 pages.*allows 79 pages/,
  });
});

const excess: readonly (readonly [what: string, text: string, detail: RegExp])[] = [
  ['imports', `(module ${'(import "a" "b" (func))'.repeat(limits.maxImports + 1)})`, /10001 imports; the limit is 10000/],
  [
    'exports',
    `(module (func $f) ${Array.from({ length: limits.maxExports + 1 }, (_, i) => `(export "e${i}" (func $f))`).join('')})`,
    /10001 exports/,
  ],
  [
    'bytes in the name of an export',
    `(module (func (export "${'x'.repeat(limits.maxNameBytes + 1)}")))`,
    /1025 bytes in the name of an export/,
  ],
  [
    'bytes in the name of an import',
    `(module (import "${'x'.repeat(limits.maxNameBytes + 1)}" "y" (func)))`,
    /1025 bytes in the name of an import/,
  ],
  ['memories', `(module ${'(memory 0)'.repeat(limits.maxMemories + 1)})`, /9 memories; the limit is 8/],
  ['tables', `(module ${'(table 0 funcref)'.repeat(limits.maxTables + 1)})`, /17 tables; the limit is 16/],
  ['table elements', `(module (table ${limits.maxTableElements + 1} funcref))`, /100001 table elements/],
];
for (const [what, text, detail] of excess) {
  test(`refuses too many ${what}`, async () => {
    const error = await refusal(await fromWat(text));
    assert.equal(error.code, 'MODULE_OVER_LIMIT');
    assert.match(error.message, detail);
  });
}

const features: readonly (readonly [what: string, text: string, detail: RegExp])[] = [
  ['an imported shared memory', '(module (import "env" "memory" (memory 1 2 shared)))', /shared memory/],
  ['a 64-bit memory', '(module (memory i64 1))', /64-bit memory/],
];
for (const [what, text, detail] of features) {
  test(`refuses ${what} by its feature`, async () => {
    const error = await refusal(await fromWat(text));
    assert.equal(error.code, 'MODULE_UNSUPPORTED');
    assert.match(error.message, detail);
  });
}

test('refuses 64-bit tables and custom page sizes by their feature', async () => {
  assert.match((await refusal(binary(section(4, [1, 0x70, 5, 1, 2])))).message, /64-bit table/);
  assert.match((await refusal(binary(section(5, [1, 8, 1, 0])))).message, /custom page sizes/);
});

test('takes a module at its limits', async () => {
  const bytes = binary(section(4, leb(1), [0x70, 0], leb(limits.maxTableElements)), section(5, [1, 0], leb(maxMemoryBytes / 65_536)));
  assert.deepEqual(await inspect(bytes, { maxMemoryBytes }), { kind: 'core', exports: [], needs: [] });
});

for (const killer of [...coreKillers, ...otherForms]) {
  const { fate } = killer;
  // Those take long here; the test of the process has them.
  if (fate.publish === 'refused' && fate.stopped) continue;
  test(`${fate.publish === 'refused' ? `refuses with ${fate.code}` : 'takes'}: ${killer.name}`, async () => {
    const bytes = await killer.build();
    const options = { maxMemoryBytes: killer.config.memoryBytes ?? maxMemoryBytes };
    if (fate.publish === 'refused') return assert.rejects(inspect(bytes, options), { code: fate.code });
    const { kind, exports } = await inspect(bytes, options);
    const callable = exports.some((signature) => signature.name === 'run' && signature.callable && signature.params.length === 0);
    assert.ok(fate.path === '/run' ? callable : kind === 'command', JSON.stringify({ kind, exports }));
  });
}
