import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BantamError } from '../../contracts/errors.ts';
import { limits } from '../../contracts/limits.ts';
import { inspect } from '../../inspector/inspect.ts';
import { commandComponent, httpComponent, importingComponent, numbersComponent, typesWit } from '../fixtures/components.ts';
import { componentFromWat, componentFromWit } from '../support/components.ts';

const maxMemoryBytes = limits.defaultMemoryBytes;

async function refusal(bytes: Uint8Array<ArrayBuffer>): Promise<BantamError> {
  try {
    await inspect(bytes, { maxMemoryBytes });
  } catch (error) {
    assert.ok(error instanceof BantamError, String(error));
    return error;
  }
  return assert.fail('the component was taken');
}

test('a component that exports wasi:http/incoming-handler of any release of 0.2 is of kind component-http', async () => {
  for (const version of ['0.2.0', '0.2.12']) {
    const analysis = await inspect(await componentFromWat(httpComponent(version)), { maxMemoryBytes });
    assert.deepEqual(analysis, { kind: 'component-http', exports: [], needs: [] });
  }
});

test('a component that exports wasi:cli/run is of kind component-command', async () => {
  const analysis = await inspect(await componentFromWat(commandComponent('0.2.3')), { maxMemoryBytes });
  assert.deepEqual(analysis, { kind: 'component-command', exports: [], needs: [] });
});

test('lists the functions of a component and of its interfaces with their types as text and as data', async () => {
  const { kind, exports } = await inspect(await componentFromWat(numbersComponent), { maxMemoryBytes });
  assert.equal(kind, 'component');
  const params = [
    { name: 'a', type: 'u32' },
    { name: 'b', type: 's8' },
  ];
  const wit = {
    params: [
      { name: 'a', type: { kind: 'u32' } },
      { name: 'b', type: { kind: 's8' } },
    ],
    result: { kind: 'u32' },
  };
  assert.deepEqual(exports, [
    { name: 'add', params, results: ['u32'], callable: true, wit },
    { name: 'local:demo/api@0.1.0#add', params, results: ['u32'], callable: true, wit },
  ]);
});

test('takes every value type', async () => {
  const { exports } = await inspect(await componentFromWit(typesWit, 'demo'), { maxMemoryBytes });
  assert.deepEqual(
    exports.map(({ name, results }) => [name, results]),
    [
      ['shout', ['list<u8>']],
      ['local:demo/api@0.1.0#greet', ['string']],
      ['local:demo/api@0.1.0#oldest', ['option<record { name: string, age: u32 }>']],
      ['local:demo/api@0.1.0#paint', ['result<variant { circle(f32), point, named(record { name: string, age: u32 }) }, string>']],
      ['local:demo/api@0.1.0#check', ['result<_, enum { red, green }>']],
      ['local:demo/api@0.1.0#nothing', []],
      ['local:demo/sums@0.1.0#sum', ['u64']],
      ['local:demo/sums@0.1.0#bare', ['result']],
    ],
  );
});

test('says in words what a component asks for', async () => {
  const text = importingComponent('wasi:clocks/monotonic-clock@0.2.3', 'now', '(result u64)').replace(
    '(func)) (func',
    '(func (result i64))) (func',
  );
  assert.deepEqual((await inspect(await componentFromWat(text), { maxMemoryBytes })).needs, ['clock']);
});

const missing: readonly (readonly [what: string, iface: string, name: string, type: string, detail: string])[] = [
  [
    'an interface that nobody gives',
    'local:other/api@1.0.0',
    'f',
    '',
    'component imports "local:other/api@1.0.0"."f" (func): compose it with a component that exports this (wac plug)',
  ],
  [
    'a function that the interface does not have',
    'wasi:cli/environment@0.2.3',
    'f',
    '',
    'component imports "wasi:cli/environment@0.2.3"."f" (func): of WASI 0.2, the packages cli, clocks, filesystem, http, io, random and sockets are given',
  ],
  [
    'a function with another type',
    'wasi:cli/environment@0.2.3',
    'get-arguments',
    '',
    'component imports "wasi:cli/environment@0.2.3"."get-arguments" (func) of type ()->_; it is given with ()->list<string>',
  ],
  [
    'WASI 0.3',
    'wasi:clocks/monotonic-clock@0.3.0',
    'now',
    '',
    'component imports "wasi:clocks/monotonic-clock@0.3.0"."now" (func): it is built for WASI 0.3; build it for WASI 0.2',
  ],
  [
    'a draft of WASI 0.2',
    'wasi:cli/exit@0.2.0-rc-2023-11-10',
    'f',
    '',
    'component imports "wasi:cli/exit@0.2.0-rc-2023-11-10"."f" (func): it is built for a draft of WASI; build it for WASI 0.2.0 or newer',
  ],
  [
    'an interface of Spin',
    'fermyon:spin/variables@2.0.0',
    'f',
    '',
    'component imports "fermyon:spin/variables@2.0.0"."f" (func): it uses interfaces of Spin; of these only WASI is given',
  ],
  [
    'names that objects have',
    'wasi:cli/environment@0.2.3',
    'constructor',
    '',
    'component imports "wasi:cli/environment@0.2.3"."constructor" (func): of WASI 0.2, the packages cli, clocks, filesystem, http, io, random and sockets are given',
  ],
];
for (const [what, iface, name, type, detail] of missing) {
  test(`refuses a component that imports ${what}`, async () => {
    const error = await refusal(await componentFromWat(importingComponent(iface, name, type)));
    assert.equal(error.code, 'IMPORT_NOT_PROVIDED');
    assert.equal(error.message, detail);
    assert.equal(error.extra?.['importCount'], 1);
  });
}

