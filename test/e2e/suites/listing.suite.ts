/** Looking at functions, their versions and modules, and deleting them. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import type { FunctionVersion } from '../../../contracts/function.ts';
import { add, constant } from '../../fixtures/guests.ts';
import type { Deployment } from '../../support/deployment.ts';
import { assertAnswer, assertProblem, deploy, invoke, patch } from '../../support/functions.ts';
import { send } from '../../support/http.ts';
import { fromWat } from '../../support/modules.ts';

interface Listing {
  readonly functions: readonly FunctionVersion[];
  readonly versions: readonly FunctionVersion[];
  readonly next?: string;
}

export function listingSuite(deployment: () => Deployment): void {
  async function pages(path: string, limit: number): Promise<Listing[]> {
    const all: Listing[] = [];
    for (let after = ''; ;) {
      const page = await send(deployment().url, `${path}?limit=${limit}${after}`);
      assert.equal(page.status, 200, page.text);
      const listing = page.json as Listing;
      all.push(listing);
      if (listing.next === undefined) return all;
      after = `&after=${encodeURIComponent(listing.next)}`;
    }
  }

  describe('listing', () => {
    test('gives all functions by name, each once with its latest version, page by page', async () => {
      const { url } = deployment();
      const names = ['list-a', 'list-b', 'list-c'];
      for (const name of names) await deploy(url, name, add);
      await deploy(url, 'list-b', constant(2));
      const whole = (await send(url, '/api/functions?limit=1000')).json as Listing;
      assert.deepEqual(
        whole.functions.filter(({ name }) => names.includes(name)).map(({ name, version }) => [name, version]),
        [
          ['list-a', 1],
          ['list-b', 2],
          ['list-c', 1],
        ],
      );
      const found = await pages('/api/functions', 7);
      assert.deepEqual(
        found.flatMap(({ functions }) => functions),
        whole.functions,
      );
      assert.ok(found.slice(0, -1).every(({ functions }) => functions.length === 7));
      assert.deepEqual(
        whole.functions.find(({ name }) => name === 'list-a'),
        (await send(url, '/api/functions/list-a')).json,
      );
    });

    test('gives the versions of a function, newest first, page by page', async () => {
      const { url } = deployment();
      for (let i = 1; i <= 5; i++) await deploy(url, 'history', constant(i));
      const found = await pages('/api/functions/history/versions', 2);
      assert.deepEqual(
        found.map(({ versions }) => versions.map(({ version }) => version)),
        [[5, 4], [3, 2], [1]],
      );
      assert.deepEqual((await pages('/api/functions/history/versions', 5)).length, 1);
      assertProblem(await send(url, '/api/functions/nobody/versions'), 'FUNCTION_NOT_FOUND');
    });

    test('refuses limits and marks that are none', async () => {
      const { url } = deployment();
      for (const path of ['/api/functions', '/api/functions/history/versions']) {
        for (const query of [
          'limit=0',
          'limit=1001',
          'limit=x',
          'limit=-1',
          'limit=1.5',
          'after=%00',
          'after=Fib',
          'after=',
          'limit=1&limit=2',
          'after=a&after=b',
        ]) {
          assertProblem(await send(url, `${path}?${query}`), 'INVALID_REQUEST');
        }
        assert.equal((await send(url, `${path}?limit=1000`)).status, 200);
        assert.equal((await send(url, `${path}?limit=1`)).status, 200);
      }
    });

    test('shows a version, and gives its module back byte for byte', async () => {
      const { url } = deployment();
      const bytes = [await fromWat(constant(11)), await fromWat(constant(12))];
      for (const module of bytes) await deploy(url, 'bytes', module);
      await patch(url, 'bytes', { timeoutMs: 5_000 });
      for (const [i, module] of [...bytes, bytes[1]].entries()) {
        const digest = createHash('sha256')
          .update(module ?? '')
          .digest('hex');
        assert.partialDeepStrictEqual((await send(url, `/api/functions/bytes/versions/${i + 1}`)).json, { version: i + 1, digest });
        const answer = await send(url, `/api/functions/bytes/versions/${i + 1}/module`);
        assert.equal(answer.status, 200);
        assert.equal(answer.headers['content-type'], 'application/wasm');
        assert.equal(createHash('sha256').update(answer.bytes).digest('hex'), digest);
      }
      assertProblem(await send(url, '/api/functions/bytes/versions/4'), 'VERSION_NOT_FOUND');
      assertProblem(await send(url, '/api/functions/bytes/versions/4/module'), 'VERSION_NOT_FOUND');
    });
  });

  describe('DELETE', () => {
    test('takes the function away with all its versions, and a later publish goes on counting', async () => {
      const { url } = deployment();
      await deploy(url, 'gone', constant(1));
      await deploy(url, 'gone', constant(2));
      assertAnswer(await invoke(url, 'gone'), 2);
      const deleted = await send(url, '/api/functions/gone', { method: 'DELETE' });
      assert.equal(deleted.status, 204);
      assert.equal(deleted.text, '');
      for (const path of ['/fn/gone', '/api/functions/gone', '/api/functions/gone/versions'])
        assertProblem(await send(url, path), 'FUNCTION_NOT_FOUND');
      for (const path of ['/fn/gone@1', '/api/functions/gone/versions/1/module']) assert.equal((await send(url, path)).status, 404, path);
      assertProblem(await send(url, '/api/functions/gone', { method: 'DELETE' }), 'FUNCTION_NOT_FOUND');
      assertProblem(await patch(url, 'gone', {}), 'FUNCTION_NOT_FOUND');
      assert.equal((await deploy(url, 'gone', constant(1))).version, 3);
      const answer = await invoke(url, 'gone');
      assertAnswer(answer, 1);
      assert.equal(answer.headers['x-bantam-version'], '3');
      assertProblem(await invoke(url, 'gone@2'), 'VERSION_NOT_FOUND');
    });

    test('leaves other functions with the same module alone', async () => {
      const { url } = deployment();
      await deploy(url, 'twin-a', constant(77));
      await deploy(url, 'twin-b', constant(77));
      assert.equal((await send(url, '/api/functions/twin-a', { method: 'DELETE' })).status, 204);
      assertAnswer(await invoke(url, 'twin-b'), 77);
      assert.equal((await send(url, '/api/functions/twin-b/versions/1/module')).status, 200);
    });
  });
}
