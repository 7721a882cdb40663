import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BantamError } from '../../contracts/errors.ts';
import type { ModuleAnalysis } from '../../contracts/function.ts';
import { limits } from '../../contracts/limits.ts';
import { inspect } from '../../inspector/inspect.ts';
import { envFunctions } from '../../wasi/env.ts';
import { preview1 } from '../../wasi/preview1.ts';
import { fromWat, name, section } from '../support/modules.ts';

const maxMemoryBytes = limits.defaultMemoryBytes;

async function analyse(text: string): Promise<ModuleAnalysis> {
  return inspect(await fromWat(text), { maxMemoryBytes });
}

async function refusal(text: string): Promise<BantamError> {
  try {
    await analyse(text);
  } catch (error) {
    assert.ok(error instanceof BantamError, String(error));
    return error;
  }
  return assert.fail('the module was taken');
}

/** `(i32, i64) -> f64` as the text format has it. */
function typeText(type: string): string {
  const [params = '', results = ''] = type.split(' -> ').map((side) => side.replaceAll(/[(),]/g, ''));
  return `${params === '' ? '' : `(param ${params})`} ${results === '' ? '' : `(result ${results})`}`;
}

const memory = '(memory (export "memory") 1)';
const start = '(func (export "_start"))';

for (const wasi of ['wasi_snapshot_preview1', 'wasi_unstable']) {
  test(`a module that exports _start is a command, with every call of ${wasi}`, async () => {
    const imports = Array.from(preview1, ([call, type]) => `(import "${wasi}" "${call}" (func ${typeText(type)}))`).join('');
    assert.deepEqual(await analyse(`(module ${imports} ${memory} ${start} (func (export "other")))`), {
      kind: 'command',
      exports: [],
      needs: ['stdio', 'arguments', 'environment', 'clock', 'sleep', 'random', 'files', 'exit', 'sockets (refused at run time)'],
    });
  });
}

test('a module that imports WASI and exports no _start is a reactor', async () => {
  const { kind, exports, needs } = await analyse(
    `(module (import "wasi_snapshot_preview1" "random_get" (func (param i32 i32) (result i32))) ${memory} (func (export "f") (param i32)))`,
  );
  assert.equal(kind, 'reactor');
  assert.deepEqual(
    exports.map((signature) => [signature.name, signature.callable]),
    [['f', true]],
  );
  assert.deepEqual(needs, ['random']);
});

test('a module that exports _initialize is a reactor, without any import', async () => {
  const { kind, exports } = await analyse('(module (func (export "_initialize")) (func (export "add")))');
  assert.equal(kind, 'reactor');
  assert.deepEqual(
    exports.map((signature) => [signature.name, signature.callable]),
    [
      ['_initialize', false],
      ['add', true],
    ],
  );
});

test('functions named _start or _initialize with parameters or results are plain exports', async () => {
  assert.equal((await analyse('(module (func (export "_start") (param i32)))')).kind, 'core');
  assert.equal((await analyse('(module (func (export "_initialize") (result i32) (i32.const 1)))')).kind, 'core');
});

test('lists what language runtimes export as not callable', async () => {
  const names = [
    '__wasm_call_ctors',
    '__new',
    'malloc',
    'free',
    'cabi_realloc',
    'asyncify_start_unwind',
    'stackSave',
    'dynCall_vi',
    'emscripten_stack_init',
  ];
  const { exports } = await analyse(`(module ${names.map((each) => `(func (export "${each}"))`).join('')} (func (export "main")))`);
  assert.deepEqual(
    exports.filter(({ callable }) => callable).map((signature) => signature.name),
    ['main'],
  );
  assert.equal(exports.length, names.length + 1);
});

test('takes what AssemblyScript and Emscripten import, in a module without WASI and in one with it', async () => {
  const imports = Array.from(envFunctions, ([each, type]) => `(import "env" "${each}" (func ${typeText(type)}))`).join('');
  const core = await analyse(`(module ${imports} (func (export "f")))`);
  assert.deepEqual([core.kind, core.needs], ['core', ['clock', 'random', 'log']]);
  const wasi = '(import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))';
  const reactor = await analyse(`(module ${imports} ${wasi} ${memory})`);
  assert.deepEqual([reactor.kind, reactor.needs], ['reactor', ['stdio', 'clock', 'random', 'log']]);
  assert.equal((await analyse(`(module ${imports} ${wasi} ${memory} ${start})`)).kind, 'command');
});

