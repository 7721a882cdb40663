/** What an operator asks: health, readiness, metrics, the system, the API's own description; and addresses that are none. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { constant } from '../../fixtures/guests.ts';
import type { Deployment } from '../../support/deployment.ts';
import { eventually } from '../../support/eventually.ts';
import { assertProblem, deploy, invoke } from '../../support/functions.ts';
import { send } from '../../support/http.ts';
import { parseMetrics } from '../../support/prometheus.ts';

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
  ['/api/workers', ['get']],
  ['/healthz', ['get']],
  ['/readyz', ['get']],
  ['/metrics', ['get']],
  ['/api/system', ['get']],
];

export function systemSuite(deployment: () => Deployment): void {
  async function metrics(): Promise<Map<string, number>> {
    const answer = await send(deployment().url, '/metrics');
    assert.equal(answer.status, 200);
    assert.match(String(answer.headers['content-type']), /^text\/plain; version=0\.0\.4/);
    return parseMetrics(answer.text);
  }

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

    test('/metrics is in the Prometheus text format, and its counters move', async () => {
      const { url, name } = deployment();
      const before = await metrics();
      await deploy(url, 'metered', constant(1));
      await invoke(url, 'metered');
      await invoke(url, 'metered');
      const after = await metrics();
      const rise = (sample: string): number => (after.get(sample) ?? 0) - (before.get(sample) ?? 0);
      assert.equal(rise('bantam_gateway_invocations_total{outcome="ok"}'), 2);
      assert.equal(rise('bantam_gateway_publishes_total{outcome="created"}'), 1);
      assert.ok(rise('bantam_gateway_cold_starts_total') >= 1);
      for (const phase of ['queue', 'load', 'run', 'total'])
        assert.equal(rise(`bantam_gateway_invocation_duration_seconds_count{phase="${phase}"}`), 2);
      assert.equal(after.get('bantam_gateway_in_flight_invocations'), 0);
      assert.equal(after.get('bantam_queue_workers'), 1);
      assert.ok(after.has('bantam_queue_depth_messages'));
      assert.ok(after.has('process_cpu_seconds_total'));
      if (name === 'embedded') assert.ok((after.get('bantam_worker_executors{state="idle"}') ?? 0) >= 1);
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
        // Functions take all of them, and `redrive` stands where ids stand, too.
        !route.startsWith('/fn') && route !== '/api/dead-letters/redrive';
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
