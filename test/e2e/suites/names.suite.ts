/** Names of functions: what is none is refused as the caller's mistake, wherever it stands. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { constant } from '../../fixtures/guests.ts';
import type { Deployment } from '../../support/deployment.ts';
import { assertAnswer, deploy, invoke } from '../../support/functions.ts';
import { send, sendRaw } from '../../support/http.ts';
import { fromWat } from '../../support/modules.ts';

const longest = 'a'.repeat(63);

/** As they stand in the path. */
const invalid = [
  'Fib',
  'f_b',
  '-fib',
  `${longest}a`,
  'f'.repeat(10_000),
  '..',
  '.',
  '%2e%2e',
  '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
  'a%2fb',
  'a%00b',
  '%00',
  '%ff',
  '%zz',
  '%',
  'f%c3%bcnf',
  '%F0%9F%90%93',
  '__proto__',
  '%20',
  'fib%20',
  'fib%0a',
  'fib%0d%0ax-injected:%201',
  'fib;drop',
  "fib'",
  '%27%3b--',
  '*',
  ':name',
  'a:B',
  'a:1',
  'a:b:c',
  'a@1:b',
  'a@1@2',
  'a.b.c',
  'a.',
  '.a',
  'a.B',
];

export function namesSuite(deployment: () => Deployment): void {
  describe('names', { concurrency: 4 }, () => {
    test('a name may have 1 to 63 of a-z, 0-9 and "-"', async () => {
      const { url } = deployment();
      await Promise.all(
        ['a', '0', 'a-', 'constructor', longest].map(async (name) => {
          await deploy(url, name, constant(1));
          assertAnswer(await invoke(url, name), 1);
        }),
      );
    });

    for (const shown of invalid) {
      test(`refuses ${shown.length > 100 ? `a name of ${shown.length} characters` : shown}`, async () => {
        const { url } = deployment();
        const body = await fromWat(constant(1));
        const requests = [
          send(url, `/api/functions/${shown}`, { method: 'PUT', body }),
          send(url, `/api/functions/${shown}`),
          send(url, `/api/functions/${shown}`, { method: 'DELETE' }),
          send(url, `/api/functions/${shown}`, { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: '{}' }),
          send(url, `/api/functions/${shown}/versions`),
          send(url, `/api/functions/${shown}/versions/1/module`),
          send(url, `/fn/${shown}`),
        ];
        for (const answer of await Promise.all(requests)) {
          assert.ok(answer.status === 400 || answer.status === 404, `${answer.status} ${answer.text}`);
          assert.equal(answer.headers['content-type'], 'application/problem+json', answer.text);
          assert.match(answer.text, /"code":"(INVALID_NAME|INVALID_REQUEST|ROUTE_NOT_FOUND)"/);
          assert.equal(answer.headers['x-injected'], undefined);
        }
      });
    }

    test('refuses the empty name and names with a slash', async () => {
      const { url } = deployment();
      const body = await fromWat(constant(1));
      for (const path of ['/api/functions/', '/api/functions/a/b', '/api/functions//', '/api/functions/../../etc']) {
        const answer = await send(url, path, { method: 'PUT', body });
        assert.ok(answer.status === 400 || answer.status === 404, `${path}: ${answer.status} ${answer.text}`);
        assert.equal(answer.headers['content-type'], 'application/problem+json', answer.text);
      }
      assert.equal((await send(url, '/fn/')).status, 400);
      assert.equal((await send(url, '/fn')).status, 404);
    });

    test('refuses version numbers that are none', async () => {
      const { url } = deployment();
      await deploy(url, 'numbered', constant(1));
      for (const version of ['0', '-1', 'x', '', '1.0', '1e0', '99999999999', '%31%00']) {
        assert.equal((await invoke(url, `numbered@${version}`)).status, 400, `@${version}`);
        assert.equal((await send(url, `/api/functions/numbered/versions/${version}/module`)).status, 400, version);
      }
    });

    test('answers 400 to a request that is no HTTP', async () => {
      const { url } = deployment();
      for (const [request, detail] of [
        ['GET /fn/a\0b HTTP/1.1\r\nhost: x\r\n\r\n', /this is not HTTP: /],
        ['hello\r\n\r\n', /this is not HTTP: /],
        [`GET /fn/${'a'.repeat(20_000)} HTTP/1.1\r\n\r\n`, /the request line and the headers are too long/],
      ] as const) {
        const answer = await sendRaw(url, request);
        assert.match(answer, /^HTTP\/1\.1 400 Bad Request\r\ncontent-type: application\/problem\+json\r\n/);
        assert.match(answer, detail);
      }
      assert.equal((await send(url, '/healthz')).status, 200);
    });
  });
}
