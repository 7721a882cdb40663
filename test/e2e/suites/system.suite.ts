/** What an operator asks: health, readiness, metrics, the system, the API's own description; and addresses that are none. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Deployment } from '../../support/deployment.ts';
import { eventually } from '../../support/eventually.ts';
import { assertProblem } from '../../support/functions.ts';
import { send } from '../../support/http.ts';

/** Method and path of every route, as in OpenAPI. */
const routes: readonly (readonly [path: string, methods: readonly string[]])[] = [
  ['/api/functions', ['get']],
  ['/api/functions/{name}', ['get', 'put', 'patch', 'delete']],
  ['/api/functions/{name}/versions', ['get']],
  ['/api/functions/{name}/versions/{version}', ['get', 'delete']],
  ['/api/functions/{name}/versions/{version}/module', ['get']],
  ['/api/functions/{name}/versions/{version}/assets', ['get']],
  ['/api/functions/{name}/versions/{version}/wit', ['get']],
  ['/api/functions/{name}/versions/{version}/types.d.ts', ['get']],
  ['/api/functions/{name}/wit', ['get']],
  ['/api/functions/{name}/types.d.ts', ['get']],
  ['/api/functions/{name}/aliases', ['get']],
  ['/api/functions/{name}/aliases/{alias}', ['get', 'put', 'delete']],
  ['/api/functions/{name}/rollback', ['post']],
  ['/api/functions/{name}/releases', ['get']],
  ['/fn/{reference}', ['get', 'post', 'put', 'patch', 'delete', 'options', 'head']],
  ['/fn/{reference}/{*}', ['get', 'post', 'put', 'patch', 'delete', 'options', 'head']],
  ['/async/{reference}', ['post']],
  ['/async/{reference}/{*}', ['post']],
  ['/api/namespaces', ['get']],
  ['/api/namespaces/{name}', ['get', 'put', 'delete']],
  ['/api/invocations', ['get']],
  ['/api/invocations/{id}', ['get', 'delete']],
  ['/api/invocations/{id}/result', ['get']],
  ['/api/dead-letters', ['get', 'delete']],
  ['/api/dead-letters/{id}', ['get', 'delete']],
  ['/api/dead-letters/{id}/redrive', ['post']],
  ['/api/dead-letters/redrive', ['post']],
  ['/api/schedules', ['get']],
  ['/api/schedules/{name}', ['get', 'put', 'delete']],
  ['/api/schedules/{name}/run', ['post']],
  ['/api/schedules/{name}/pause', ['post']],
  ['/api/schedules/{name}/resume', ['post']],
  ['/api/events', ['get']],
  ['/api/functions/{name}/logs', ['get']],
  ['/api/secrets', ['get']],
  ['/api/secrets/{name}', ['get', 'put', 'delete']],
  ['/api/secrets/rotate', ['post']],
  ['/api/keys', ['get', 'post']],
  ['/api/keys/{id}', ['get', 'delete']],
  ['/api/keys/{id}/quota', ['get', 'put', 'delete']],
  ['/api/namespaces/{name}/quota', ['get', 'put', 'delete']],
  ['/api/audit', ['get']],
  ['/api/workers', ['get']],
  ['/healthz', ['get']],
  ['/readyz', ['get']],
  ['/metrics', ['get']],
  ['/api/system', ['get']],
];

export function systemSuite(deployment: () => Deployment): void {
  describe('the system', () => {
    test('/healthz says that the process is alive', async () => {
      const answer = await send(deployment().url, '/healthz');
      assert.equal(answer.status, 200);
      assert.deepEqual(answer.json, { status: 'ok' });
    });

    test('/readyz says that every role is ready', async () => {
      const { url, name } = deployment();
      // A server listens before its first executor has started.
      const answer = await eventually(async () => {
        const now = await send(url, '/readyz');
        return now.status === 200 && now;
      });
      const roles = {
        gateway: { ready: true },
        database: { ready: true },
        queue: { ready: true },
        ...(name === 'embedded' && { executors: { ready: true } }),
      };
      assert.deepEqual(answer.json, { status: 'ready', roles });
    });

    test('/api/system says version, deployment, engines and locks', async () => {
      const { url, name } = deployment();
      const { json } = await send(url, '/api/system');
      assert.partialDeepStrictEqual(json, {
        version: '0.1.0',
        deployment:
          name === 'embedded'
            ? { registry: 'embedded', queue: 'local', worker: 'embedded' }
            : { registry: 'postgres', queue: 'redis', worker: 'separate' },
        engines: { node: process.versions.node, v8: process.versions.v8 },
        platform: { os: process.platform, arch: process.arch },
        locks: { permissionModel: true },
      });
    });

    test('/openapi.json describes every route, and no other', async () => {
      const { json } = await send(deployment().url, '/openapi.json');
      const { openapi, paths } = json as {
        openapi: string;
        paths: Record<string, Record<string, { summary?: string; responses?: object }>>;
      };
      assert.match(openapi, /^3\.1\./);
      assert.deepEqual(Object.keys(paths).toSorted(), routes.map(([path]) => path).toSorted());
      for (const [path, methods] of routes) {
        for (const method of methods) {
          assert.ok(paths[path]?.[method]?.summary, `${method} ${path}`);
          assert.ok(paths[path]?.[method]?.responses, `${method} ${path}`);
        }
      }
    });
  });

  describe('an address that is none', () => {
    test('answers 404', async () => {
      for (const path of [
        '/',
        '/api',
        '/api/function',
        '/fn',
        '/api/functions/a/b',
        '/healthz/x',
        '/%2e%2e/etc',
        '//',
        '/api/functions/a/versions/1/modules',
      ]) {
        assertProblem(await send(deployment().url, path), 'ROUTE_NOT_FOUND', `there is nothing at ${path}`);
      }
    });

    test('answers 405 with the methods it takes', async () => {
      const takesSome = ([route]: (typeof routes)[number]): boolean =>
        // Functions take all of them; `redrive` and `rotate` stand where ids and names stand, too.
        !route.startsWith('/fn') && !['/api/dead-letters/redrive', '/api/secrets/rotate'].includes(route);
      for (const [path, methods] of routes.filter(takesSome)) {
        const address = path.replace(/{(name|alias|id|reference|\*)}/g, 'some').replace('{version}', '1');
        for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
          if (methods.includes(method.toLowerCase())) continue;
          const answer = await send(deployment().url, address, { method });
          assertProblem(answer, 'METHOD_NOT_ALLOWED', `${address} does not take ${method}`);
          const allowed = methods.flatMap((taken) => (taken === 'get' ? ['GET', 'HEAD'] : [taken.toUpperCase()]));
          assert.deepEqual(String(answer.headers['allow']).split(', ').toSorted(), allowed.toSorted(), address);
        }
      }
    });
  });
}
