/** Several gateways on one registry: what one publishes or releases the others serve, soon, and never an older version after a newer one. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { constant } from '../../fixtures/guests.ts';
import { masked, masksToken } from '../../fixtures/secret-guests.ts';
import type { ClusterDeployment } from '../../support/deployment.ts';
import { eventually } from '../../support/eventually.ts';
import { assertAnswer, assertProblem, deploy, invoke, patch } from '../../support/functions.ts';
import { type HttpAnswer, oneConnection, send } from '../../support/http.ts';
import { putSecret } from '../../support/secrets.ts';
import { releasesUnderLoad } from './releases-under-load.ts';

export function gatewaysSuite(deployment: () => ClusterDeployment): void {
  describe('two gateways', () => {
    let other = '';
    before(async () => {
      other = (await deployment().addGateway()).url;
    });

    test('after a 201 of one the other serves the new version within 100 ms', async () => {
      const { url } = deployment();
      for (let version = 1; version <= 5; version++) {
        await deploy(url, 'shared', constant(version));
        const startMs = performance.now();
        let answer: HttpAnswer;
        do answer = await invoke(other, 'shared');
        while (answer.json !== version && performance.now() - startMs < 2_000);
        assertAnswer(answer, version);
        assert.ok(performance.now() - startMs < 100, `version ${version} after ${performance.now() - startMs} ms`);
      }
    });

    test('what one configures or deletes is so at the other within 100 ms', async () => {
      const { url } = deployment();
      await deploy(url, 'told', constant(1));
      assertAnswer(await invoke(other, 'told'), 1);
      const within = async (isSo: (answer: HttpAnswer) => boolean): Promise<HttpAnswer> => {
        const startMs = performance.now();
        let answer: HttpAnswer;
        do answer = await invoke(other, 'told');
        while (!isSo(answer) && performance.now() - startMs < 100);
        return answer;
      };
      await patch(url, 'told', { timeoutMs: 5_000 });
      assert.equal((await within(({ headers }) => headers['x-bantam-version'] === '2')).headers['x-bantam-version'], '2');
      await send(url, '/api/functions/told', { method: 'DELETE' });
      assertProblem(await within(({ status }) => status === 404), 'FUNCTION_NOT_FOUND');
      await deploy(url, 'told', constant(3));
      assertAnswer(await within(({ status }) => status === 200), 3);
    });

    test('a secret that one stores or deletes is what calls of the other get within a second', async () => {
      const { url } = deployment();
      await putSecret(url, 'told', '0');
      await deploy(url, 'told-secret', masksToken('told'), { secrets: { TOKEN: 'told' } });
      for (let i = 1; i <= 5; i++) {
        const [here, there] = i % 2 === 0 ? [url, other] : [other, url];
        assert.equal((await invoke(there, 'told-secret')).text, masked(`${i - 1}`));
        await putSecret(here, 'told', `${i}`);
        await eventually(async () => (await invoke(there, 'told-secret')).text === masked(`${i}`), { timeoutMs: 1_000 });
      }
      await send(url, '/api/secrets/told?force=true', { method: 'DELETE' });
      await eventually(async () => (await invoke(other, 'told-secret')).status === 500, { timeoutMs: 1_000 });
      assertProblem(await invoke(other, 'told-secret'), 'SECRET_MISSING');
    });

    test('no connection sees an older version after a newer one while versions are published all the time', async () => {
      const { url } = deployment();
      const last = 10;
      await deploy(url, 'rising', constant(1));
      const publishing = new AbortController();
      const watch = async (base: string): Promise<number[]> => {
        const agent = oneConnection();
        const seen: number[] = [];
        while (!publishing.signal.aborted) seen.push(Number((await invoke(base, 'rising', { agent })).headers['x-bantam-version']));
        agent.destroy();
        return seen;
      };
      const watchers = [other, other, url].map(watch);
      for (let version = 2; version <= last; version++) await deploy(version % 2 === 0 ? url : other, 'rising', constant(version));
      publishing.abort();
      for (const seen of await Promise.all(watchers)) {
        assert.deepEqual(
          seen,
          seen.toSorted((a, b) => a - b),
        );
        assert.ok(new Set(seen).size > 4, `only ${new Set(seen).size} versions were seen`);
      }
    });

    releasesUnderLoad(() => [deployment().url, other]);
  });
}
