/** What is told of calls, in our words and in those of OpenFaaS. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { failure } from '../../../contracts/invocation.ts';
import { registerOpenFaas } from '../../../shared/metrics/openfaas.ts';
import { ProcessMetrics } from '../../../shared/metrics/process.ts';
import { parseMetrics } from '../../support/prometheus.ts';

function metrics(maxFunctions = 10): ProcessMetrics {
  const made = new ProcessMetrics({ version: '1.2.3', maxFunctions });
  registerOpenFaas(made.registry, made.functions, () => 3);
  return made;
}

async function read({ registry }: ProcessMetrics): Promise<Map<string, number>> {
  return parseMetrics(await registry.metrics());
}

const warm = { loadUs: 10, runUs: 2_000_000 };
const cold = { loadUs: 900, compileUs: 600, runUs: 1_000_000 };

describe('calls of a function', () => {
  let samples: Map<string, number>;
  const get = (sample: string): number | undefined => samples.get(sample);

  before(async () => {
    const made = metrics();
    const { sync, async } = made.functions.of('fib.team', 0);
    sync.started += 6;
    sync.ended({ ok: true, status: 200, timing: cold }, 3_000);
    sync.ended({ ok: true, status: 200, timing: warm }, 7_000);
    sync.ended({ ok: true, status: 404, timing: warm }, 7_000);
    sync.ended({ ...failure('GUEST_TRAPPED', ''), timing: warm }, 7_000);
    sync.refused('INVALID_ARGUMENTS', 20);
    async.started++;
    async.ended(failure('EXECUTOR_LOST', ''), 40_000);
    samples = await read(made);
  });

  const labels = (lane: string): string => `namespace="team",function="fib.team",lane="${lane}"`;

  test('are counted by lane, code, blame and status', () => {
    const counted = [...samples].filter(([sample]) => sample.startsWith('bantam_function_invocations_total'));
    assert.deepEqual(counted, [
      [`bantam_function_invocations_total{${labels('sync')},code="ok",blame="none",status="200"}`, 2],
      [`bantam_function_invocations_total{${labels('sync')},code="ok",blame="none",status="404"}`, 1],
      [`bantam_function_invocations_total{${labels('sync')},code="GUEST_TRAPPED",blame="guest",status="500"}`, 1],
      [`bantam_function_invocations_total{${labels('sync')},code="INVALID_ARGUMENTS",blame="caller",status="400"}`, 1],
      [`bantam_function_invocations_total{${labels('async')},code="EXECUTOR_LOST",blame="guest",status="502"}`, 1],
    ]);
  });

  test('have durations, time in the guest and cold starts', () => {
    assert.equal(get(`bantam_function_duration_seconds_count{${labels('sync')}}`), 5);
    assert.equal(get(`bantam_function_duration_seconds_bucket{${labels('sync')},le="0.005"}`), 2);
    assert.equal(get(`bantam_function_duration_seconds_sum{${labels('async')}}`), 0.04);
    assert.equal(get(`bantam_function_run_seconds_total{${labels('sync')}}`), 7);
    assert.equal(get(`bantam_function_cold_starts_total{${labels('sync')}}`), 1);
    assert.equal(get(`bantam_function_cold_starts_total{${labels('async')}}`), 0);
  });

  test('are told as by OpenFaaS: those of callers, by HTTP status', () => {
    assert.equal(get('gateway_function_invocation_started{function_name="fib.team"}'), 6);
    assert.equal(get('gateway_service_count{function_name="fib.team"}'), 3);
    const counted = [...samples].filter(([sample]) => sample.startsWith('gateway_function_invocation_total'));
    assert.deepEqual(
      counted,
      [
        [200, 2],
        [404, 1],
        [500, 1],
        [400, 1],
      ].map(([code, count]) => [`gateway_function_invocation_total{function_name="fib.team",code="${code}"}`, count]),
    );
    assert.equal(get('gateway_functions_seconds_bucket{function_name="fib.team",code="200",le="0.005"}'), 1);
    assert.equal(get('gateway_functions_seconds_bucket{function_name="fib.team",code="200",le="10"}'), 2);
    assert.equal(get('gateway_functions_seconds_count{function_name="fib.team",code="200"}'), 2);
  });
});

test('errors of the same status are one series of OpenFaaS', async () => {
  const made = metrics();
  const { sync } = made.functions.of('f', 0);
  sync.ended(failure('QUEUE_FULL', ''), 1);
  sync.ended(failure('NO_WORKER', ''), 1);
  sync.ended({ ok: true, status: 503, timing: warm }, 1);
  const samples = await read(made);
  assert.equal(samples.get('gateway_function_invocation_total{function_name="f",code="503"}'), 3);
  assert.equal(samples.get('gateway_functions_seconds_count{function_name="f",code="503"}'), 3);
});

test('statuses that HTTP does not know are counted with the first of their class', async () => {
  const made = metrics();
  const { sync } = made.functions.of('f', 0);
  for (let status = 200; status < 600; status++) sync.ended({ ok: true, status, timing: warm }, 1);
  const samples = await read(made);
  const statuses = [...samples.keys()].filter((sample) => sample.startsWith('bantam_function_invocations_total'));
  assert.ok(statuses.length < 65, `${statuses.length} series`);
  const of = (status: number): number | undefined =>
    samples.get(
      `bantam_function_invocations_total{namespace="default",function="f",lane="sync",code="ok",blame="none",status="${status}"}`,
    );
  assert.equal(of(418), 1);
  assert.equal(of(499), undefined);
  assert.ok((of(500) ?? 0) > 50);
});

test('functions beyond the limit are one more series, however many there are', async () => {
  const made = metrics(2);
  const call = (name: string): void => made.functions.of(name, 0).sync.ended({ ok: true, status: 200, timing: warm }, 1);
  ['a', 'b', 'c'].forEach(call);
  const earlier = await read(made);
  for (let i = 0; i < 10_000; i++) call(`more-${i}`);
  const later = await read(made);
  assert.equal(later.size, earlier.size);
  const other = 'bantam_function_invocations_total{namespace="other",function="other",lane="sync",code="ok",blame="none",status="200"}';
  assert.equal(earlier.get(other), 1);
  assert.equal(later.get(other), 10_001);
});

test('phases are of lanes: admission and total of every call, the others of those that an executor replied to', async () => {
  const made = metrics();
  const { sync, async } = made.phases;
  sync.admitted(30);
  sync.replied(cold, 1_001_500);
  sync.ended(1_001_600);
  sync.admitted(30);
  sync.ended(50);
  async.replied(warm, 2_000_020);
  const samples = await read(made);
  const phase = (lane: string, name: string, what = 'count'): number | undefined =>
    samples.get(`bantam_invocation_phase_seconds_${what}{lane="${lane}",phase="${name}"}`);
  assert.deepEqual(
    ['admission', 'queue', 'load', 'compile', 'instantiate', 'run', 'total'].map((name) => phase('sync', name)),
    [2, 1, 1, 1, 1, 1, 2],
  );
  assert.deepEqual(
    ['admission', 'queue', 'load', 'compile', 'instantiate', 'run', 'total'].map((name) => phase('async', name)),
    [undefined, 1, 1, 0, 1, 1, 0],
  );
  assert.ok(Math.abs((phase('sync', 'queue', 'sum') ?? 0) - 0.0006) < 1e-9);
  assert.ok(Math.abs((phase('sync', 'instantiate', 'sum') ?? 0) - 0.0003) < 1e-9);
  assert.equal(samples.get('bantam_invocation_cold_start_seconds_count{lane="sync"}'), 1);
  assert.equal(samples.get('bantam_invocation_cold_start_seconds_sum{lane="sync"}'), 0.0009);
});

test('build and engine are told', async () => {
  const samples = await read(metrics());
  assert.equal(samples.get('bantam_build_info{version="1.2.3"}'), 1);
  const { node, v8 } = process.versions;
  assert.equal(samples.get(`bantam_engine_info{node="${node}",v8="${v8}",os="${process.platform}",arch="${process.arch}"}`), 1);
});
