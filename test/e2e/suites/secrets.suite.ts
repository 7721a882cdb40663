/** Secrets as functions get them: as environment variables of every WASI kind, the newest value with the next call. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import type { FunctionVersion } from '../../../contracts/function.ts';
import { constant } from '../../fixtures/guests.ts';
import { masked, masksToken, printsEnvironment } from '../../fixtures/secret-guests.ts';
import type { Deployment } from '../../support/deployment.ts';
import { eventually } from '../../support/eventually.ts';
import { assertProblem, deploy, invoke, patch, upload } from '../../support/functions.ts';
import { type HttpAnswer, send } from '../../support/http.ts';
import { fromWat } from '../../support/modules.ts';
import { putSecret } from '../../support/secrets.ts';

const component = join(import.meta.dirname, '../../fixtures/wasi-host/probe.wasm');

export function secretsSuite(deployment: () => Deployment): void {
  const put = (path: string, value: string): Promise<HttpAnswer> => putSecret(deployment().url, path, value);
  const remove = (path: string): Promise<HttpAnswer> => send(deployment().url, `/api/secrets/${path}`, { method: 'DELETE' });
  /** @returns the lines of its environment that begin so */
  const environmentOf = async (path: string, start: string): Promise<string[]> => {
    const { status, text } = await invoke(deployment().url, path);
    assert.equal(status, 200, text);
    return text.split('\n').filter((line) => line.startsWith(start));
  };
  const eventualResult = async (path: string): Promise<HttpAnswer> => {
    const { json, text, status } = await send(deployment().url, `/async/${path}`, { method: 'POST' });
    assert.equal(status, 202, text);
    return send(deployment().url, `/api/invocations/${(json as { id: string }).id}/result?wait=30s`);
  };

  describe('secrets', { concurrency: 4 }, () => {
    before(async () => {
      await put('suite-first', 'the first, with = and "quotes"');
      await put('suite-second', 'two\nlines');
    });

    test('are variables of a command, beside those of its configuration', async () => {
      const { url } = deployment();
      const secrets = { SECRET_A: 'suite-first', SECRET_B: 'suite-second', SECRET_C: 'suite-first' };
      const version = await deploy(url, 'secret-cgi', printsEnvironment, { env: { SECRET_D: 'plain' }, secrets });
      assert.deepEqual(
        version.secrets?.map(({ env }) => env),
        ['SECRET_A', 'SECRET_B', 'SECRET_C'],
      );
      assert.deepEqual(await environmentOf('secret-cgi', 'SECRET_'), [
        'SECRET_D=plain',
        'SECRET_A=the first, with = and "quotes"',
        'SECRET_B=two',
        'SECRET_C=the first, with = and "quotes"',
      ]);
    });

    test('are variables of a component', async () => {
      const { url } = deployment();
      await deploy(url, 'secret-component', await readFile(component), { env: { PLAIN: '1' }, secrets: { SECRET: 'suite-second' } });
      assert.deepEqual(await environmentOf('secret-component/others', 'environment'), [
        'environment: [("PLAIN", "1"), ("SECRET", "two\\nlines")]',
      ]);
    });

    test('of the most bytes arrive whole', async () => {
      const value = '\u00e4'.repeat(32_768);
      await put('suite-large', value);
      await deploy(deployment().url, 'secret-large', masksToken('large'), { secrets: { TOKEN: 'suite-large' } });
      const { bytes } = await invoke(deployment().url, 'secret-large');
      assert.ok(bytes.equals(Buffer.from(value).map((byte) => byte ^ 1)));
    });

    test('a changed one is what the next call gets, by every name of the function', async () => {
      const { url } = deployment();
      await put('suite-changing', '0');
      await deploy(url, 'secret-changing', masksToken('changing'), { secrets: { TOKEN: 'suite-changing' } });
      for (let i = 1; i <= 5; i++) {
        await put('suite-changing', `${i}`);
        for (const name of ['secret-changing', 'secret-changing@1', 'secret-changing:live', 'secret-changing:latest'])
          assert.equal((await invoke(url, name)).text, masked(`${i}`), name);
      }
      assert.equal((await invoke(url, 'secret-changing')).headers['x-bantam-version'], '1');
    });

    test('asynchronous invocations get them, the newest within a second', async () => {
      await put('suite-async', 'old');
      await deploy(deployment().url, 'secret-async', masksToken('async'), { secrets: { TOKEN: 'suite-async' } });
      assert.equal((await eventualResult('secret-async')).text, masked('old'));
      await put('suite-async', 'new');
      await eventually(async () => (await eventualResult('secret-async')).text === masked('new'), { timeoutMs: 10_000 });
    });

    test('one that functions are given is not deleted, but by force, and is missing then until it is stored again', async () => {
      const { url } = deployment();
      await put('suite-deleted', 'before');
      await deploy(url, 'secret-deleted', masksToken('deleted'), { secrets: { TOKEN: 'suite-deleted' } });
      assertProblem(await remove('suite-deleted'), 'SECRET_IN_USE', 'the secret "suite-deleted" is given to secret-deleted');
      assert.equal((await invoke(url, 'secret-deleted')).text, masked('before'));
      assert.equal((await remove('suite-deleted?force=true')).status, 204);
      const missing = 'the secret "suite-deleted" of the namespace "default" was deleted';
      assertProblem(await invoke(url, 'secret-deleted'), 'SECRET_MISSING', missing);
      assertProblem(await eventualResult('secret-deleted'), 'SECRET_MISSING', missing);
      await put('suite-deleted', 'after');
      assert.equal((await invoke(url, 'secret-deleted')).text, masked('after'));
      await patch(url, 'secret-deleted', { secrets: null });
      assert.equal((await remove('suite-deleted')).status, 204);
      assert.equal((await invoke(url, 'secret-deleted')).text, '');
    });

    test('that a module cannot be given are refused when it is published', async () => {
      const { url } = deployment();
      const [command, core] = await Promise.all([fromWat(masksToken('refused')), fromWat(constant(1))]);
      for (const [module, config, detail] of [
        [command, { secrets: { A: 'suite-nothing' } }, /^secrets.A: there is no secret "suite-nothing" in the namespace "default"/],
        [command, { secrets: { A: 'suite-first' }, env: { A: '' } }, 'secrets.A: env has a variable of this name'],
        [command, { secrets: { A: 'No Name' } }, /^secrets.A must be the name of a secret;/],
        [command, { secrets: { 'A=B': 'suite-first' } }, /^secrets.A=B is no name of a variable/],
        [core, { secrets: { A: 'suite-first' } }, 'secrets: the module imports nothing of WASI to read an environment with'],
      ] as const) {
        assertProblem(await upload(url, 'secret-refused', module, config), 'INVALID_CONFIG', detail);
      }
      await deploy(url, 'secret-refused', command, { env: { A: '' } });
      assertProblem(await patch(url, 'secret-refused', { secrets: { A: 'suite-first' } }), 'INVALID_CONFIG');
      assert.equal((await patch(url, 'secret-refused', { secrets: { B: 'suite-first' } })).status, 201);
    });

    test('belong to a namespace: functions of another have their own', async () => {
      const { url } = deployment();
      assert.equal((await send(url, '/api/namespaces/secretive', { method: 'PUT' })).status, 201);
      const module = await fromWat(masksToken('namespaces'));
      const config = { secrets: { TOKEN: 'suite-spaced' } };
      await put('suite-spaced', 'ours');
      assertProblem(
        await upload(url, 'secret-spaced?namespace=secretive', module, config),
        'INVALID_CONFIG',
        /in the namespace "secretive"/,
      );
      await put('suite-spaced?namespace=secretive', 'theirs');
      // The same name, number and module: only the namespace tells them apart.
      for (const path of ['secret-spaced', 'secret-spaced?namespace=secretive']) {
        const { json } = await upload(url, path, module, config);
        assert.deepEqual((json as FunctionVersion).secrets, [{ env: 'TOKEN', name: 'suite-spaced', version: 1 }]);
      }
      assert.equal((await invoke(url, 'secret-spaced')).text, masked('ours'));
      assert.equal((await invoke(url, 'secret-spaced.secretive')).text, masked('theirs'));
    });
  });
}
