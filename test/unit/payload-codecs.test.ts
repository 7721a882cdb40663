/** The payload of a call, by kind of module, and the settings that travel with it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeCall } from '../../contracts/call.ts';
import type { ExportSignature, FunctionVersion } from '../../contracts/function.ts';
import { type ModuleKind, moduleKinds, payloadOf } from '../../contracts/kinds.ts';
import { decodeRequest, type GuestRequest } from '../../contracts/request.ts';
import { decodeTypedCall, type TypedCall } from '../../contracts/typed-call.ts';
import type { WitType } from '../../contracts/wit.ts';
import type { CallRequest } from '../../gateway/invoke/codecs/codec.ts';
import { encodePayload } from '../../gateway/invoke/codecs/encode.ts';
import { targetOf } from '../../contracts/target.ts';

const whole: GuestRequest = {
  method: 'POST',
  scheme: 'http',
  authority: 'h',
  scriptName: '/fn/f',
  pathInfo: '/rest',
  query: 'n=1',
  remoteAddress: '::1',
  httpVersion: '1.1',
  headers: ['x-a', 'é'],
  body: Buffer.from([0, 255]),
};

function version(kind: ModuleKind, exports: ExportSignature[], more: Partial<FunctionVersion> = {}): FunctionVersion {
  const limits = { timeoutMs: 1, memoryBytes: 131_073, concurrency: 1 };
  const base = { name: 'f', version: 3, digest: 'd', sizeBytes: 1, kind, entry: exports[0]?.name ?? '_start', exports, needs: [] };
  return { ...base, config: {}, limits, createdAt: '2026-01-01T00:00:00Z', ...more };
}

function call(more: Partial<CallRequest>): CallRequest {
  return { rest: undefined, query: undefined, body: undefined, contentType: undefined, accept: undefined, whole: () => whole, ...more };
}

const core = (name: string): ExportSignature => ({ name, params: [{ name: 'n', type: 'i32' }], results: ['i32'], callable: true });

function typed(name: string, param: WitType, result?: WitType): ExportSignature {
  const wit = { params: [{ name: 'n', type: param }], ...(result && { result }) };
  return { name, params: [{ name: 'n', type: param.kind }], results: [], callable: true, wit };
}

const u8: WitType = { kind: 'u8' };
const bytes: WitType = { kind: 'list', of: u8 };
const typedCall = (of: FunctionVersion, more: Partial<CallRequest>): TypedCall => decodeTypedCall(encodePayload(of, call(more)));

test('core modules and reactors get an export and scalars', () => {
  for (const kind of ['core', 'reactor'] as const) {
    const fib = version(kind, [core('fib'), core('other')]);
    assert.deepEqual(decodeCall(encodePayload(fib, call({ query: 'n=7' }))), { exportName: 'fib', values: [7] });
    assert.deepEqual(decodeCall(encodePayload(fib, call({ rest: 'other', query: 'n=7' }))), { exportName: 'other', values: [7] });
    assert.throws(() => encodePayload(fib, call({ rest: 'none' })), {
      code: 'EXPORT_NOT_FOUND',
      message: 'there is no exported function "none"; exports: fib(n: i32) -> i32; other(n: i32) -> i32',
    });
  }
});

test('commands and wasi:http components get the whole request, whatever the path', () => {
  for (const kind of moduleKinds.filter((one) => payloadOf[one] === 'request'))
    assert.deepEqual(decodeRequest(encodePayload(version(kind, []), call({ rest: 'rest', query: 'n=1' }))), whole);
});

test('components get an export by its full name and its arguments', () => {
  const adder = version('component', [typed('a:b/c@1.0.0#add', u8), typed('x:y/z@1.0.0#run', u8), typed('q:y/z@1.0.0#run', u8)]);
  assert.deepEqual(typedCall(adder, { query: 'n=7' }), { exportName: 'a:b/c@1.0.0#add', args: [7], rawBytes: false });
  assert.equal(typedCall(adder, { rest: 'c/add', query: 'n=7' }).exportName, 'a:b/c@1.0.0#add');
  assert.equal(typedCall(adder, { rest: 'q:y/z/run', query: 'n=7' }).exportName, 'q:y/z@1.0.0#run');
  assert.throws(() => encodePayload(adder, call({ rest: 'run', query: 'n=7' })), {
    code: 'EXPORT_NOT_FOUND',
    message: /^several exported functions can be meant by "run": name its interface, too; exports: a:b\/c@1\.0\.0#add\(n: u8\); /,
  });
  assert.throws(() => encodePayload(adder, call({ query: 'n=256' })), { code: 'INVALID_ARGUMENTS' });
});

test('an export that cannot be called is refused by name, and why', () => {
  const runtime = { ...core('__new'), callable: false };
  const vector = { ...core('v'), results: ['v128'], callable: false };
  const reasons = {
    __new: "__new(n: i32) -> i32 is for the language's runtime, not for calls",
    v: 'v(n: i32) -> v128 has a type that HTTP cannot carry',
  };
  for (const [rest, reason] of Object.entries(reasons))
    assert.throws(() => encodePayload(version('core', [core('a'), runtime, vector]), call({ rest })), {
      code: 'EXPORT_NOT_FOUND',
      message: `${reason}; exports: a(n: i32) -> i32`,
    });
});

test('a refusal lists 50 exports and counts the others', () => {
  const many = version(
    'core',
    Array.from({ length: 53 }, (_, i) => core(`e${i}`)),
  );
  assert.throws(() => encodePayload(many, call({ rest: 'x' })), { message: /; e49\(n: i32\) -> i32 and 3 more$/ });
});

test('the bytes of a list<u8> are asked for by the name of their type, and given of nothing else', () => {
  const raw = (result: WitType | undefined, accept: string | undefined): boolean =>
    typedCall(version('component', [typed('f', u8, result)]), { query: 'n=1', accept }).rawBytes;
  for (const accept of ['application/octet-stream', 'text/html, Application/Octet-Stream;q=0.5', 'application/octet-stream; q=1, */*'])
    assert.equal(raw(bytes, accept), true, accept);
  for (const accept of [
    undefined,
    '',
    '*/*',
    'application/*',
    'application/octet-stream;q=0',
    'application/octet-stream-x',
    'application/json',
  ])
    assert.equal(raw(bytes, accept), false, String(accept));
  assert.equal(raw({ kind: 'result', ok: bytes }, 'application/octet-stream'), true);
  for (const other of [
    undefined,
    u8,
    { kind: 'list', of: { kind: 's8' } },
    { kind: 'option', of: bytes },
    { kind: 'result', err: bytes },
  ] as const)
    assert.equal(raw(other, 'application/octet-stream'), false);
});

