/** Namespaces: the same names, apart from each other in everything that a user can see. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { constant, counter } from '../../fixtures/guests.ts';
import type { Deployment } from '../../support/deployment.ts';
import { assertAnswer, assertProblem, deploy, invoke, upload } from '../../support/functions.ts';
import { type HttpAnswer, jsonType, send } from '../../support/http.ts';
import { fromWat } from '../../support/modules.ts';

interface Listed {
  readonly name: string;
  readonly namespace: string;
  readonly version: number;
}
interface Released {
  readonly function: string;
  readonly namespace: string;
}

/** Two exports, so that only a name can say which a plain call runs. */
const named = '(module (func (export "fib") (result i32) (i32.const 1)) (func (export "other") (result i32) (i32.const 2)))';

export function namespacesSuite(deployment: () => Deployment): void {
  const call = (method: string, path: string, body?: object): Promise<HttpAnswer> =>
    send(deployment().url, path, { method, ...(body !== undefined && { headers: jsonType, body: JSON.stringify(body) }) });
  const get = async <T>(path: string): Promise<T> => {
    const { status, json, text } = await call('GET', path);
    assert.equal(status, 200, text);
    return json as T;
  };
  const make = async (...names: string[]): Promise<void> => {
    for (const name of names) assert.equal((await call('PUT', `/api/namespaces/${name}`)).status, 201, name);
  };

  describe('namespaces', () => {
    before(() => make('ns-a', 'ns-b'));

    test('a namespace is made, described, shown, listed and deleted', async () => {
      const made = await call('PUT', '/api/namespaces/ns-short', { description: 'for a while' });
      assert.equal(made.status, 201, made.text);
      assert.equal(made.headers.location, '/api/namespaces/ns-short');
      assert.partialDeepStrictEqual(made.json, { name: 'ns-short', description: 'for a while' });
      assert.equal((await call('PUT', '/api/namespaces/ns-short')).status, 200);
      assert.equal((await get<{ description?: string }>('/api/namespaces/ns-short')).description, undefined);
      const { namespaces } = await get<{ namespaces: readonly Listed[] }>('/api/namespaces?limit=1000');
      assert.ok(['default', 'ns-a', 'ns-b', 'ns-short'].every((name) => namespaces.some((one) => one.name === name)));
      assert.equal((await call('DELETE', '/api/namespaces/ns-short')).status, 204);
      for (const method of ['GET', 'DELETE']) assertProblem(await call(method, '/api/namespaces/ns-short'), 'NAMESPACE_NOT_FOUND');
      assertProblem(await call('DELETE', '/api/namespaces/default'), 'NAMESPACE_RESERVED');
    });

    test('the same name is other code in each namespace, and is called with the namespace behind it', async () => {
      const { url } = deployment();
      const published = await deploy(url, 'ns-same', constant(1));
      const inA = await upload(url, 'ns-same?namespace=ns-a', await fromWat(constant(2)));
      await deploy(url, 'ns-same?namespace=ns-b', constant(3));
      await deploy(url, 'ns-same?namespace=ns-b', constant(4));
      assert.partialDeepStrictEqual(published, { name: 'ns-same', namespace: 'default', version: 1, invokeUrl: `${url}/fn/ns-same` });
      assert.partialDeepStrictEqual(inA.json, { name: 'ns-same', namespace: 'ns-a', version: 1, invokeUrl: `${url}/fn/ns-same.ns-a` });
      assert.equal(inA.headers.location, '/api/functions/ns-same?namespace=ns-a');
      for (const [reference, value] of [
        ['ns-same', 1],
        ['ns-same.default', 1],
        ['ns-same.default@1', 1],
        ['ns-same.ns-a', 2],
        ['ns-same.ns-b', 4],
        ['ns-same.ns-b@1', 3],
        ['ns-same.ns-b:live', 4],
        ['ns-same.ns-b/run', 4],
      ] as const)
        assertAnswer(await invoke(url, reference), value);
      assertProblem(await invoke(url, 'ns-same.ns-a@2'), 'VERSION_NOT_FOUND');
      assertProblem(await invoke(url, 'ns-same.nowhere'), 'FUNCTION_NOT_FOUND', 'there is no function "ns-same.nowhere"');
    });

    test('a list is of one namespace, the default one unless another is asked for, or of all', async () => {
      const { url } = deployment();
      for (const query of ['', '?namespace=ns-a', '?namespace=ns-b']) await deploy(url, `ns-listed${query}`, constant(1));
      const listed = async (query: string): Promise<string[]> =>
        (await get<{ functions: readonly Listed[] }>(`/api/functions?limit=1000${query}`)).functions
          .filter(({ name }) => name === 'ns-listed')
          .map(({ namespace }) => namespace);
      assert.deepEqual(await listed(''), ['default']);
      assert.deepEqual(await listed('&namespace=default'), ['default']);
      assert.deepEqual(await listed('&namespace=ns-a'), ['ns-a']);
      assert.deepEqual(await listed('&namespace=*'), ['default', 'ns-a', 'ns-b']);
      assert.deepEqual(await listed('&namespace=nowhere'), []);
      const page = await get<{ functions: readonly Listed[]; next: string }>('/api/functions?namespace=ns-a&limit=1');
      const rest = await get<{ functions: readonly Listed[] }>(`/api/functions?namespace=ns-a&after=${page.next}`);
      assert.ok(
        rest.functions.length > 0 &&
          rest.functions.every(({ name, namespace }) => namespace === 'ns-a' && name !== page.functions[0]?.name),
      );
    });

    test('a plain call runs the export named like the function without its namespace', async () => {
      const { url } = deployment();
      assert.equal((await deploy(url, 'fib?namespace=ns-a', named)).entry, 'fib');
      assertAnswer(await invoke(url, 'fib.ns-a'), 1);
    });

    test('releases move the function of one namespace only', async () => {
      const { url } = deployment();
      for (const query of ['?namespace=ns-a', '?namespace=ns-b'])
        for (const n of [1, 2]) await deploy(url, `ns-released${query}`, constant(n));
      const back = await call('POST', '/api/functions/ns-released/rollback?namespace=ns-a');
      assert.partialDeepStrictEqual(back.json, { function: 'ns-released', namespace: 'ns-a', to: { version: 1 } }, back.text);
      assertAnswer(await invoke(url, 'ns-released.ns-a'), 1);
      assertAnswer(await invoke(url, 'ns-released.ns-b'), 2);
      assert.equal((await call('PUT', '/api/functions/ns-released/aliases/canary?namespace=ns-b', { version: 1 })).status, 200);
      assertAnswer(await invoke(url, 'ns-released.ns-b:canary'), 1);
      assertProblem(await invoke(url, 'ns-released.ns-a:canary'), 'ALIAS_NOT_FOUND');
      const { releases } = await get<{ releases: readonly Released[] }>('/api/functions/ns-released/releases?namespace=ns-b');
      assert.deepEqual(new Set(releases.map(({ function: name, namespace }) => `${name} ${namespace}`)), new Set(['ns-released ns-b']));
      assertProblem(await call('GET', '/api/functions/ns-released/releases'), 'FUNCTION_NOT_FOUND');
      for (const path of ['', '/versions', '/versions/1', '/versions/1/module', '/aliases', '/aliases/live'])
        assert.deepEqual(
          [
            (await call('GET', `/api/functions/ns-released${path}?namespace=ns-a`)).status,
            (await call('GET', `/api/functions/ns-released${path}`)).status,
          ],
          [200, 404],
          path,
        );
    });

    test('a kept instance of one namespace is never seen by another', async () => {
      const { url } = deployment();
      for (const query of ['', '?namespace=ns-a', '?namespace=ns-b']) await deploy(url, `ns-kept${query}`, counter, { reuse: true });
      const names = ['ns-kept', 'ns-kept.ns-a', 'ns-kept.ns-b'];
      const calls = new Map<string, number>();
      for (let i = 0; i < 30; i++) {
        // Not the same number of calls each, so that no count fits by chance.
        const name = names[i % 7 === 0 ? 1 : i % 3] ?? '';
        const count = (calls.get(name) ?? 0) + 1;
        calls.set(name, count);
        const { json, text } = await invoke(url, name);
        assert.ok(typeof json === 'number' && json >= 1 && json <= count, `call ${count} of ${name}: ${text}`);
      }
    });

    test('a namespace with something in it is not deleted, and it is said what that is; an empty one is', async () => {
      const { url } = deployment();
      await make('ns-full');
      await deploy(url, 'inside?namespace=ns-full', constant(1));
      const remove = (): Promise<HttpAnswer> => call('DELETE', '/api/namespaces/ns-full');
      assertProblem(await remove(), 'NAMESPACE_NOT_EMPTY', 'in "ns-full" there are functions: inside');
      assertAnswer(await invoke(url, 'inside.ns-full'), 1);
      assert.equal((await call('DELETE', '/api/functions/inside?namespace=ns-full')).status, 204);
      assert.equal((await remove()).status, 204);
      assertProblem(await invoke(url, 'inside.ns-full'), 'FUNCTION_NOT_FOUND');
    });

    test('nothing is published or scheduled in a namespace that is not there, and it is said how to make one', async () => {
      const { url } = deployment();
      const detail = 'there is no namespace "ns-none": PUT /api/namespaces/ns-none makes it';
      assertProblem(await upload(url, 'fib?namespace=ns-none', await fromWat(constant(1))), 'NAMESPACE_NOT_FOUND', detail);
      await deploy(url, 'ns-there', constant(1));
      assertProblem(
        await call('PUT', '/api/schedules/s?namespace=ns-none', { function: 'ns-there.default', everyMs: 1_000 }),
        'NAMESPACE_NOT_FOUND',
        detail,
      );
      assertProblem(await call('PATCH', '/api/functions/fib?namespace=ns-none', {}), 'FUNCTION_NOT_FOUND');
    });

    test('refuses names with dots on the control API, and namespaces that are none everywhere', async () => {
      const { url } = deployment();
      const body = await fromWat(constant(1));
      assertProblem(await upload(url, 'a.ns-a', body), 'INVALID_NAME');
      assertProblem(await call('GET', '/api/functions/a.ns-a'), 'INVALID_NAME');
      for (const namespace of ['a.b', 'Team', '', '-a', 'a'.repeat(64), '*', '..', '%2e%2e', 'a/b', 'a%00']) {
        const query = `?namespace=${namespace}`;
        for (const answer of [
          await upload(url, `f${query}`, body),
          await call('GET', `/api/functions/f${query}`),
          await call('PUT', `/api/functions/f/aliases/a${query}`, { version: 1 }),
          await call('PUT', `/api/schedules/s${query}`, { function: 'f', everyMs: 1_000 }),
        ])
          assert.ok(answer.status === 400 && /"code":"INVALID_(NAME|REQUEST)"/.test(answer.text), `${query}: ${answer.text}`);
      }
      for (const name of ['A', 'a.b', 'a'.repeat(64), '*']) assertProblem(await call('PUT', `/api/namespaces/${name}`), 'INVALID_NAME');
      for (const reference of ['f.a.b', 'f.', '.a', 'f.A', 'F.a', `f.${'a'.repeat(64)}`, 'f.*'])
        assertProblem(await invoke(url, reference), 'INVALID_NAME');
    });
  });
}