const mismatches: readonly (readonly [what: string, imports: string, detail: string])[] = [
  [
    'a WASI call',
    '(import "wasi_unstable" "fd_close" (func (param i64) (result i32)))',
    'module imports "wasi_unstable"."fd_close" (func) of type (i64) -> i32; it is given with (i32) -> i32',
  ],
  [
    'abort of AssemblyScript',
    '(import "env" "abort" (func))',
    'module imports "env"."abort" (func) of type () -> (); it is given with (i32, i32, i32, i32) -> ()',
  ],
];
for (const [what, imports, detail] of mismatches) {
  test(`refuses ${what} with another type, and says which it has`, async () => {
    const error = await refusal(`(module ${imports} ${memory})`);
    assert.equal(error.code, 'IMPORT_NOT_PROVIDED');
    assert.ok(error.message.startsWith(detail), error.message);
  });
}

test('refuses calls of WASI that are no functions, that do not exist, or that are names of objects', async () => {
  for (const wanted of ['"fd_write" (global i32)', '"fd_writev" (func)', '"constructor" (func)', '"__proto__" (func)']) {
    assert.equal((await refusal(`(module (import "wasi_snapshot_preview1" ${wanted}) ${memory})`)).code, 'IMPORT_NOT_PROVIDED');
  }
});

test('refuses a module that imports WASI and exports no memory for it', async () => {
  const wasi = '(import "wasi_snapshot_preview1" "sched_yield" (func (result i32)))';
  for (const text of [`(module ${wasi} ${start})`, `(module ${wasi})`, `(module ${wasi} (memory (export "mem") 1))`]) {
    const error = await refusal(text);
    assert.equal(error.code, 'MODULE_UNSUPPORTED');
    assert.match(error.message, /exports no memory named "memory"/);
  }
});

test('gives a memory and a table to a module without WASI, one each', async () => {
  const memoryImport = '(import "env" "memory" (memory 1))';
  const tableImport = '(import "env" "__indirect_function_table" (table 1 funcref))';
  assert.equal((await analyse(`(module ${memoryImport} ${tableImport})`)).kind, 'core');
  assert.match((await refusal(`(module ${memoryImport} ${memoryImport})`)).message, /2 imports of a memory; the limit is 1/);
  assert.match((await refusal(`(module ${tableImport} ${tableImport})`)).message, /2 imports of a table; the limit is 1/);
  for (const other of [
    '"env" "mem" (memory 1)',
    '"js" "memory" (memory 1)',
    '"env" "table" (table 1 funcref)',
    '"env" "__indirect_function_table" (table 1 externref)',
  ])
    assert.equal((await refusal(`(module (import ${other}))`)).code, 'IMPORT_NOT_PROVIDED', other);
  const large = `(module (import "env" "memory" (memory ${maxMemoryBytes / 65_536 + 1})))`;
  assert.equal((await refusal(large)).code, 'MODULE_OVER_LIMIT');
});

/** A side module as `emcc -sSIDE_MODULE=1` makes it. */
const sideModule = `(module
  (import "env" "__memory_base" (global i32)) (import "env" "__table_base" (global i32)) (import "env" "__stack_pointer" (global (mut i32)))
  (import "GOT.mem" "counter" (global (mut i32))) (import "GOT.func" "square" (global (mut i32)))
  (import "env" "memory" (memory 1)) (import "env" "__indirect_function_table" (table 1 funcref))
  (global (export "counter") i32 (i32.const 4))
  (func (export "__wasm_call_ctors")) (func (export "square") (param i32) (result i32) (local.get 0)))`;

/** A section dylink.0 that asks for so much. */
function dylink(memoryInfo: readonly number[]): Uint8Array {
  return section(0, name('dylink.0'), [1, memoryInfo.length], memoryInfo);
}

async function withDylink(text: string, memoryInfo: readonly number[]): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await fromWat(text);
  return new Uint8Array([...bytes.subarray(0, 8), ...dylink(memoryInfo), ...bytes.subarray(8)]);
}

