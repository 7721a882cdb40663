/** Files, arguments and environment that are published with a module. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { FunctionVersion } from '../../../contracts/function.ts';
import { constant } from '../../fixtures/guests.ts';
import { listArchive } from '../../support/assets.ts';
import type { Deployment } from '../../support/deployment.ts';
import { assertProblem, type FormParts, form, invoke, patch } from '../../support/functions.ts';
import { type HttpAnswer, oneConnection, send } from '../../support/http.ts';
import { fromWat } from '../../support/modules.ts';
import { type TarPart, tarOf } from '../../support/tar.ts';
import { maxAssetBytes } from '../environment.ts';

/** Answers with the file data/greeting.txt, or "none", then appends to it where it may, and with `name=value` of its environment. */
const reader = `(module
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get" (func $environ (param i32 i32) (result i32)))
  (memory (export "memory") 2)
  (data (i32.const 64) "data/greeting.txt") (data (i32.const 96) "none") (data (i32.const 112) " again")
  (func $print (param $fd i32) (param $at i32) (param $length i32)
    (i32.store (i32.const 0) (local.get $at)) (i32.store (i32.const 4) (local.get $length))
    (if (call $write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8)) (then unreachable)))
  (func (export "_start")
    (if (call $open (i32.const 3) (i32.const 1) (i32.const 64) (i32.const 17) (i32.const 0) (i64.const 66) (i64.const 0) (i32.const 0) (i32.const 16))
      (then (call $print (i32.const 1) (i32.const 96) (i32.const 4)))
      (else
        (i32.store (i32.const 0) (i32.const 1024)) (i32.store (i32.const 4) (i32.const 1024))
        (if (call $read (i32.load (i32.const 16)) (i32.const 0) (i32.const 1) (i32.const 8)) (then unreachable))
        (call $print (i32.const 1) (i32.const 1024) (i32.load (i32.const 8)))
        (call $print (i32.load (i32.const 16)) (i32.const 112) (i32.const 6))))
    (drop (call $sizes (i32.const 20) (i32.const 24)))
    (drop (call $environ (i32.const 4096) (i32.const 8192)))
    (call $print (i32.const 1) (i32.const 8192) (i32.load (i32.const 24)))))`;

const greeting = (text: string): TarPart => ({ name: './data/greeting.txt', contents: text, modifiedAtS: 1_700_000_000 });
const files = tarOf(greeting('hello'), { name: 'data/link', type: '2', target: 'greeting.txt' });

async function publish(url: string, name: string, parts: FormParts): Promise<FunctionVersion> {
  const answer = await send(url, `/api/functions/${name}`, form(parts));
  assert.ok(answer.status === 201 || answer.status === 200, answer.text);
  return answer.json as FunctionVersion;
}

/** What the guest answered before its environment, and whether that has this variable. */
async function said(url: string, path: string, variable = ''): Promise<[string, boolean]> {
  const { status, text } = await invoke(url, path);
  assert.equal(status, 200, text);
  return [/^(hello|bye|none)/.exec(text)?.[0] ?? text, text.split('\0').some((line) => line.endsWith(variable))];
}

