/** Quotas of namespaces and keys in a deployment that asks for keys: each from both sides. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Quota } from '../../../contracts/quota.ts';
import { constant, spin } from '../../fixtures/guests.ts';
import type { Deployment } from '../../support/deployment.ts';
import { eventually } from '../../support/eventually.ts';
import { assertProblem, form } from '../../support/functions.ts';
import { type HttpAnswer, type HttpRequest, jsonType } from '../../support/http.ts';
import { adminKey, makeKey, withKey } from '../../support/keyed-api.ts';
import { fromWat } from '../../support/modules.ts';

type Path = `/api/namespaces/${string}/quota` | `/api/keys/${string}/quota`;

/** @throws AssertionError when it is refused */
export async function giveQuota(base: string, path: Path, quota: Quota): Promise<void> {
  const answer = await withKey(base, adminKey, path, { method: 'PUT', headers: jsonType, body: JSON.stringify(quota) });
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(answer.json, quota);
}

/** A namespace with functions `one`, which is public, and `spin`, which ends after 2 s. */
export async function makeNamespace(base: string, name: string): Promise<void> {
  const made = await withKey(base, adminKey, `/api/namespaces/${name}`, { method: 'PUT' });
  assert.equal(made.status, 201, made.text);
  for (const [func, wat, config] of [
    ['one', constant(1), { public: true }],
    ['spin', spin, { timeoutMs: 2_000 }],
  ] as const) {
    const answer = await withKey(
      base,
      adminKey,
      `/api/functions/${func}?namespace=${name}`,
      form({ module: await fromWat(wat), config: JSON.stringify(config) }),
    );
    assert.equal(answer.status, 201, answer.text);
  }
}