test('takes a side module of Emscripten', async () => {
  const { kind, exports } = await inspect(await withDylink(sideModule, [24, 2, 1, 0]), { maxMemoryBytes });
  assert.equal(kind, 'core');
  assert.deepEqual(
    exports.filter(({ callable }) => callable).map((signature) => signature.name),
    ['square'],
  );
});

test('refuses what a side module imports in a module without the section dylink.0', async () => {
  const error = await refusal(sideModule);
  assert.equal(error.code, 'IMPORT_NOT_PROVIDED');
  assert.equal(error.extra?.['importCount'], 5);
});

test('refuses a side module that uses symbols of others, of another type, or more room than it may', async () => {
  const options = { maxMemoryBytes };
  const size = [24, 2, 1, 0];
  await assert.rejects(inspect(await withDylink(sideModule.replace('"GOT.mem" "counter"', '"GOT.mem" "other"'), size), options), {
    code: 'IMPORT_NOT_PROVIDED',
    message: /side module that uses symbols of others; link everything it uses into it/,
  });
  await assert.rejects(
    inspect(await withDylink(sideModule.replace('"__memory_base" (global i32)', '"__memory_base" (global i64)'), size), options),
    {
      code: 'IMPORT_NOT_PROVIDED',
    },
  );
  await assert.rejects(inspect(await withDylink(sideModule, [0x80, 0x80, 0x80, 0x41, 2, 1, 0]), options), {
    code: 'MODULE_OVER_LIMIT',
    message: /2080 pages/,
  });
  await assert.rejects(inspect(await withDylink(sideModule, [0, 0, 0xa1, 0x8d, 0x06, 0]), options), {
    code: 'MODULE_OVER_LIMIT',
    message: /100001 table elements/,
  });
  await assert.rejects(inspect(await withDylink(sideModule, [0, 33, 0, 0]), options), {
    code: 'MODULE_INVALID',
    message: /dylink\.0 is malformed/,
  });
});

/** As compilers and runtimes import them; `what` is in the advice. */
const foreign: readonly (readonly [what: RegExp, imports: string])[] = [
  [/Go for browsers.*GOOS=wasip1/, '(import "gojs" "runtime.wasmExit" (func (param i32)))'],
  [/Go for browsers/, '(import "go" "runtime.wasmExit" (func (param i32)))'],
  [/wasi-threads/, '(import "wasi" "thread-spawn" (func (param i32) (result i32)))'],
  [/HTTP experiment/, '(import "wasi_experimental_http" "req" (func (param i32 i32) (result i32)))'],
  [/without this extension/, '(import "wasi_ephemeral_nn" "load" (func (param i32) (result i32)))'],
  [/Extism/, '(import "extism:host/env" "input_length" (func (result i64)))'],
  [/Spin 1/, '(import "spin-http" "send-http-request" (func (param i32)))'],
  [/waPC/, '(import "wapc" "__guest_request" (func (param i32 i32)))'],
  [/proxy-wasm/, '(import "env" "proxy_log" (func (param i32 i32 i32) (result i32)))'],
  [/wasm-bindgen/, '(import "wbg" "__wbindgen_throw" (func (param i32 i32)))'],
  [/wasm-bindgen/, '(import "./app_bg.js" "__wbg_log_1" (func (param i32 i32)))'],
  [
    /-fno-exceptions/,
    '(import "env" "invoke_iii" (func (param i32 i32 i32) (result i32))) (import "env" "__cxa_begin_catch" (func (param i32) (result i32)))',
  ],
  [
    /-sSTANDALONE_WASM/,
    '(import "env" "emscripten_memcpy_big" (func (param i32 i32 i32) (result i32))) (import "env" "setTempRet0" (func (param i32)))',
  ],
  [/-sSTANDALONE_WASM/, '(import "a" "a" (func (param i32))) (import "a" "b" (func))'],
  [/-sPURE_WASI/, '(import "env" "__syscall_openat" (func (param i32 i32 i32 i32) (result i32)))'],
  [/core module of a component/, '(import "wasi:cli/exit@0.2.3" "exit" (func (param i32)))'],
];
for (const [what, imports] of foreign) {
  test(`says what would run instead of a module with ${imports}`, async () => {
    const error = await refusal(`(module ${imports} ${memory})`);
    assert.equal(error.code, 'IMPORT_NOT_PROVIDED');
    assert.match(error.message, what);
  });
}
