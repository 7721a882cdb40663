/** Uploads that are refused: the exact reason, and the previous version keeps serving. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { constant } from '../../fixtures/guests.ts';
import type { ErrorCode } from '../../../contracts/errors.ts';
import type { Deployment } from '../../support/deployment.ts';
import { assertAnswer, assertProblem, deploy, form, type FormParts, invoke, upload } from '../../support/functions.ts';
import { send } from '../../support/http.ts';
import { fromWat } from '../../support/modules.ts';
import { maxMemoryBytes } from '../environment.ts';

interface Refusal {
  readonly what: string;
  readonly module: string | Uint8Array;
  readonly config?: object;
  readonly code: ErrorCode;
  readonly detail: string | RegExp;
}

const refusals: readonly Refusal[] = [
  { what: 'an empty body', module: new Uint8Array(0), code: 'MODULE_INVALID', detail: /^this is not a WebAssembly module but / },
  { what: 'text', module: Buffer.from('<html>'), code: 'MODULE_INVALID', detail: /^this is not a WebAssembly module but / },
  {
    what: 'half a module',
    module: Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1),
    code: 'MODULE_INVALID',
    detail: /^the module is not valid: /,
  },
  {
    what: 'a missing import',
    module: '(module (import "env" "foo" (func)) (func (export "run")))',
    code: 'IMPORT_NOT_PROVIDED',
    detail: 'module imports "env"."foo" (func)',
  },
  {
    what: 'several missing imports',
    module: '(module (import "env" "storage" (memory 1)) (import "__proto__" "x" (global i32)) (func (export "run")))',
    code: 'IMPORT_NOT_PROVIDED',
    detail: 'module imports "env"."storage" (memory) and 1 more',
  },
  {
    what: 'more memory at the start than memoryBytes',
    module: '(module (memory 3) (func (export "run")))',
    config: { memoryBytes: 131_072 },
    code: 'MODULE_OVER_LIMIT',
    detail: 'the module starts with 196608 bytes of memory (3 pages); its memoryBytes of 131072 allows 2 pages',
  },
  {
    what: 'two exports, none named like the function',
    module: '(module (func (export "one") (param i32)) (func (export "two") (result f64) (f64.const 0)))',
    code: 'ENTRY_NOT_FOUND',
    detail: 'the module has no export named "kept" and not exactly one callable export; candidates are one(p0: i32), two() -> f64',
  },
  { what: 'no export', module: '(module)', code: 'ENTRY_NOT_FOUND', detail: /it exports no callable function$/ },
  {
    what: 'an entry that is no export',
    module: constant(1),
    config: { entry: 'walk' },
    code: 'ENTRY_NOT_FOUND',
    detail: 'the module exports no function "walk"; candidates are run() -> i32',
  },
  {
    what: 'an unknown member of the config',
    module: constant(1),
    config: { memory: 1 },
    code: 'INVALID_CONFIG',
    detail: /^"memory" is no member of a configuration; members are entry, params, timeoutMs/,
  },
  {
    what: 'a wrong type in the config',
    module: constant(1),
    config: { timeoutMs: '1s' },
    code: 'INVALID_CONFIG',
    detail: /^timeoutMs must be integer/,
  },
  { what: 'a timeoutMs of 0', module: constant(1), config: { timeoutMs: 0 }, code: 'INVALID_CONFIG', detail: /^timeoutMs must be >= 1/ },
  {
    what: 'a concurrency of 0',
    module: constant(1),
    config: { concurrency: 0 },
    code: 'INVALID_CONFIG',
    detail: /^concurrency must be >= 1/,
  },
  {
    what: 'more memoryBytes than the operator allows',
    module: constant(1),
    config: { memoryBytes: maxMemoryBytes + 1 },
    code: 'INVALID_CONFIG',
    detail: `memoryBytes: ${maxMemoryBytes + 1} is more than the operator allows, ${maxMemoryBytes} (BANTAM_MAX_MEMORY_BYTES)`,
  },
  {
    what: 'a longer timeoutMs than the operator allows',
    module: constant(1),
    config: { timeoutMs: 60_001 },
    code: 'INVALID_CONFIG',
    detail: 'timeoutMs: 60001 is more than the operator allows, 60000 (BANTAM_MAX_TIMEOUT_MS)',
  },
  {
    what: 'too many parameter names',
    module: constant(1),
    config: { params: ['n'] },
    code: 'INVALID_CONFIG',
    detail: 'params: run() -> i32 has 0 parameters, 1 names are given',
  },
  {
    what: 'parameter names of no export',
    module: constant(1),
    config: { params: { walk: [] } },
    code: 'INVALID_CONFIG',
    detail: 'params: the module exports no function "walk"',
  },
];

const forms: readonly { what: string; parts: FormParts; code: ErrorCode; detail: RegExp }[] = [
  { what: 'without a module', parts: { config: '{}' }, code: 'INVALID_REQUEST', detail: /no part "module"/ },
  { what: 'with an unknown part', parts: { wasm: Uint8Array.of(0) }, code: 'INVALID_REQUEST', detail: /a part "wasm"/ },
  {
    what: 'whose module is a field instead of a file',
    parts: { module: 'text' },
    code: 'INVALID_REQUEST',
    detail: /^the part "module" is not a file/,
  },
  {
    what: 'with two configs',
    parts: [
      ['config', '{}'],
      ['config', '{}'],
    ],
    code: 'INVALID_REQUEST',
    detail: /a part "config"/,
  },
  { what: 'whose config is not JSON', parts: { config: '{' }, code: 'INVALID_CONFIG', detail: /the part "config" is not JSON/ },
  { what: 'whose config says that it is JSON and is not', parts: { config: { json: '{' } }, code: 'INVALID_REQUEST', detail: /JSON/ },
  { what: 'whose typed config is a number', parts: { config: { json: '5' } }, code: 'INVALID_CONFIG', detail: /not a JSON object/ },
  { what: 'whose config is an array', parts: { config: '[]' }, code: 'INVALID_CONFIG', detail: /not a JSON object/ },
  { what: 'whose config is null', parts: { config: 'null' }, code: 'INVALID_CONFIG', detail: /not a JSON object/ },
  {
    what: 'whose config has "__proto__"',
    parts: { config: '{"__proto__": {"timeoutMs": 1}}' },
    code: 'INVALID_CONFIG',
    detail: /"__proto__" is no member/,
  },
];

export function refusalsSuite(deployment: () => Deployment): void {
  describe('refusing an upload', { concurrency: 4 }, () => {
    before(() => deploy(deployment().url, 'kept', constant(42)));

    for (const { what, module, config, code, detail } of refusals) {
      test(`refuses ${what} as ${code}, and the previous version keeps serving`, async () => {
        const { url } = deployment();
        const bytes = typeof module === 'string' ? await fromWat(module) : module;
        assertProblem(await upload(url, 'kept', bytes, config), code, detail);
        const answer = await invoke(url, 'kept');
        assertAnswer(answer, 42);
        assert.equal(answer.headers['x-bantam-version'], '1');
      });
    }

    for (const { what, parts, code, detail } of forms) {
      test(`refuses a form ${what} as ${code}`, async () => {
        assertProblem(await send(deployment().url, '/api/functions/kept', form(parts)), code, detail);
      });
    }

    test('lists the candidates and the missing imports as members of the problem', async () => {
      const { url } = deployment();
      const ambiguous = await upload(url, 'members', await fromWat('(module (func (export "one") (param i32)) (func (export "two")))'));
      assert.partialDeepStrictEqual(ambiguous.json, { candidates: ['one(p0: i32)', 'two()'] });
      const importing = await upload(
        url,
        'members',
        await fromWat('(module (import "env" "foo" (func (param i32) (result f64))) (func (export "run")))'),
      );
      assert.partialDeepStrictEqual(importing.json, {
        importCount: 1,
        imports: [{ module: 'env', name: 'foo', kind: 'function', type: '(i32) -> f64' }],
      });
    });

    test('refuses a form that has no boundary, and one that ends too early', async () => {
      const { url } = deployment();
      const whole = form({ module: await fromWat(constant(1)) });
      const bare = await send(url, '/api/functions/kept', { ...whole, headers: { 'content-type': 'multipart/form-data' } });
      assertProblem(bare, 'INVALID_REQUEST');
      const body = whole.body as Uint8Array;
      for (const length of [0, 60, body.length - 20]) {
        assertProblem(await send(url, '/api/functions/kept', { ...whole, body: body.subarray(0, length) }), 'INVALID_REQUEST');
      }
    });
  });
}