export function quotasSuite(deployment: () => Deployment): void {
  const ask = (path: string, request?: HttpRequest, key: string | undefined = adminKey): Promise<HttpAnswer> =>
    withKey(deployment().url, key, path, request);
  const give = (path: Path, quota: Quota): Promise<void> => giveQuota(deployment().url, path, quota);
  const show = async (path: Path): Promise<unknown> => (await ask(path)).json;
  const deploy = async (name: string, namespace: string, wat: string): Promise<HttpAnswer> =>
    ask(`/api/functions/${name}?namespace=${namespace}`, { method: 'PUT', body: await fromWat(wat) });

  describe('a quota', () => {
    before(async () => {
      for (const name of ['shown', 'rated', 'keyed', 'crowded', 'few', 'small', 'queued']) await makeNamespace(deployment().url, name);
    });

    test('is shown with what is used, and gone when it is taken away', async () => {
      const path = '/api/namespaces/shown/quota';
      assert.partialDeepStrictEqual(await show(path), { quota: {}, used: { concurrency: 0, asyncBacklog: 0, functions: 2 } });
      await give(path, { functions: 2, storedBytes: 1_000 });
      const { quota, used } = (await show(path)) as { readonly quota: Quota; readonly used: { readonly storedBytes: number } };
      assert.deepEqual(quota, { functions: 2, storedBytes: 1_000 });
      assert.ok(used.storedBytes > 0);
      assert.equal((await ask(path, { method: 'DELETE' })).status, 204);
      assert.partialDeepStrictEqual(await show(path), { quota: {} });
    });

    test('is for somebody who is there, and says something', async () => {
      const put = (path: string, quota: object): Promise<HttpAnswer> =>
        ask(path, { method: 'PUT', headers: jsonType, body: JSON.stringify(quota) });
      assertProblem(await put('/api/namespaces/nowhere/quota', { functions: 1 }), 'NAMESPACE_NOT_FOUND');
      assertProblem(await put('/api/keys/0123456789abcdef/quota', { concurrency: 1 }), 'KEY_NOT_FOUND');
      const path = '/api/namespaces/shown/quota';
      assertProblem(await put(path, {}), 'INVALID_REQUEST');
      assertProblem(await put(path, { burst: 1 }), 'INVALID_REQUEST', /"burst" is of no use/);
      assertProblem(await put(path, { ratePerSecond: 0 }), 'INVALID_REQUEST');
      const { id } = await makeKey(deployment().url, { name: 'publisher', role: 'deploy' });
      assertProblem(await put(`/api/keys/${id}/quota`, { functions: 1 }), 'INVALID_REQUEST', /functions/);
    });

    test('is given by nobody but an admin', async () => {
      const { key } = await makeKey(deployment().url, { name: 'publisher', role: 'deploy', namespace: 'shown' });
      for (const method of ['GET', 'PUT', 'DELETE'])
        assertProblem(await ask('/api/namespaces/shown/quota', { method }, key), 'KEY_NOT_ALLOWED');
    });

    test('of calls lets a burst through, synchronous and asynchronous, says what is left, and refuses one more until there is room', async () => {
      await give('/api/namespaces/rated/quota', { ratePerSecond: 0.5, burst: 3 });
      const answers = [
        await ask('/fn/one.rated'),
        await ask('/async/one.rated', { method: 'POST' }),
        await ask('/fn/one.rated', {}, ''),
        await ask('/fn/one.rated'),
        await ask('/async/one.rated', { method: 'POST' }),
      ];
      assert.deepEqual(
        answers.map(({ status }) => status),
        [200, 202, 200, 429, 429],
      );
      assert.deepEqual(
        answers.slice(0, 3).map(({ headers }) => [headers['ratelimit-policy'], headers['ratelimit']]),
        [2, 1, 0].map((left) => ['"namespace";q=3;w=6', `"namespace";r=${left};t=6`]),
      );
      for (const answer of answers.slice(3)) {
        assertProblem(answer, 'RATE_EXCEEDED', 'the namespace "rated" may make 0.5 calls per second, and 3 at once');
        assert.match(String(answer.headers['retry-after']), /^[12]$/);
        assert.equal(answer.headers['ratelimit'], `"namespace";r=0;t=${answer.headers['retry-after']}`);
      }
      await eventually(async () => (await ask('/fn/one.rated')).status === 200);
      await ask('/api/namespaces/rated/quota', { method: 'DELETE' });
      const free = await ask('/fn/one.rated');
      assert.equal(free.status, 200);
      assert.equal(free.headers['ratelimit'], undefined);
    });

    test('of a key is for that key, and a call counts for key and namespace', async () => {
      const { url } = deployment();
      const [limited, other] = [
        await makeKey(url, { name: 'limited', role: 'invoke' }),
        await makeKey(url, { name: 'other', role: 'invoke' }),
      ];
      await give(`/api/keys/${limited.id}/quota`, { ratePerSecond: 0.01, burst: 2 });
      await give('/api/namespaces/keyed/quota', { ratePerSecond: 0.01, burst: 10 });
      const first = await ask('/fn/one.keyed', {}, limited.key);
      assert.equal(first.headers['ratelimit-policy'], '"namespace";q=10;w=1000, "key";q=2;w=200');
      assert.equal((await ask('/fn/one.keyed', {}, limited.key)).status, 200);
      const refused = await ask('/fn/one.keyed', {}, limited.key);
      assertProblem(refused, 'RATE_EXCEEDED', /^the key /);
      assert.match(String(refused.headers['ratelimit']), /^"key";r=0;t=\d+$/);
      const next = await ask('/fn/one.keyed', {}, other.key);
      assert.equal(next.status, 200);
      const left = /^"namespace";r=(\d)/.exec(String(next.headers['ratelimit']))?.[1];
      const atFirst = /^"namespace";r=(\d)/.exec(String(first.headers['ratelimit']))?.[1];
      assert.equal(Number(atFirst) - Number(left), 2);
    });

    test('of calls in flight refuses one too many, and none when they have ended', async () => {
      const path = '/api/namespaces/crowded/quota';
      await give(path, { concurrency: 2 });
      const spinning = [ask('/fn/spin.crowded'), ask('/fn/spin.crowded')];
      await eventually(async () => ((await show(path)) as { used: { concurrency: number } }).used.concurrency === 2);
      const refused = await ask('/fn/one.crowded');
      assertProblem(refused, 'QUOTA_EXCEEDED', 'the namespace "crowded" has 2 calls in flight at this gateway, its quota');
      assert.equal(refused.headers['retry-after'], '1');
      for (const answer of await Promise.all(spinning)) assertProblem(answer, 'GUEST_DEADLINE_EXCEEDED');
      assert.equal((await ask('/fn/one.crowded')).status, 200);
      assert.partialDeepStrictEqual(await show(path), { used: { concurrency: 0 } });
    });

    test('of functions refuses a new one, and no new version', async () => {
      await give('/api/namespaces/few/quota', { functions: 3 });
      assert.equal((await deploy('third', 'few', constant(3))).status, 201);
      const refused = await deploy('fourth', 'few', constant(4));
      assertProblem(refused, 'QUOTA_EXCEEDED', 'the namespace "few" has 3 functions; its quota is 3');
      assert.equal(refused.headers['retry-after'], '60');
      assert.equal((await deploy('third', 'few', constant(33))).status, 201);
      assert.equal((await ask('/api/functions/third?namespace=few', { method: 'DELETE' })).status, 204);
      assert.equal((await deploy('fourth', 'few', constant(4))).status, 201);
    });

    test('of stored bytes refuses what would be too much, and not what just fits', async () => {
      const path = '/api/namespaces/small/quota';
      const { used } = (await show(path)) as { readonly used: { readonly storedBytes: number } };
      const { length } = await fromWat(constant(3));
      await give(path, { storedBytes: used.storedBytes + length - 1 });
      assertProblem(await deploy('third', 'small', constant(3)), 'QUOTA_EXCEEDED', /these are \d+ more; its quota is \d+$/);
      await give(path, { storedBytes: used.storedBytes + length });
      assert.equal((await deploy('third', 'small', constant(3))).status, 201);
      assertProblem(await deploy('fourth', 'small', constant(4)), 'QUOTA_EXCEEDED');
    });

    test('of what waits refuses one too many, also of a key', async () => {
      const later = { method: 'POST', headers: { 'x-bantam-delay': '1h' } };
      await give('/api/namespaces/queued/quota', { asyncBacklog: 2 });
      for (const status of [202, 202, 429]) assert.equal((await ask('/async/one.queued', later)).status, status);
      const refused = await ask('/async/one.queued', later);
      assertProblem(refused, 'QUOTA_EXCEEDED', 'the namespace "queued" has 2 asynchronous invocations waiting, its quota');
      assert.equal(refused.headers['retry-after'], '5');
      const { id, key } = await makeKey(deployment().url, { name: 'sender', role: 'invoke' });
      await give(`/api/keys/${id}/quota`, { asyncBacklog: 1 });
      for (const status of [202, 429]) assert.equal((await ask('/async/one.shown', later, key)).status, status);
      assert.partialDeepStrictEqual(await show(`/api/keys/${id}/quota`), { used: { asyncBacklog: 1 } });
      const { invocations } = (await ask('/api/invocations?namespace=queued')).json as { readonly invocations: { readonly id: string }[] };
      assert.equal((await ask(`/api/invocations/${invocations[0]?.id}`, { method: 'DELETE' })).status, 200);
      await eventually(async () => (await ask('/async/one.queued', later)).status === 202);
    });
  });
}