test('takes an import that is declared but never called', async () => {
  const text = '(component (import "local:other/api@1.0.0" (instance (export "f" (func)))))';
  assert.equal((await inspect(await componentFromWat(text), { maxMemoryBytes })).kind, 'component');
});

test('names the export and the type that HTTP cannot carry', async () => {
  const error = await refusal(
    await componentFromWit(
      'package local:demo; interface files { resource file { size: func() -> u64; } open: func(name: string) -> file; } world w { export files; }',
      'w',
    ),
  );
  assert.equal(error.code, 'MODULE_UNSUPPORTED');
  assert.match(error.message, /^the export "local:demo\/files#\S+" cannot be called over HTTP: its type has the resource "file"; /);
});

test('refuses an export of WASI that is not of a release of 0.2', async () => {
  const error = await refusal(await componentFromWat(commandComponent('0.2.0-rc-2023-12-05')));
  assert.equal(error.code, 'MODULE_UNSUPPORTED');
  assert.match(error.message, /exports "wasi:cli\/run@0\.2\.0-rc-2023-12-05", which is not of a release of WASI 0\.2/);
});

test('refuses wasi:cli/run with another type than WASI gives it', async () => {
  const text = commandComponent('0.2.3').replace('(func $run (result (result))', '(func $run (result u32)');
  const error = await refusal(await componentFromWat(text));
  assert.equal(error.code, 'MODULE_UNSUPPORTED');
  assert.equal(
    error.message,
    'the component exports wasi:cli/run@0.2.3 with run of type ()->u32; WASI 0.2 has run of type ()->result<_,_>',
  );
});

test('holds the core modules of a component to the limits of modules, and says which one it is', async () => {
  const inComponent = async (core: string): Promise<BantamError> => refusal(await componentFromWat(`(component (core module ${core}))`));
  const shared = await inComponent('(memory 1 1 shared)');
  assert.equal(shared.code, 'MODULE_UNSUPPORTED');
  assert.match(shared.message, /^core module at byte \d+ of the component: the module uses a shared memory/);
  assert.equal((await inComponent(`(table ${limits.maxTableElements + 1} funcref)`)).code, 'MODULE_OVER_LIMIT');
  assert.equal((await inComponent('(memory i64 1)')).code, 'MODULE_UNSUPPORTED');
});

test('counts the memory of all instances together', async () => {
  const pages = maxMemoryBytes / 65_536;
  const text = (instances: number): string =>
    `(component (core module $m (memory ${pages / 2})) ${'(core instance (instantiate $m))'.repeat(instances)})`;
  await inspect(await componentFromWat(text(2)), { maxMemoryBytes });
  const error = await refusal(await componentFromWat(text(3)));
  assert.equal(error.code, 'MODULE_OVER_LIMIT');
  assert.match(error.message, /3072 pages.*allows 2048 pages/);
  const many = await refusal(await componentFromWat(text(65).replace(`(memory ${pages / 2})`, '(memory 0)')));
  assert.match(many.message, /65 memories; the limit is 64/);
});

test('refuses a component whose core module is not valid, in the words of V8', async () => {
  const bytes = await componentFromWat('(component (core module (func (result i32) i32.const 7)))');
  bytes[bytes.lastIndexOf(0x41)] = 0x42;
  const error = await refusal(bytes);
  assert.equal(error.code, 'MODULE_INVALID');
  assert.match(error.message, /core module at byte \d+ of the component: the module is not valid: Compiling function #0 failed/);
});

test('refuses what jco finds wrong where our decoder does not look, in its words on one line', async () => {
  const wrong = numbersComponent.replace('(export "add" (func $add))\n', '(export "add" (func $add) (func (param "a" string)))\n');
  assert.notEqual(wrong, numbersComponent);
  const error = await refusal(await componentFromWat(wrong));
  assert.equal(error.code, 'MODULE_INVALID');
  assert.match(
    error.message,
    /^the component is not valid: ascribed type of export is not compatible with item's type: expected 1 parameters, found 2 \(at offset 0x[0-9a-f]+\)$/,
  );
});

test('lists what componentize-qjs leaves in its components as not callable, and no other function of the same name', async () => {
  const callable = async (params: string): Promise<boolean | undefined> => {
    const wit = `package local:demo; world w { export init: func(${params}) -> result<_, string>; }`;
    return (await inspect(await componentFromWit(wit, 'w'), { maxMemoryBytes })).exports[0]?.callable;
  };
  assert.equal(await callable('shim: string, script: string, entry-path: option<string>, disable-gc: bool'), false);
  assert.equal(await callable('script: string'), true);
});

test('refuses a component that is cut off, anywhere', async () => {
  const bytes = await componentFromWat(numbersComponent);
  for (let length = 9; length < bytes.length; length++) {
    try {
      await inspect(bytes.slice(0, length), { maxMemoryBytes });
    } catch (error) {
      assert.ok(error instanceof BantamError, String(error));
      assert.equal(error.code, 'MODULE_INVALID', `at ${length} bytes: ${error.message}`);
    }
  }
});
