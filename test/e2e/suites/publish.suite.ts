/** PUT /api/functions/{name}: the ways to send a module, and what is answered. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import type { FunctionVersion } from '../../../contracts/function.ts';
import { add, constant } from '../../fixtures/guests.ts';
import type { Deployment } from '../../support/deployment.ts';
import { assertAnswer, deploy, form, invoke, upload } from '../../support/functions.ts';
import { send } from '../../support/http.ts';
import { fromWat } from '../../support/modules.ts';

export function publishSuite(deployment: () => Deployment): void {
  describe('publishing', { concurrency: 4 }, () => {
    test('answers 201 with everything there is to know of the version', async () => {
      const { url } = deployment();
      const bytes = await fromWat(add);
      const answer = await upload(url, 'add', bytes);
      assert.equal(answer.status, 201, answer.text);
      assert.equal(answer.headers['location'], '/api/functions/add');
      const { createdAt, ...version } = answer.json as FunctionVersion;
      assert.deepEqual(version, {
        name: 'add',
        version: 1,
        digest: createHash('sha256').update(bytes).digest('hex'),
        sizeBytes: bytes.length,
        kind: 'core',
        entry: 'add',
        exports: [
          {
            name: 'add',
            params: [
              { name: 'a', type: 'i32' },
              { name: 'b', type: 'i32' },
            ],
            results: ['i32'],
            callable: true,
          },
        ],
        needs: [],
        config: {},
        limits: { timeoutMs: 30_000, memoryBytes: 134_217_728, concurrency: 1_000 },
        namespace: 'default',
        invokeUrl: `${url}/fn/add`,
        live: { version: 1 },
      });
      assert.ok(Math.abs(Date.now() - Date.parse(createdAt)) < 60_000, createdAt);
      assertAnswer(await send(version.invokeUrl, '/fn/add?a=1&b=2'), 3);
    });

    for (const type of ['application/wasm', 'text/plain', 'application/json', 'no type at all']) {
      test(`takes a raw module that says it is ${type}`, async () => {
        const answer = await send(deployment().url, '/api/functions/typed', {
          method: 'PUT',
          headers: { 'content-type': type },
          body: await fromWat(add),
        });
        assert.ok(answer.status === 201 || answer.status === 200, answer.text);
        assert.equal((answer.json as FunctionVersion).version, 1);
      });
    }

    test('takes a raw module sent in chunks without a length', async () => {
      const bytes = await fromWat(add);
      const answer = await send(deployment().url, '/api/functions/chunked', {
        method: 'PUT',
        body: [bytes.subarray(0, 9), bytes.subarray(9)],
      });
      assert.equal(answer.status, 201, answer.text);
    });

    test('takes a form with module and config: in either order, the config as text, as JSON or as a file', async () => {
      const { url } = deployment();
      const module = await fromWat(add);
      const config = JSON.stringify({ params: ['left', 'right'], timeoutMs: 1_234 });
      const first = await send(url, '/api/functions/form', form({ module, config }));
      assert.equal(first.status, 201, first.text);
      assert.partialDeepStrictEqual(first.json, {
        version: 1,
        config: { params: ['left', 'right'], timeoutMs: 1_234 },
        limits: { timeoutMs: 1_234 },
      });
      const again = await send(url, '/api/functions/form', form({ config, module }));
      assert.equal(again.status, 200, again.text);
      const typed = await send(url, '/api/functions/form', form({ module, config: { json: config } }));
      assert.equal(typed.status, 200, typed.text);
      const file = await send(url, '/api/functions/form', form({ module, config: Buffer.from(config) }));
      assert.equal(file.status, 200, file.text);
      assertAnswer(await invoke(url, 'form?left=1&right=2'), 3);
    });

    test('takes a form without config', async () => {
      const answer = await send(deployment().url, '/api/functions/form-bare', form({ module: await fromWat(add) }));
      assert.partialDeepStrictEqual(answer.json, { version: 1, config: {} });
    });

    test('answers 200 with the same version for the same bytes and config, 201 with the next one for anything else', async () => {
      const { url } = deployment();
      const [one, two] = await Promise.all([fromWat(constant(1)), fromWat(constant(2))]);
      const outcome = async (bytes: Uint8Array, config?: object): Promise<[number, number]> => {
        const { status, json } = await upload(url, 'again', bytes, config);
        return [status, (json as FunctionVersion).version];
      };
      assert.deepEqual(await outcome(one), [201, 1]);
      assert.deepEqual(await outcome(one), [200, 1]);
      assert.deepEqual(await outcome(one, {}), [200, 1]);
      assert.deepEqual(await outcome(two), [201, 2]);
      assert.deepEqual(await outcome(two, { timeoutMs: 1_000 }), [201, 3]);
      assert.deepEqual(await outcome(two, { timeoutMs: 1_000 }), [200, 3]);
      assert.deepEqual(await outcome(one), [201, 4]);
      assertAnswer(await invoke(url, 'again'), 1);
    });

    test('gives every one of 8 concurrent publishes of a function a version of its own, and serves the last', async () => {
      const { url } = deployment();
      const versions = await Promise.all(Array.from({ length: 8 }, (_, i) => deploy(url, 'rush', constant(i))));
      assert.deepEqual(
        versions.map(({ version }) => version).toSorted((a, b) => a - b),
        Array.from({ length: 8 }, (_, i) => i + 1),
      );
      assertAnswer(
        await invoke(url, 'rush'),
        versions.findIndex(({ version }) => version === 8),
      );
      for (const [i, { version }] of versions.entries()) assertAnswer(await invoke(url, `rush@${version}`), i);
    });

    test('gives concurrent publishes of the same bytes one version', async () => {
      const { url } = deployment();
      const bytes = await fromWat(constant(7));
      const answers = await Promise.all(Array.from({ length: 4 }, () => upload(url, 'same', bytes)));
      assert.deepEqual(
        answers.map(({ status }) => status).filter((status) => status !== 200),
        [201],
      );
      assert.ok(answers.every(({ json }) => (json as FunctionVersion).version === 1));
    });
  });
}