export function assetsSuite(deployment: () => Deployment): void {
  describe('assets', { concurrency: 4 }, () => {
    test('are there for every call as they were published, whatever calls write, and shown with the version', async () => {
      const { url } = deployment();
      const version = await publish(url, 'assets', { module: await fromWat(reader), assets: gzipSync(files) });
      assert.equal(version.kind, 'command');
      assert.partialDeepStrictEqual(version, { version: 1, assets: { entries: 3, sizeBytes: 5 } });
      for (let call = 0; call < 3; call++) assert.deepEqual(await said(url, 'assets'), ['hello', true]);
    });

    test('come with the configuration, in any order of parts; both stay over PATCH, and go with the next publish', async () => {
      const { url } = deployment();
      const module = await fromWat(reader);
      const config = JSON.stringify({ env: { COLOUR: 'blue' } });
      const first = await publish(url, 'assets-config', { assets: files, config, module });
      assert.deepEqual(await said(url, 'assets-config', 'COLOUR=blue'), ['hello', true]);
      const patched = await patch(url, 'assets-config', { env: { COLOUR: 'red' }, timeoutMs: 5_000 });
      assert.partialDeepStrictEqual(patched.json, { version: 2, assets: first.assets, config: { env: { COLOUR: 'red' } } });
      assert.deepEqual(await said(url, 'assets-config', 'COLOUR=red'), ['hello', true]);
      const bare = await publish(url, 'assets-config', { module });
      assert.deepEqual([bare.version, bare.assets], [3, undefined]);
      assert.deepEqual(await said(url, 'assets-config', 'COLOUR=red'), ['none', false]);
      assert.deepEqual(await said(url, 'assets-config@1', 'COLOUR=blue'), ['hello', true]);
    });

    test('make another version when they are others, and the same when only their order or wrapping is', async () => {
      const { url } = deployment();
      const module = await fromWat(reader);
      const versionOf = async (assets: Uint8Array): Promise<number> => (await publish(url, 'assets-same', { module, assets })).version;
      const link: TarPart = { name: 'data/link', type: '2', target: 'greeting.txt' };
      assert.equal(await versionOf(files), 1);
      assert.equal(await versionOf(gzipSync(tarOf(link, greeting('hello')))), 1);
      assert.equal(await versionOf(tarOf(greeting('bye'), link)), 2);
      assert.deepEqual(await said(url, 'assets-same'), ['bye', true]);
    });

    test('are given back as a tar archive', async () => {
      const { url } = deployment();
      const { assets } = await publish(url, 'assets-back', { module: await fromWat(reader), assets: files });
      const answer = await send(url, '/api/functions/assets-back/versions/1/assets');
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.headers['content-type'], 'application/x-tar');
      assert.equal(answer.headers['etag'], `"${assets?.digest}"`);
      assert.deepEqual(await listArchive(answer.bytes), ['data/', 'data/greeting.txt: hello', 'data/link -> greeting.txt']);
      await publish(url, 'assets-none', { module: await fromWat(reader) });
      const none = await send(url, '/api/functions/assets-none/versions/1/assets');
      assertProblem(none, 'ASSETS_NOT_FOUND', 'assets-none@1 was published without assets');
    });

    test('with more bytes than the operator allows are refused, with exactly as many taken', async () => {
      const { url } = deployment();
      const module = await fromWat(reader);
      const put = (sizeBytes: number): Promise<HttpAnswer> =>
        send(url, '/api/functions/assets-size', form({ module, assets: gzipSync(tarOf(greeting('x'.repeat(sizeBytes)))) }));
      const most = await put(maxAssetBytes);
      assert.equal(most.status, 201, most.text);
      assertProblem(
        await put(maxAssetBytes + 1),
        'ASSETS_TOO_LARGE',
        `the files have more than ${maxAssetBytes} bytes together (BANTAM_MAX_ASSET_BYTES)`,
      );
      const flood = new Uint8Array(200 * maxAssetBytes);
      assertProblem(await send(url, '/api/functions/assets-size', form({ module, assets: flood })), 'ASSETS_TOO_LARGE');
      assertProblem(await send(url, '/api/functions/assets-size', form({ module, assets: gzipSync(flood) })), 'ASSETS_TOO_LARGE');
      assert.partialDeepStrictEqual((await send(url, '/api/functions/assets-size')).json, { version: 1 });
    });

    test('that are refused early are read to their end, so that the connection serves the next request', { timeout: 30_000 }, async () => {
      const { url } = deployment();
      const module = await fromWat(reader);
      const large = randomBytes(8_000_000);
      const refused: readonly FormParts[] = [
        { assets: large, module },
        { assets: gzipSync(large), module },
        { module: large, assets: gzipSync(large) },
        { other: large, module: large, assets: large },
        { config: large, assets: large },
        { config: '{"nothing": 1}', module: large, assets: large },
        {
          assets: gzipSync(
            tarOf({ name: '../up' }, ...Array.from({ length: 4_000 }, (_, i) => ({ name: `f${i}`, contents: 'x'.repeat(100) }))),
          ),
        },
      ];
      const agent = oneConnection();
      for (const parts of refused) {
        const answer = await send(url, '/api/functions/assets-refused-early', { ...form(parts), agent });
        assert.ok(answer.status >= 400 && answer.status < 500, answer.text);
        assert.equal((await send(url, '/healthz', { agent })).status, 200);
      }
      agent.destroy();
    });

    test('that are no archive, no file, given twice or of no use to the module are refused', async () => {
      const { url } = deployment();
      const module = await fromWat(reader);
      const put = (parts: FormParts): Promise<HttpAnswer> => send(url, '/api/functions/assets-refused', form(parts));
      assertProblem(await put({ module, assets: tarOf({ name: '../up' }) }), 'ASSETS_INVALID', 'the entry "../up" has ".." in its path');
      assertProblem(await put({ module, assets: Buffer.from('no archive') }), 'ASSETS_INVALID', /cut short/);
      assertProblem(await put({ module, assets: 'text' }), 'INVALID_REQUEST', /the part "assets" is not a file/);
      assertProblem(
        await put([
          ['module', module],
          ['assets', files],
          ['assets', files],
        ]),
        'INVALID_REQUEST',
        /at most one "assets"/,
      );
      const core = await fromWat(constant(1));
      assertProblem(await put({ module: core, assets: files }), 'ASSETS_INVALID', /imports nothing of WASI to read files with/);
      assertProblem(await put({ module: core, config: '{"args": ["a"]}' }), 'INVALID_CONFIG', /^args: .* to read arguments with/);
      assertProblem(await put({ module, config: '{"env": {"A=B": "1"}}' }), 'INVALID_CONFIG', /^env.A=B is no name of a variable/);
      assertProblem(await invoke(url, 'assets-refused'), 'FUNCTION_NOT_FOUND');
    });
  });
}
