/** /fn/{name}[@version][/{export}]: methods, versions, exports, headers, body size. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { add, constant, echo } from '../../fixtures/guests.ts';
import type { Deployment } from '../../support/deployment.ts';
import { assertAnswer, assertProblem, deploy, invoke } from '../../support/functions.ts';
import type { HttpRequest } from '../../support/http.ts';
import { maxBodyBytes } from '../environment.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export function invocationSuite(deployment: () => Deployment): void {
  describe('an invocation', { concurrency: 4 }, () => {
    before(async () => {
      await deploy(deployment().url, 'add', add);
      await deploy(deployment().url, 'echo', echo, { entry: 'i32' });
    });

    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'REPORT', 'M-SEARCH', 'TRACE']) {
      test(`takes ${method}`, async () => assertAnswer(await invoke(deployment().url, 'add?a=40&b=2', { method }), 42));
    }
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'QUERY']) {
      test(`takes ${method} with a body`, async () => {
        assertAnswer(
          await invoke(deployment().url, 'add', { method, headers: { 'content-type': 'application/json' }, body: '{"a": 40, "b": 2}' }),
          42,
        );
      });
    }

    test('takes HEAD: the headers of the answer without its body', async () => {
      const answer = await invoke(deployment().url, 'add?a=40&b=2', { method: 'HEAD' });
      assert.equal(answer.status, 200);
      assert.equal(answer.text, '');
      assert.equal(answer.headers['content-length'], '2');
      assert.equal(answer.headers['x-bantam-version'], '1');
    });

    test('of @version runs that version, of the bare name the latest', async () => {
      const { url } = deployment();
      await deploy(url, 'versioned', constant(1));
      assertAnswer(await invoke(url, 'versioned'), 1);
      assertProblem(await invoke(url, 'versioned@2'), 'VERSION_NOT_FOUND');
      await deploy(url, 'versioned', constant(2));
      for (const [path, version] of [
        ['versioned', 2],
        ['versioned@1', 1],
        ['versioned@2', 2],
        ['versioned@1/run', 1],
      ] as const) {
        const answer = await invoke(url, path);
        assertAnswer(answer, version);
        assert.equal(answer.headers['x-bantam-version'], `${version}`);
      }
      assertProblem(await invoke(url, 'versioned@99'), 'VERSION_NOT_FOUND', 'there is no function "versioned" with version 99');
      assertProblem(await invoke(url, 'versioned@x'), 'INVALID_NAME', '"x" is not a version number');
      assertProblem(await invoke(url, 'nobody'), 'FUNCTION_NOT_FOUND', 'there is no function "nobody"');
      assertProblem(await invoke(url, 'nobody@1'), 'VERSION_NOT_FOUND');
    });

    test('of /{export} runs that export, whatever its name', async () => {
      const { url } = deployment();
      const names = ['a/b', 'a b', '€', '%41', 'constructor', '__proto__', 'toString', '?', '..'];
      const functions = names.map((name, i) => `(func (export "${name.replace('€', '\\e2\\82\\ac')}") (result i32) (i32.const ${i}))`);
      await deploy(url, 'odd-names', `(module ${functions.join(' ')} (func (export "odd-names") (result i32) (i32.const 99)))`);
      for (const [i, name] of names.entries()) assertAnswer(await invoke(url, `odd-names/${encodeURIComponent(name)}`), i);
      assertAnswer(await invoke(url, 'odd-names/a/b'), 0);
      assertAnswer(await invoke(url, 'odd-names/'), 99);
    });

    test('of an export that is not there answers 404 with those that are', async () => {
      const { url } = deployment();
      const shown = ['i32(x: i32) -> i32', 'i64(x: i64) -> i64', 'f32(x: f32) -> f32', 'f64(x: f64) -> f64'];
      for (const name of ['i16', 'constructor', '__proto__', 'hasOwnProperty', 'i32/x']) {
        const answer = await invoke(url, `echo/${name}`);
        assertProblem(answer, 'EXPORT_NOT_FOUND', `there is no exported function "${name}"; exports: ${shown.join('; ')}`);
        assert.partialDeepStrictEqual(answer.json, { exports: shown });
      }
    });

    test('of an export that HTTP cannot call says so', async () => {
      const { url } = deployment();
      await deploy(
        url,
        'vector',
        '(module (func (export "vector") (result i32) (i32.const 1)) (func (export "wide") (param $v v128)) (memory (export "memory") 1))',
      );
      assertProblem(await invoke(url, 'vector/wide?v=1'), 'EXPORT_NOT_FOUND', /^wide\(v: v128\) has a type that HTTP cannot carry/);
      assertProblem(await invoke(url, 'vector/memory'), 'EXPORT_NOT_FOUND', /^there is no exported function "memory"/);
    });

    test('answers with its id, version, way of starting, timing and request id', async () => {
      const { url } = deployment();
      await deploy(url, 'headers', constant(314));
      const first = await invoke(url, 'headers', { headers: { 'x-request-id': 'my-id.1' } });
      assert.equal(first.headers['x-bantam-start'], 'cold');
      assert.equal(first.headers['x-request-id'], 'my-id.1');
      assert.equal(first.headers['x-bantam-version'], '1');
      assert.match(String(first.headers['x-bantam-invocation-id']), uuid);
      assert.match(String(first.headers['server-timing']), /^queue;dur=\d+\.\d{3}, load;dur=\d+\.\d{3}, run;dur=\d+\.\d{3}$/);
      const second = await invoke(url, 'headers');
      assert.match(String(second.headers['x-request-id']), uuid);
      assert.notEqual(second.headers['x-bantam-invocation-id'], first.headers['x-bantam-invocation-id']);
    });

    test('is cold while executors have not compiled the module, then put back to its initial state, or fresh where it could not be', async () => {
      const { url } = deployment();
      await deploy(url, 'warming', constant(315));
      const starts: unknown[] = [];
      for (let i = 0; i < 40; i++) starts.push((await invoke(url, 'warming')).headers['x-bantam-start']);
      assert.equal(starts[0], 'cold');
      assert.ok(
        starts.every((start) => start === 'cold' || start === 'fresh' || start === 'reset'),
        String(starts),
      );
      // Each executor is cold once; there are a few, and one may be replaced meanwhile.
      assert.ok(starts.filter((start) => start === 'reset').length > 20, String(starts));
    });

    test('gives a new request id when the one it got is no plain one', async () => {
      for (const id of ['x'.repeat(129), 'a b', 'ü']) {
        assert.match(
          String((await invoke(deployment().url, 'add?a=1&b=2', { headers: { 'x-request-id': id } })).headers['x-request-id']),
          uuid,
        );
      }
    });

    test('carries its ids also when it fails, in headers and in the problem', async () => {
      const { url } = deployment();
      await deploy(url, 'fails', '(module (func (export "fails") unreachable))');
      for (const path of ['fails', 'add?a=1', 'nobody']) {
        const answer = await invoke(url, path, { headers: { 'x-request-id': 'mine' } });
        assert.equal(answer.headers['x-request-id'], 'mine', path);
        const id = answer.headers['x-bantam-invocation-id'];
        assert.match(String(id), uuid);
        assert.partialDeepStrictEqual(answer.json, { invocationId: id }, path);
      }
    });

    test('takes a body of exactly the limit and answers 413 one byte past it', async () => {
      const { url } = deployment();
      const body = (sizeBytes: number): Buffer => Buffer.from('[40, 2]'.padEnd(sizeBytes));
      const ways: readonly ((bytes: Buffer) => HttpRequest)[] = [
        (bytes) => ({ method: 'POST', body: bytes }),
        (bytes) => ({ method: 'POST', body: [bytes.subarray(0, 10), bytes.subarray(10)] }),
      ];
      for (const way of ways) {
        assertAnswer(await invoke(url, 'add', way(body(maxBodyBytes))), 42);
        assertProblem(await invoke(url, 'add', way(body(maxBodyBytes + 1))), 'BODY_TOO_LARGE');
        assertProblem(await invoke(url, 'add', way(body(maxBodyBytes * 64))), 'BODY_TOO_LARGE');
      }
    });
  });
}
