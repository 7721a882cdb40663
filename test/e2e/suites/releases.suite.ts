/** Aliases, weighted releases, rollback, guards, history and deletion of versions, as a user's curl does it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Alias, Release } from '../../../contracts/release.ts';
import { constant } from '../../fixtures/guests.ts';
import type { Deployment } from '../../support/deployment.ts';
import { eventually } from '../../support/eventually.ts';
import { assertAnswer, assertProblem, deploy, invoke, upload } from '../../support/functions.ts';
import { type HttpAnswer, type HttpRequest, jsonType, send } from '../../support/http.ts';
import { fromWat } from '../../support/modules.ts';
import { keepVersions } from '../environment.ts';

const trapping = '(module (func (export "run") (result i32) unreachable))';

export function releasesSuite(deployment: () => Deployment): void {
  const api = (path: string, request?: HttpRequest): Promise<HttpAnswer> => send(deployment().url, `/api/functions/${path}`, request);
  const put = (path: string, body: unknown): Promise<HttpAnswer> =>
    api(path, { method: 'PUT', headers: jsonType, body: JSON.stringify(body) });
  const rollback = (name: string): Promise<HttpAnswer> => api(`${name}/rollback`, { method: 'POST' });
  const versionOf = async (path: string, request?: HttpRequest): Promise<string> => {
    const { headers } = await invoke(deployment().url, path, request);
    return String(headers['x-bantam-version']);
  };
  /** Versions that answer with their own number. */
  const deployAll = async (name: string, count: number): Promise<void> => {
    for (let version = 1; version <= count; version++) await deploy(deployment().url, name, constant(version));
  };
  const historyOf = async (name: string): Promise<readonly Release[]> => {
    const { json } = await api(`${name}/releases`);
    return (json as { releases: Release[] }).releases;
  };

  describe('releases', { concurrency: 4 }, () => {
    test('a call by alias gets what it points to, and the answer says both; a call by version names no alias', async () => {
      const { url } = deployment();
      await deployAll('rel-aliased', 3);
      const set = await put('rel-aliased/aliases/stable', { version: 1 });
      assert.equal(set.status, 200, set.text);
      const { releasedAt, ...alias } = set.json as Alias;
      assert.deepEqual(alias, { alias: 'stable', version: 1, releasedBy: '127.0.0.1' });
      assert.ok(Math.abs(Date.now() - Date.parse(releasedAt ?? '')) < 60_000);
      for (const [path, version, name] of [
        ['rel-aliased', 3, 'live'],
        ['rel-aliased:live', 3, 'live'],
        ['rel-aliased:latest', 3, 'latest'],
        ['rel-aliased:stable', 1, 'stable'],
        ['rel-aliased:stable/run', 1, 'stable'],
        ['rel-aliased@2', 2, undefined],
      ] as const) {
        const answer = await invoke(url, path);
        assertAnswer(answer, version);
        assert.equal(answer.headers['x-bantam-version'], `${version}`);
        assert.equal(answer.headers['x-bantam-alias'], name, path);
      }
      assertProblem(await invoke(url, 'rel-aliased:other'), 'ALIAS_NOT_FOUND', 'there is no function "rel-aliased" with an alias "other"');
      assertProblem(await invoke(url, 'nobody:live'), 'ALIAS_NOT_FOUND');
    });

    test('plain calls follow live, and a rollback brings back what was before', async () => {
      const { url } = deployment();
      await deployAll('rel-rolling', 2);
      assertAnswer(await invoke(url, 'rel-rolling'), 2);
      const back = await rollback('rel-rolling');
      assert.equal(back.status, 200, back.text);
      assert.partialDeepStrictEqual(back.json, {
        alias: 'live',
        reason: 'rollback',
        by: '127.0.0.1',
        from: { version: 2 },
        to: { version: 1 },
      });
      assertAnswer(await invoke(url, 'rel-rolling'), 1);
      assertProblem(await rollback('rel-rolling'), 'NOTHING_TO_ROLL_BACK');
      await put('rel-rolling/aliases/live', { version: 2 });
      assertAnswer(await invoke(url, 'rel-rolling'), 2);
      assertProblem(await rollback('nobody'), 'FUNCTION_NOT_FOUND');
    });

    test('calls of a weighted release are shared within the bound of chance, and a publish leaves it alone', async () => {
      const { url } = deployment();
      await deployAll('rel-shared', 2);
      const set = await put('rel-shared/aliases/live', { weights: { '1': 75, '2': 25 } });
      assert.partialDeepStrictEqual(set.json, { weights: { '1': 75, '2': 25 } }, set.text);
      const published = await upload(url, 'rel-shared', await fromWat(constant(3)));
      assert.partialDeepStrictEqual(published.json, { version: 3, live: { weights: { '1': 75, '2': 25 } } });
      const calls = 400;
      const seen: unknown[] = [];
      // Not all at once: more calls than the queue takes are refused.
      while (seen.length < calls)
        seen.push(...(await Promise.all(Array.from({ length: 50 }, async () => (await invoke(url, 'rel-shared')).json))));
      assert.ok(seen.every((version) => version === 1 || version === 2));
      const newer = seen.filter((version) => version === 2).length;
      // Five standard deviations: wrong once in 1.7 million runs.
      assert.ok(Math.abs(newer - calls * 0.25) < 5 * Math.sqrt(calls * 0.25 * 0.75), `${newer} of ${calls}`);
      assertAnswer(await invoke(url, 'rel-shared:latest'), 3);
    });

    test('a live with weights of one version waits for its release, a plain one follows the publish', async () => {
      const { url } = deployment();
      await deployAll('rel-pinned', 1);
      await put('rel-pinned/aliases/live', { weights: { '1': 1 } });
      await deploy(url, 'rel-pinned', constant(2));
      assertAnswer(await invoke(url, 'rel-pinned'), 1);
      await put('rel-pinned/aliases/live', { version: 1 });
      const { json } = await upload(url, 'rel-pinned', await fromWat(constant(3)));
      assert.partialDeepStrictEqual(json, { live: { version: 3 } });
      assertAnswer(await invoke(url, 'rel-pinned'), 3);
    });

    test('the same header, cookie or address gets the same version', async () => {
      await deployAll('rel-sticky', 2);
      const ask = (headers: Record<string, string>): Promise<string> => versionOf('rel-sticky', { headers });
      for (const [sticky, of] of [
        [{ by: 'header', name: 'X-User' }, (user: number) => ({ 'x-user': `user-${user}` })],
        [{ by: 'cookie', name: 'sid' }, (user: number) => ({ cookie: `other=1; sid=session-${user}` })],
      ] as const) {
        await put('rel-sticky/aliases/live', { weights: { '1': 50, '2': 50 }, sticky });
        const firsts = await Promise.all(Array.from({ length: 40 }, (_, user) => ask(of(user))));
        const seconds = await Promise.all(Array.from({ length: 40 }, (_, user) => ask(of(user))));
        assert.deepEqual(seconds, firsts);
        assert.deepEqual(new Set(firsts), new Set(['1', '2']));
      }
      await put('rel-sticky/aliases/live', { weights: { '1': 50, '2': 50 }, sticky: { by: 'address' } });
      const all = await Promise.all(Array.from({ length: 40 }, () => ask({})));
      assert.equal(new Set(all).size, 1);
    });

    test('a guarded release takes itself back when too many of its calls fail, and the history says why', async () => {
      const { url } = deployment();
      await deploy(url, 'rel-guarded', constant(1));
      await put('rel-guarded/aliases/live', { weights: { '1': 1 } });
      await deploy(url, 'rel-guarded', trapping);
      const guard = { maxErrorRate: 0.2, windowMs: 60_000, minCalls: 5 };
      assert.equal((await put('rel-guarded/aliases/live', { weights: { '1': 50, '2': 50 }, guard })).status, 200);
      const [release] = await eventually(async () => {
        await invoke(url, 'rel-guarded');
        const releases = await historyOf('rel-guarded');
        return releases[0]?.reason === 'guard' && releases;
      });
      assert.partialDeepStrictEqual(release, { by: 'guard', from: { weights: { '1': 50, '2': 50 }, guard }, to: { weights: { '1': 50 } } });
      assert.match(release?.detail ?? '', /^\d+ of \d+ calls of version 2 failed within 60000 ms at one gateway; 0\.2 of them may$/);
      for (const { status } of await Promise.all(Array.from({ length: 20 }, () => invoke(url, 'rel-guarded')))) assert.equal(status, 200);
      assertProblem(await invoke(url, 'rel-guarded@2'), 'GUEST_TRAPPED');
    });

    test('a guarded release that does well stays', async () => {
      const { url } = deployment();
      await deployAll('rel-healthy', 2);
      const guard = { maxErrorRate: 0, windowMs: 60_000, minCalls: 1 };
      await put('rel-healthy/aliases/live', { weights: { '1': 1, '2': 99 }, guard });
      await Promise.all(Array.from({ length: 50 }, () => invoke(url, 'rel-healthy')));
      // The caller's mistakes are not the version's.
      assertProblem(await invoke(url, 'rel-healthy?wrong=1'), 'INVALID_ARGUMENTS');
      assert.equal((await historyOf('rel-healthy'))[0]?.reason, 'set');
    });

    test('aliases are listed, shown and deleted', async () => {
      await deployAll('rel-listed-aliases', 2);
      await put('rel-listed-aliases/aliases/canary', { version: 1 });
      const { json } = await api('rel-listed-aliases/aliases');
      assert.deepEqual(
        (json as { aliases: Alias[] }).aliases.map(({ alias, version }) => [alias, version]),
        [
          ['latest', 2],
          ['canary', 1],
          ['live', 2],
        ],
      );
      assert.partialDeepStrictEqual((await api('rel-listed-aliases/aliases/canary')).json, { alias: 'canary', version: 1 });
      assertAnswer(await invoke(deployment().url, 'rel-listed-aliases:canary'), 1);
      assert.equal((await api('rel-listed-aliases/aliases/canary', { method: 'DELETE' })).status, 204);
      assertProblem(await api('rel-listed-aliases/aliases/canary'), 'ALIAS_NOT_FOUND');
      assertProblem(await invoke(deployment().url, 'rel-listed-aliases:canary'), 'ALIAS_NOT_FOUND');
      for (const alias of ['live', 'latest'])
        assertProblem(await api(`rel-listed-aliases/aliases/${alias}`, { method: 'DELETE' }), 'ALIAS_RESERVED');
      assertProblem(await put('rel-listed-aliases/aliases/latest', { version: 1 }), 'ALIAS_RESERVED');
      assertProblem(await api('nobody/aliases'), 'FUNCTION_NOT_FOUND');
      assertProblem(await api('nobody/releases'), 'FUNCTION_NOT_FOUND');
    });

    test('what an alias cannot point to is refused with what is wrong, and changes nothing', async () => {
      await deployAll('rel-refusing', 1);
      const before = await historyOf('rel-refusing');
      assertProblem(await put('rel-refusing/aliases/live', { version: 7 }), 'VERSION_NOT_FOUND');
      assertProblem(await put('rel-refusing/aliases/live', { weights: { '1': 1, '2': 1 } }), 'VERSION_NOT_FOUND', /version 2/);
      assertProblem(await put('rel-refusing/aliases/live', { weights: { '1': 0 } }), 'INVALID_RELEASE', /weight above 0/);
      assertProblem(await put('rel-refusing/aliases/live', []), 'INVALID_RELEASE');
      assertProblem(await api('rel-refusing/aliases/live', { method: 'PUT' }), 'INVALID_RELEASE');
      assertProblem(await put('rel-refusing/aliases/Live', { version: 1 }), 'INVALID_NAME');
      assertProblem(await put('nobody/aliases/live', { version: 1 }), 'FUNCTION_NOT_FOUND');
      assert.deepEqual(await historyOf('rel-refusing'), before);
    });

    test('a version in use is kept, one that is not can be deleted, and is not called any more', async () => {
      const { url } = deployment();
      await deployAll('rel-deleting', 3);
      await put('rel-deleting/aliases/stable', { version: 1 });
      const inUse = await api('rel-deleting/versions/1', { method: 'DELETE' });
      assertProblem(inUse, 'VERSION_IN_USE');
      assert.partialDeepStrictEqual(inUse.json, { aliases: ['stable'] });
      assertAnswer(await invoke(url, 'rel-deleting@2'), 2);
      assert.equal((await api('rel-deleting/versions/2', { method: 'DELETE' })).status, 204);
      assertProblem(await invoke(url, 'rel-deleting@2'), 'VERSION_NOT_FOUND');
      assertProblem(await api('rel-deleting/versions/2', { method: 'DELETE' }), 'VERSION_NOT_FOUND');
      assertProblem(await rollback('rel-deleting'), 'NOTHING_TO_ROLL_BACK', /version 2, .* is deleted/);
      assertAnswer(await invoke(url, 'rel-deleting'), 3);
    });

    test('of versions that nobody points to the newest are kept, as many as is set', async () => {
      const { url } = deployment();
      const last = keepVersions + 4;
      await deploy(url, 'rel-many-versions', constant(1));
      await put('rel-many-versions/aliases/first', { version: 1 });
      for (let version = 2; version <= last; version++) await deploy(url, 'rel-many-versions', constant(version));
      const { json } = await api('rel-many-versions/versions');
      const versions = (json as { versions: { version: number }[] }).versions.map(({ version }) => version);
      // The latest, what a rollback brings back, those kept, and the one with an alias.
      const kept = Array.from({ length: keepVersions + 2 }, (_, i) => last - i);
      assert.deepEqual(versions, [...kept, 1]);
      assertProblem(await invoke(url, 'rel-many-versions@2'), 'VERSION_NOT_FOUND');
      assertAnswer(await invoke(url, 'rel-many-versions:first'), 1);
    });

    test('the history is paged', async () => {
      await deployAll('rel-told', 4);
      const first = (await api('rel-told/releases?limit=3')).json as { releases: Release[]; next: string };
      const second = (await api(`rel-told/releases?limit=3&after=${first.next}`)).json as { releases: Release[]; next?: string };
      assert.deepEqual(
        [...first.releases, ...second.releases].map(({ to }) => to?.version),
        [4, 3, 2, 1],
      );
      assert.equal(second.next, undefined);
      assertProblem(await api('rel-told/releases?after=x'), 'INVALID_REQUEST');
    });
  });
}