test('-0 arrives with its sign, however deep', () => {
  const floats: WitType = { kind: 'list', of: { kind: 'f64' } };
  const sum = version('component', [typed('sum', floats)]);
  const body = (text: string): Partial<CallRequest> => ({ body: Buffer.from(text), contentType: 'application/json' });
  assert.deepEqual(typedCall(sum, body('{"n":[-0,0,-0.5,-0.0]}')).args, [[-0, 0, -0.5, -0]]);
  assert.deepEqual(typedCall(sum, { query: 'n=-.0&n=0' }).args, [[-0, 0]]);
  const pair: WitType = { kind: 'record', fields: [{ name: 'x', type: { kind: 'f32' } }] };
  assert.deepEqual(typedCall(version('component', [typed('f', pair)]), body('{"x":-0}')).args, [{ x: -0 }]);
});

test('a target says what a worker must know, and is made once per version', () => {
  const plain = version('core', [core('fib')]);
  assert.deepEqual(targetOf(plain), {
    function: 'f',
    version: 3,
    digest: 'd',
    kind: 'core',
    memoryPages: 2,
    reuse: false,
    settings: undefined,
  });
  assert.equal(targetOf(plain), targetOf(plain));
});

test('settings have the arguments, the sorted environment and the assets, and a key of exactly that', () => {
  const settings = (config: FunctionVersion['config'], digest?: string): ReturnType<typeof targetOf>['settings'] =>
    targetOf(version('command', [], { config, ...(digest !== undefined && { assets: { digest, entries: 1, sizeBytes: 1 } }) })).settings;
  const given = settings({ args: ['-v'], env: { b: '2', a: '1', __proto__x: '' } }, 'abc');
  assert.deepEqual(given?.args, ['-v']);
  assert.deepEqual(given?.env, [
    ['__proto__x', ''],
    ['a', '1'],
    ['b', '2'],
  ]);
  assert.equal(given?.assets, 'abc');
  assert.match(given?.key ?? '', /^[0-9a-f]{64}$/);
  assert.equal(settings({ args: ['-v'], env: { a: '1', __proto__x: '', b: '2' } }, 'abc')?.key, given?.key);
  const keys = [
    settings({ args: ['a', 'b'] }),
    settings({ args: ['a,b'] }),
    settings({ args: ['b', 'a'] }),
    settings({ env: { a: 'b' } }),
    settings({ env: { b: 'a' } }),
    settings({}, 'abc'),
    settings({}, 'abd'),
  ].map((one) => one?.key);
  assert.equal(new Set([given?.key, ...keys]).size, 8);
  assert.equal(settings({ args: [], env: {} }), undefined);
});
