/** What Prometheus is told: after calls of known outcome the counters have moved by exactly that much, at the process where it happened. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { constant, spin } from '../../fixtures/guests.ts';
import type { Deployment } from '../../support/deployment.ts';
import { eventually } from '../../support/eventually.ts';
import { assertAnswer, assertProblem, deploy, invoke } from '../../support/functions.ts';
import { oneConnection, send } from '../../support/http.ts';
import { parseMetrics } from '../../support/prometheus.ts';

type Samples = ReadonlyMap<string, number>;

const trapping = '(module (func (export "run") (result i32) unreachable))';
const phases = ['admission', 'queue', 'load', 'instantiate', 'run', 'total'];

export function metricsSuite(deployment: () => Deployment): void {
  async function scrape(url: string): Promise<Samples> {
    const answer = await send(url, '/metrics');
    assert.equal(answer.status, 200);
    assert.match(String(answer.headers['content-type']), /^text\/plain; version=0\.0\.4/);
    return parseMetrics(answer.text);
  }
  const atGateway = (): Promise<Samples> => scrape(deployment().url);
  const atWorker = (): Promise<Samples> => scrape(deployment().workerUrl);
  const riseOf =
    (earlier: Samples, later: Samples) =>
    (sample: string): number =>
      (later.get(sample) ?? 0) - (earlier.get(sample) ?? 0);
  const labels = (name: string, lane: string): string => `namespace="default",function="${name}",lane="${lane}"`;
  const invocations = (name: string, lane: string, code: string, blame: string, status: number): string =>
    `bantam_function_invocations_total{${labels(name, lane)},code="${code}",blame="${blame}",status="${status}"}`;

  describe('metrics', () => {
    before(async () => {
      const { url } = deployment();
      await deploy(url, 'metered', constant(1));
      await deploy(url, 'metered-trap', trapping, { async: { attempts: 2, backoffMs: 0 } });
      await deploy(url, 'metered-spin', spin, { timeoutMs: 300 });
    });

    test('of synchronous calls', async () => {
      const { url } = deployment();
      const earlier = { gateway: await atGateway(), worker: await atWorker() };
      // First, for what its executor keeps goes with it.
      assertProblem(await invoke(url, 'metered-spin'), 'GUEST_DEADLINE_EXCEEDED');
      for (let i = 0; i < 3; i++) assertAnswer(await invoke(url, 'metered'), 1);
      assert.equal((await invoke(url, 'metered?x=1')).status, 400);
      assertProblem(await invoke(url, 'metered-trap'), 'GUEST_TRAPPED');
      const later = { gateway: await atGateway(), worker: await atWorker() };
      const rise = riseOf(earlier.gateway, later.gateway);
      const riseAtWorker = riseOf(earlier.worker, later.worker);

      assert.equal(rise(invocations('metered', 'sync', 'ok', 'none', 200)), 3);
      assert.equal(rise(invocations('metered', 'sync', 'INVALID_ARGUMENTS', 'caller', 400)), 1);
      assert.equal(rise(invocations('metered-trap', 'sync', 'GUEST_TRAPPED', 'guest', 500)), 1);
      assert.equal(rise(invocations('metered-spin', 'sync', 'GUEST_DEADLINE_EXCEEDED', 'guest', 504)), 1);
      assert.equal(rise(`bantam_function_duration_seconds_count{${labels('metered', 'sync')}}`), 4);
      assert.ok(rise(`bantam_function_run_seconds_total{${labels('metered', 'sync')}}`) >= 0);
      assert.ok(rise(`bantam_function_cold_starts_total{${labels('metered', 'sync')}}`) >= 1);
      assert.equal(rise('bantam_gateway_refused_total{code="INVALID_ARGUMENTS"}'), 1);
      // Let in were five; the guest that was killed told of no phase; the refused one had no end.
      assert.deepEqual(
        phases.map((phase) => rise(`bantam_invocation_phase_seconds_count{lane="sync",phase="${phase}"}`)),
        [5, 4, 4, 4, 4, 5],
      );
      assert.equal(
        rise('bantam_invocation_cold_start_seconds_count{lane="sync"}'),
        rise('bantam_invocation_phase_seconds_count{lane="sync",phase="compile"}'),
      );
      assert.equal(later.gateway.get('bantam_gateway_in_flight_invocations'), 0);
      assert.equal(later.gateway.get('bantam_queue_workers'), 1);
      assert.equal(later.gateway.get('bantam_queue_oldest_seconds'), 0);

      assert.equal(riseAtWorker('bantam_executor_kills_total{reason="deadline"}'), 1);
      assert.equal(riseAtWorker('bantam_executor_crashes_total'), 0);
      const lookups = (result: string): number => riseAtWorker(`bantam_executor_module_lookups_total{result="${result}"}`);
      assert.equal(lookups('hit') + lookups('miss'), 5);
      assert.ok(lookups('miss') >= 3);
      assert.ok((later.worker.get('bantam_executor_module_cache_bytes') ?? 0) > 0);
      assert.ok((later.worker.get('bantam_worker_artifact_cache_bytes') ?? 0) > 0);
      assert.ok(riseAtWorker('bantam_worker_artifact_lookups_total{result="memory"}') >= 2);
      assert.ok(riseAtWorker('bantam_executor_cpu_seconds_total') > 0);
      assert.ok((later.worker.get('bantam_executor_peak_memory_bytes') ?? 0) > 1e6);
    });

    test('of the same calls as OpenFaaS tells them', async () => {
      const { url } = deployment();
      const earlier = await atGateway();
      assertAnswer(await invoke(url, 'metered'), 1);
      assert.equal((await invoke(url, 'metered?x=1')).status, 400);
      const later = await atGateway();
      const rise = riseOf(earlier, later);
      assert.equal(rise('gateway_function_invocation_started{function_name="metered"}'), 2);
      for (const code of [200, 400]) {
        assert.equal(rise(`gateway_function_invocation_total{function_name="metered",code="${code}"}`), 1);
        assert.equal(rise(`gateway_functions_seconds_count{function_name="metered",code="${code}"}`), 1);
      }
      assert.equal(later.get('gateway_service_count{function_name="metered"}'), 1);
    });

    test('of asynchronous invocations, and of dead letters', async () => {
      const { url } = deployment();
      const earlier = { gateway: await atGateway(), worker: await atWorker() };
      for (const name of ['metered', 'metered-trap']) {
        const { json } = await send(url, `/async/${name}`, { method: 'POST' });
        await send(url, `/api/invocations/${(json as { id: string }).id}/result?wait=30s`);
      }
      const attempts = (outcome: string): string => `bantam_async_attempts_total{outcome="${outcome}"}`;
      // Whoever waits for a result may have it before the worker knows that it is written.
      const riseAtWorker = await eventually(async () => {
        const rise = riseOf(earlier.worker, await atWorker());
        return rise(attempts('succeeded')) + rise(attempts('dead')) === 2 && rise;
      });
      assert.equal(riseOf(earlier.gateway, await atGateway())('bantam_async_accepted_total'), 2);
      assert.equal(riseAtWorker(invocations('metered', 'async', 'ok', 'none', 200)), 1);
      assert.equal(riseAtWorker(invocations('metered-trap', 'async', 'GUEST_TRAPPED', 'guest', 500)), 2);
      assert.equal(riseAtWorker('bantam_invocation_phase_seconds_count{lane="async",phase="run"}'), 3);
      assert.deepEqual(
        ['succeeded', 'failed', 'retried', 'dead'].map((outcome) => riseAtWorker(attempts(outcome))),
        [1, 0, 1, 1],
      );
      assert.equal(riseAtWorker('bantam_async_dead_letters_total{reason="attempts"}'), 1);
      const dead = 'bantam_async_invocations{status="dead"}';
      const census = await eventually(
        async () => {
          const now = await atGateway();
          return (now.get(dead) ?? 0) > (earlier.gateway.get(dead) ?? 0) && now;
        },
        { timeoutMs: 20_000 },
      );
      assert.equal(census.get('bantam_async_leading'), 1);
      assert.equal(census.get('bantam_async_workers'), 1);
      assert.equal(census.get('bantam_async_oldest_due_seconds'), 0);
    });

    test('of publishes and releases', async () => {
      const { url } = deployment();
      const earlier = await atGateway();
      await deploy(url, 'metered-published', constant(2));
      await deploy(url, 'metered-published', constant(2));
      await deploy(url, 'metered-published', constant(3));
      assert.equal((await send(url, '/api/functions/metered-published/rollback', { method: 'POST' })).status, 200);
      const rise = riseOf(earlier, await atGateway());
      assert.equal(rise('bantam_gateway_publishes_total{outcome="created"}'), 2);
      assert.equal(rise('bantam_gateway_publishes_total{outcome="unchanged"}'), 1);
      assert.equal(rise('bantam_gateway_releases_total{reason="rollback"}'), 1);
    });

    test('know the event streams that are open', async () => {
      const closing = new AbortController();
      const stream = await fetch(`${deployment().url}/api/events`, { signal: closing.signal });
      assert.equal((await atGateway()).get('bantam_gateway_event_streams'), 1);
      closing.abort();
      await assert.rejects(stream.text());
      await eventually(async () => (await atGateway()).get('bantam_gateway_event_streams') === 0);
    });

    test('have no series more after 400 names of no function, and of no version or alias of one', async () => {
      const { url } = deployment();
      const ours = (samples: Samples): string[] => [...samples.keys()].filter((sample) => !/^(process|nodejs)_/.test(sample));
      for (const path of ['nobody', 'metered@99', 'metered:nobody', '-']) await invoke(url, path);
      const earlier = await atGateway();
      const agent = oneConnection();
      for (let i = 0; i < 400; i++) {
        const path = [`nobody-${i}`, `metered@${1_000 + i}`, `metered:nobody-${i}`, `-${i}`][i % 4] as string;
        const answer = await invoke(url, path, { agent });
        assert.ok(answer.status === 404 || answer.status === 400, `${path} ${answer.text}`);
      }
      agent.destroy();
      const later = await atGateway();
      assert.deepEqual(ours(later).toSorted(), ours(earlier).toSorted());
      assert.equal(riseOf(earlier, later)('bantam_gateway_refused_total{code="FUNCTION_NOT_FOUND"}'), 100);
    });

    test('are those of docs/metrics.md, each at its process', async () => {
      const { url, workerUrl, name } = deployment();
      const page = await readFile(join(import.meta.dirname, '../../../docs/metrics.md'), 'utf8');
      const sections = page.split(/^## /m).slice(1);
      const documented = (...titles: string[]): string[] =>
        sections
          .filter((section) => titles.some((title) => section.startsWith(`${title}\n`)))
          .flatMap((section) => [...section.matchAll(/^\| `([a-z_]+)` \| ([a-z]+) /gm)].map(([, metric, type]) => `${metric} ${type}`));
      const served = async (base: string): Promise<string[]> => {
        const { text } = await send(base, '/metrics');
        const typed = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, metric, type]) => `${metric} ${type}`);
        return typed.filter((metric) => !/^(process|nodejs)_/.test(metric));
      };
      const gateway = ['Every process', 'Gateway', 'Gateway, as OpenFaaS'];
      const expected =
        name === 'embedded'
          ? [[url, [...gateway, 'Worker']] as const]
          : [[url, gateway] as const, [workerUrl, ['Every process', 'Worker']] as const];
      for (const [base, titles] of expected)
        assert.deepEqual((await served(base)).toSorted(), documented(...titles).toSorted(), titles.join(', '));
    });

    test('of the processes themselves', async () => {
      const { name } = deployment();
      for (const samples of [await atGateway(), await atWorker()]) {
        assert.equal(samples.get('bantam_build_info{version="0.1.0"}'), 1);
        assert.ok(samples.has('process_cpu_seconds_total'));
        assert.ok(samples.has('nodejs_eventloop_lag_p99_seconds'));
        assert.ok((samples.get('bantam_registry_call_seconds_count{outcome="ok"}') ?? 0) > 0);
        assert.equal(samples.get('bantam_registry_connections{state="waiting"}'), 0);
        assert.equal(samples.get('bantam_process_ready{role="queue"}'), 1);
      }
      assert.equal((await atGateway()).get('bantam_process_ready{role="database"}'), 1);
      assert.ok(((await atWorker()).get('bantam_executor_processes{state="idle"}') ?? 0) >= 1);
      if (name === 'embedded') return;
      const [gateway, worker] = [await atGateway(), await atWorker()];
      assert.ok((gateway.get('bantam_redis_command_seconds_count{command="enqueue"}') ?? 0) > 0);
      assert.ok((worker.get('bantam_redis_command_seconds_count{command="answer"}') ?? 0) > 0);
      assert.ok((gateway.get('bantam_redis_memory_bytes{state="used"}') ?? 0) > 100_000);
    });
  });
}
