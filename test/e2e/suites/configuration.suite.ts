/** What the configuration decides, and PATCH: a new version of the same module with another configuration. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FunctionVersion } from '../../../contracts/function.ts';
import { add, constant } from '../../fixtures/guests.ts';
import type { Deployment } from '../../support/deployment.ts';
import { assertAnswer, assertProblem, deploy, invoke, patch, upload } from '../../support/functions.ts';
import { formType, jsonType, send } from '../../support/http.ts';
import { fromWat } from '../../support/modules.ts';
import { maxMemoryBytes, maxTimeoutMs } from '../environment.ts';

const twoExports = `(module
  (func (export "first") (param $a i32) (result i32) (local.get $a))
  (func (export "second") (param $a i32) (param $b i32) (result i32) (i32.sub (local.get $a) (local.get $b))))`;

export function configurationSuite(deployment: () => Deployment): void {
  describe('the configuration', { concurrency: 4 }, () => {
    test('entry decides what plain calls run', async () => {
      const { url } = deployment();
      await deploy(url, 'entry', twoExports, { entry: 'second' });
      assertAnswer(await invoke(url, 'entry?a=5&b=3'), 2);
    });

    test('the export named like the function is the entry when nothing else is said', async () => {
      const { url } = deployment();
      assert.equal((await deploy(url, 'first', twoExports)).entry, 'first');
      assertAnswer(await invoke(url, 'first?a=5'), 5);
    });

    test('params as an array names the parameters of the entry', async () => {
      const { url } = deployment();
      await deploy(url, 'params-array', twoExports, { entry: 'second', params: ['from', 'take'] });
      assertAnswer(await invoke(url, 'params-array?take=3&from=5'), 2);
      assertAnswer(await invoke(url, 'params-array/first?a=1'), 1);
    });

    test('params as an object names the parameters of any export', async () => {
      const { url } = deployment();
      await deploy(url, 'params-object', twoExports, { entry: 'second', params: { first: ['x'], second: ['y', 'z'] } });
      assertAnswer(await invoke(url, 'params-object?z=3&y=5'), 2);
      assertAnswer(await invoke(url, 'params-object/first?x=1'), 1);
      assertProblem(await invoke(url, 'params-object/first?a=1'), 'INVALID_ARGUMENTS', /no parameter "a"/);
    });

    test('takes exactly the most that the operator allows', async () => {
      const { limits } = await deploy(deployment().url, 'most', constant(1), {
        memoryBytes: maxMemoryBytes,
        timeoutMs: maxTimeoutMs,
        concurrency: 100_000,
      });
      assert.deepEqual(limits, { memoryBytes: maxMemoryBytes, timeoutMs: maxTimeoutMs, concurrency: 100_000 });
    });

    test('takes exactly the least, and rounds memoryBytes down to pages', async () => {
      const { limits } = await deploy(deployment().url, 'least', constant(1), { memoryBytes: 65_537, timeoutMs: 1, concurrency: 1 });
      assert.deepEqual(limits, { memoryBytes: 65_536, timeoutMs: 1, concurrency: 1 });
    });

    test('naming a parameter twice is refused', async () => {
      const answer = await upload(deployment().url, 'twice', await fromWat(add), { params: ['a', 'a'] });
      assertProblem(answer, 'INVALID_CONFIG', 'params: "a" is given twice for add(a: i32, b: i32) -> i32');
    });
  });

  describe('PATCH', { concurrency: 4 }, () => {
    test('makes a new version of the same module: members given replace the old ones, null takes one out', async () => {
      const { url } = deployment();
      const first = await deploy(url, 'patched', add, { timeoutMs: 1_000, concurrency: 5 });
      const second = await patch(url, 'patched', { concurrency: 6, params: ['x', 'y'] });
      assert.equal(second.status, 201, second.text);
      assert.partialDeepStrictEqual(second.json, {
        version: 2,
        digest: first.digest,
        config: { timeoutMs: 1_000, concurrency: 6, params: ['x', 'y'] },
      });
      assertAnswer(await invoke(url, 'patched?x=1&y=2'), 3);
      assertAnswer(await invoke(url, 'patched@1?a=1&b=2'), 3);
      const third = await patch(url, 'patched', { timeoutMs: null, params: null });
      assert.equal(third.status, 201, third.text);
      assert.deepEqual((third.json as FunctionVersion).config, { concurrency: 6 });
      assert.equal((third.json as FunctionVersion).limits.timeoutMs, 30_000);
      assertAnswer(await invoke(url, 'patched?a=1&b=2'), 3);
    });

    test('that changes nothing answers 200 with the same version', async () => {
      const { url } = deployment();
      await deploy(url, 'unchanged', add, { timeoutMs: 1_000 });
      for (const change of [{}, { timeoutMs: 1_000 }, { concurrency: null }]) {
        const answer = await patch(url, 'unchanged', change);
        assert.equal(answer.status, 200, answer.text);
        assert.partialDeepStrictEqual(answer.json, { version: 1 });
      }
    });

    test('of a function that is not there answers 404', async () => {
      assertProblem(await patch(deployment().url, 'nobody', {}), 'FUNCTION_NOT_FOUND', 'there is no function "nobody"');
    });

    test('with a body that is no configuration answers 400, and nothing changes', async () => {
      const { url } = deployment();
      await deploy(url, 'stays', add);
      const raw = (body: string): ReturnType<typeof send> =>
        send(url, '/api/functions/stays', { method: 'PATCH', headers: jsonType, body });
      for (const body of ['', '{', 'nonsense', '{"__proto__": {}}']) assertProblem(await raw(body), 'INVALID_REQUEST');
      for (const body of [
        '[]',
        'null',
        '1',
        '{"timeoutMs": 0}',
        '{"nothing": 1}',
        '{"nothing": null}',
        '{"entry": "walk", "reuse": "yes"}',
      ]) {
        assertProblem(await raw(body), 'INVALID_CONFIG');
      }
      assertProblem(await patch(url, 'stays', { entry: 'walk' }), 'ENTRY_NOT_FOUND');
      assertProblem(
        await send(url, '/api/functions/stays', { method: 'PATCH', headers: formType, body: '{}' }),
        'UNSUPPORTED_MEDIA_TYPE',
        'send the body as application/json',
      );
      assert.partialDeepStrictEqual((await send(url, '/api/functions/stays')).json, { version: 1, config: {} });
    });

    test('applies concurrent changes one after the other, losing none', async () => {
      const { url } = deployment();
      await deploy(url, 'changes', add);
      const answers = await Promise.all(
        [{ timeoutMs: 1_000 }, { concurrency: 7 }, { reuse: true }].map((change) => patch(url, 'changes', change)),
      );
      assert.deepEqual(new Set(answers.map(({ json }) => (json as FunctionVersion).version)), new Set([2, 3, 4]));
      const { json } = await send(url, '/api/functions/changes');
      assert.deepEqual((json as FunctionVersion).config, { timeoutMs: 1_000, concurrency: 7, reuse: true });
    });
  });
}
