/** A deployment that asks for keys. It trusts the proxy 127.0.0.1. */
import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import type { AuditEntry } from '../../../contracts/key.ts';
import type { FunctionConfig } from '../../../contracts/function.ts';
import { constant } from '../../fixtures/guests.ts';
import type { Deployment } from '../../support/deployment.ts';
import { eventually } from '../../support/eventually.ts';
import { assertProblem, form } from '../../support/functions.ts';
import { type HttpAnswer, jsonType } from '../../support/http.ts';
import { adminKey, makeKey, withKey } from '../../support/keyed-api.ts';
import { fromWat } from '../../support/modules.ts';

/** Answers with its whole environment: what CGI says of the request. */
const cgi = readFileSync(join(import.meta.dirname, '..', '..', 'conformance', 'command-cgi', 'module.wat'), 'utf8');

export function keysSuite(deployment: () => Deployment): void {
  const call = (key: string | undefined, path: string, request?: Parameters<typeof withKey>[3]): Promise<HttpAnswer> =>
    withKey(deployment().url, key, path, request);
  const deploy = async (key: string, name: string, wat: string, config: FunctionConfig = {}): Promise<HttpAnswer> =>
    call(key, `/api/functions/${name}`, form({ module: await fromWat(wat), config: JSON.stringify(config) }));
  const audited = async (query: string): Promise<readonly AuditEntry[]> =>
    ((await call(adminKey, `/api/audit?${query}`)).json as { readonly entries: readonly AuditEntry[] }).entries;

  describe('keys', () => {
    const keys = { deploy: '', invoke: '', other: '', read: '' };
    let deployId = '';

    before(async () => {
      const { url } = deployment();
      const deployer = await makeKey(url, { name: 'deployer', role: 'deploy' });
      deployId = deployer.id;
      keys.deploy = deployer.key;
      keys.invoke = (await makeKey(url, { name: 'caller', role: 'invoke' })).key;
      keys.other = (await makeKey(url, { name: 'other caller', role: 'invoke' })).key;
      keys.read = (await makeKey(url, { name: 'reader', role: 'read' })).key;
      const answer = await deploy(keys.deploy, 'keyed', constant(42));
      assert.equal(answer.status, 201, answer.text);
    });

    test('without a key there is what is open, and nothing else', async () => {
      for (const path of ['/healthz', '/readyz', '/openapi.json', '/metrics'])
        assert.equal((await call(undefined, path)).status, 200, path);
      for (const path of ['/api/functions', '/api/system', '/fn/keyed', '/fn/nowhere', '/api/keys']) {
        const answer = await call(undefined, path);
        assertProblem(answer, 'KEY_REQUIRED');
        assert.equal(answer.headers['www-authenticate'], 'Bearer realm="bantam"');
      }
    });

    test('each role does its own: publishing, calling, looking', async () => {
      assert.equal((await call(keys.invoke, '/fn/keyed')).text, '42');
      assert.equal((await call(keys.deploy, '/fn/keyed')).text, '42');
      assert.equal((await call(keys.read, '/api/functions/keyed')).status, 200);
      assertProblem(
        await call(keys.read, '/fn/keyed'),
        'KEY_NOT_ALLOWED',
        'the key "reader" has the role read: this takes admin or deploy or invoke',
      );
      assertProblem(await deploy(keys.invoke, 'keyed', constant(1)), 'KEY_NOT_ALLOWED');
      assertProblem(await call(keys.deploy, '/api/keys'), 'KEY_NOT_ALLOWED');
      assert.equal((await call(keys.invoke, '/fn/keyed')).text, '42');
    });

    test('a large upload without a key is refused before it is read', async () => {
      const body = [new Uint8Array(1_048_576), new Uint8Array(1_048_576)];
      assertProblem(await call(undefined, '/api/functions/keyed', { method: 'PUT', body }), 'KEY_REQUIRED');
    });

    test('history says which key it was', async () => {
      const { releases } = (await call(keys.read, '/api/functions/keyed/releases')).json as {
        readonly releases: { readonly by: string }[];
      };
      assert.equal(releases[0]?.by, 'deployer');
    });

    test('keys and cookies are not for guests', async () => {
      await deploy(keys.deploy, 'keyed-cgi', cgi);
      const answer = await call(keys.invoke, '/fn/keyed-cgi', {
        headers: { 'x-api-key': keys.other, cookie: 'session=1', 'x-plain': 'seen' },
      });
      assert.equal(answer.status, 200);
      assert.match(answer.text, /HTTP_X_PLAIN=seen/);
      for (const secret of [keys.invoke, keys.other, 'session=1', 'HTTP_AUTHORIZATION', 'HTTP_X_API_KEY'])
        assert.ok(!answer.text.includes(secret), answer.text);
    });

    test('a caller has its own asynchronous invocations, and no list', async () => {
      const accepted = await call(keys.invoke, '/async/keyed', { method: 'POST', body: '' });
      assert.equal(accepted.status, 202, accepted.text);
      const { id } = accepted.json as { readonly id: string };
      assert.equal((await call(keys.invoke, `/api/invocations/${id}/result?wait=15s`)).text, '42');
      for (const key of [keys.invoke, keys.read, adminKey]) assert.equal((await call(key, `/api/invocations/${id}`)).status, 200);
      for (const path of [`/api/invocations/${id}`, `/api/invocations/${id}/result`])
        assertProblem(await call(keys.other, path), 'KEY_NOT_ALLOWED');
      assertProblem(await call(keys.other, `/api/invocations/${id}`, { method: 'DELETE' }), 'KEY_NOT_ALLOWED');
      assertProblem(await call(keys.invoke, `/api/invocations/${id}`, { method: 'DELETE' }), 'INVOCATION_FINISHED');
      assertProblem(await call(keys.invoke, '/api/invocations'), 'KEY_NOT_ALLOWED');
    });

    test('a key of some functions is for these alone', async () => {
      const { key } = await makeKey(deployment().url, { name: 'narrow', role: 'deploy', functions: ['keyed'] });
      assert.equal((await call(key, '/fn/keyed')).text, '42');
      assert.equal((await call(key, '/api/functions/keyed')).status, 200);
      for (const path of [
        '/fn/keyed-cgi',
        '/api/functions/keyed-cgi',
        '/api/functions',
        '/api/schedules',
        '/api/system',
        '/api/functions/keyed?namespace=team',
      ])
        assertProblem(await call(key, path), 'KEY_NOT_ALLOWED');
    });

    test('a public function needs no key at /fn, and one at /async and /api', async () => {
      await deploy(keys.deploy, 'keyed-public', constant(7), { public: true });
      assert.equal((await call(undefined, '/fn/keyed-public')).text, '7');
      assert.equal((await call('bk_nonsense', '/fn/keyed-public')).text, '7');
      assertProblem(await call(undefined, '/async/keyed-public', { method: 'POST', body: '' }), 'KEY_REQUIRED');
      assertProblem(await call(undefined, '/api/functions/keyed-public'), 'KEY_REQUIRED');
      await call(keys.deploy, '/api/functions/keyed-public', { method: 'PATCH', headers: jsonType, body: '{"public": null}' });
      await eventually(async () => (await call(undefined, '/fn/keyed-public')).status === 401);
    });

    test('a revoked key is refused within a second', async () => {
      const { id, key } = await makeKey(deployment().url, { name: 'short-lived', role: 'invoke' });
      assert.equal((await call(key, '/fn/keyed')).status, 200);
      assert.equal((await call(adminKey, `/api/keys/${id}`, { method: 'DELETE' })).status, 204);
      assertProblem(await call(key, '/fn/keyed'), 'KEY_INVALID', 'the key "short-lived" was revoked');
    });

    test('pages of the origins that a function names may call it; preflights need no key', async () => {
      const origin = 'https://app.example';
      await deploy(keys.deploy, 'keyed-cors', constant(3), { cors: { origins: [origin], headers: ['authorization'], maxAgeMs: 60_000 } });
      const asked = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' };
      const preflight = await call(undefined, '/fn/keyed-cors', { method: 'OPTIONS', headers: { origin, ...asked } });
      assert.equal(preflight.status, 204, preflight.text);
      assert.partialDeepStrictEqual(preflight.headers, {
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'GET, HEAD, POST',
        'access-control-allow-headers': 'authorization',
        'access-control-max-age': '60',
        vary: 'Origin',
      });
      const answer = await call(keys.invoke, '/fn/keyed-cors', { headers: { origin } });
      assert.deepEqual([answer.text, answer.headers['access-control-allow-origin']], ['3', origin]);
      const refused = await call(undefined, '/fn/keyed-cors', { headers: { origin } });
      assert.deepEqual([refused.status, refused.headers['access-control-allow-origin']], [401, origin]);
      const stranger = await call(undefined, '/fn/keyed-cors', {
        method: 'OPTIONS',
        headers: { origin: 'https://evil.example', ...asked },
      });
      assert.deepEqual([stranger.status, stranger.headers['access-control-allow-origin']], [204, undefined]);
      const without = await call(keys.invoke, '/fn/keyed', { headers: { origin } });
      assert.deepEqual([without.headers['access-control-allow-origin'], without.headers.vary], [undefined, undefined]);
      assertProblem(await call(undefined, '/fn/keyed', { method: 'OPTIONS', headers: { origin, ...asked } }), 'KEY_REQUIRED');
      assertProblem(
        await deploy(keys.deploy, 'keyed-cors', constant(3), { cors: { origins: ['*'], credentials: true } }),
        'INVALID_CONFIG',
        /cors\.origins/,
      );
    });

    test('X-Forwarded-* is believed of the trusted proxy, and of nobody else', async () => {
      await deploy(keys.deploy, 'keyed-proxied', cgi);
      const headers = { 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'faas.example' };
      const trusted = await call(keys.invoke, '/fn/keyed-proxied', { headers });
      assert.match(trusted.text, /REMOTE_ADDR=203\.0\.113\.7/);
      const elsewhere = await call(keys.invoke, '/fn/keyed-proxied', { headers, agent: new Agent({ localAddress: '127.0.0.2' }) });
      assert.match(elsewhere.text, /REMOTE_ADDR=127\.0\.0\.2/);
      const shown = async (request: object): Promise<unknown> =>
        ((await call(keys.read, '/api/functions/keyed', request)).json as { readonly invokeUrl: string }).invokeUrl;
      assert.equal(await shown({ headers }), 'https://faas.example/fn/keyed');
      assert.match(
        String(await shown({ headers, agent: new Agent({ localAddress: '127.0.0.2' }) })),
        /^http:\/\/127\.0\.0\.1:\d+\/fn\/keyed$/,
      );
    });

    test('the audit log has who did what from where, refusals too', async () => {
      await deploy(keys.deploy, 'keyed-audited', constant(1));
      await call(keys.invoke, '/api/functions/keyed-audited', { method: 'DELETE', headers: { 'x-request-id': 'the-refused-one' } });
      const action = encodeURIComponent('DELETE /api/functions/:name');
      const refused = await eventually(async () =>
        (await audited(`action=${action}`)).find(({ requestId }) => requestId === 'the-refused-one'),
      );
      assert.partialDeepStrictEqual(refused, { name: 'caller', target: 'keyed-audited', address: '127.0.0.1', status: 403 });
      const done = await eventually(async () => (await audited(`key=${deployId}`)).find(({ target }) => target === 'keyed-audited'));
      assert.partialDeepStrictEqual(done, { action: 'PUT /api/functions/:name', name: 'deployer', status: 201 });
    });
  });
}
