/** What a real Prometheus makes of a running cluster: every expression of every dashboard and alert has data. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { Redis } from 'ioredis';
import { add, spin } from '../fixtures/guests.ts';
import { readDashboards, readRules, withoutThreshold } from '../support/dashboards.ts';
import { skipWithout } from '../support/debian.ts';
import { type ClusterDeployment, startCluster } from '../support/deployment.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { deploy, invoke, upload } from '../support/functions.ts';
import { jsonType, send } from '../support/http.ts';
import { fromWat } from '../support/modules.ts';
import { usePostgres } from '../support/postgres.ts';
import { prometheusFolder, prometheusPackages, type PrometheusServer, startPrometheus } from '../support/prometheus-server.ts';

const postgres = usePostgres();
const trapping = '(module (func (export "run") unreachable))';
/** What the dashboard of one function is opened for. */
const dashboardFunction = 'adding';

const skip = skipWithout('promtool', prometheusPackages);

function promtool(args: readonly string[], input?: string): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, {
    cwd: prometheusFolder,
    encoding: 'utf8',
    ...(input !== undefined && { input }),
  });
  return { status, output: stdout + stderr };
}

describe('promtool', { skip }, () => {
  const files = (pattern: string): string[] => globSync(pattern, { cwd: prometheusFolder });

  test('finds nothing wrong with prometheus.yml and its rules', () => {
    const { status, output } = promtool(['check', 'config', 'prometheus.yml']);
    assert.equal(status, 0, output);
    assert.match(output, /SUCCESS: 2 rule files found/);
  });

  test('runs the tests of the rules', () => {
    assert.ok(files('tests/*.yml').length > 0);
    const { status, output } = promtool(['test', 'rules', ...files('tests/*.yml')]);
    assert.equal(status, 0, output);
  });
});

describe('a cluster that Prometheus scrapes', { skip }, () => {
  let cluster: ClusterDeployment;
  let prometheus: PrometheusServer;
  let gateway: string;
  let worker: string;
  let load: Promise<void>;
  const done = new AbortController();

  before(async () => {
    [gateway, worker] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
    cluster = await startCluster(postgres, { BANTAM_METRICS_PORT: portOf(gateway), BANTAM_WORKER_PORT: portOf(worker) });
    await setMemoryLimit(cluster.redis.port);
    await publishAll(cluster.url);
    load = keepLoad(cluster.url, done.signal);
    prometheus = await startPrometheus({ gateway: [gateway], worker: [worker] });
  });
  after(async () => {
    done.abort();
    await load;
    await prometheus.stop();
    await cluster.stop();
  });

  /** @returns those expressions that have no number for an answer even after some time */
  async function withoutData(expressions: readonly string[]): Promise<string[]> {
    let open = [...new Set(expressions)];
    await eventually(
      async () => {
        const answers = await Promise.all(open.map((expression) => prometheus.query(expression)));
        open = open.filter((_, i) => answers[i]?.some(Number.isFinite) !== true);
        return open.length === 0;
      },
      { timeoutMs: 60_000, intervalMs: 500 },
    ).catch(() => {});
    return open;
  }

  test('has metrics of the form that promtool asks for, but those whose names are given by others', async () => {
    for (const target of [gateway, worker]) {
      const { output } = promtool(['check', 'metrics'], await (await fetch(`http://${target}/metrics`)).text());
      const ours = output
        .split('\n')
        .filter((line) => line !== '' && !/^(nodejs|gateway_function|gateway_functions|gateway_service)_/.test(line));
      assert.deepEqual(ours, [], target);
    }
  });

  test('has data for every rule, and for every alert before its threshold', async () => {
    const rules = readRules();
    assert.ok(rules.length > 20);
    assert.deepEqual(await withoutData(rules.map(({ expr }) => withoutThreshold(expr))), []);
  });

  test('has data for every panel of every dashboard', async () => {
    const dashboards = readDashboards();
    assert.equal(dashboards.length, 4);
    const expressions = dashboards.flatMap(({ panels }) => panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => filledIn(expr))));
    assert.deepEqual(await withoutData(expressions), []);
  });

  test('offers every function that was called in the variables of its dashboard', async () => {
    const [, namespace, name] = readDashboards().find(({ uid }) => uid === 'bantam-function')?.templating.list ?? [];
    const values = async (variable: typeof name): Promise<string[]> => {
      const { query } = (variable?.query ?? {}) as { query: string };
      const [, selector = '', label = ''] = /^label_values\((.+), (\w+)\)$/.exec(filledIn(query)) ?? [];
      return prometheus.labelValues(selector, label);
    };
    assert.deepEqual(await values(namespace), ['default']);
    assert.deepEqual(
      (await values(name)).filter((value) => value === dashboardFunction),
      [dashboardFunction],
    );
  });
});

function portOf(target: string): string {
  return target.slice(target.lastIndexOf(':') + 1);
}

/** As Grafana does it. */
function filledIn(expression: string): string {
  return expression.replaceAll('$__rate_interval', '1m').replaceAll('$namespace', 'default').replaceAll('$function', dashboardFunction);
}

/** Without one there is nothing for BantamRedisMemory to compare with. */
async function setMemoryLimit(port: number): Promise<void> {
  const redis = new Redis(port, '127.0.0.1');
  await redis.config('SET', 'maxmemory', '256mb');
  redis.disconnect();
}

async function publishAll(url: string): Promise<void> {
  await deploy(url, dashboardFunction, add);
  await deploy(url, 'trapping', trapping, { async: { attempts: 1, onFailure: { function: dashboardFunction } } });
  await deploy(url, 'endless', spin, { timeoutMs: 100 });
  const schedule = { function: dashboardFunction, everyMs: 1_000, body: { a: 1, b: 2 } };
  const answer = await send(url, '/api/schedules/each-second', { method: 'PUT', headers: jsonType, body: JSON.stringify(schedule) });
  assert.equal(answer.status, 201, answer.text);
}

/** A little of everything, again and again: rates need counters that move between two scrapes. */
async function keepLoad(url: string, signal: AbortSignal): Promise<void> {
  for (let round = 0; !signal.aborted; round++) {
    await Promise.all([
      invoke(url, `${dashboardFunction}?a=1&b=2`),
      invoke(url, `${dashboardFunction}?a=wrong`),
      invoke(url, 'trapping'),
      invoke(url, 'endless'),
      invoke(url, 'nobody'),
      send(url, `/async/${dashboardFunction}?a=1&b=2`, { method: 'POST' }),
      send(url, '/async/trapping', { method: 'POST' }),
      // Each is another module: a cold start.
      upload(url, 'changing', await fromWat(`(module (func (export "run") (result i32) i32.const ${round}))`)),
    ]);
    await Promise.all([
      invoke(url, 'changing'),
      send(url, '/async/changing', { method: 'POST' }),
      send(url, `/async/trapping`, { method: 'POST' }),
      send(url, '/api/functions/changing'),
    ]);
  }
}
