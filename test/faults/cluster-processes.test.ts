/** Workers and gateways of a cluster that join, leave and die under load. */
import assert from 'node:assert/strict';
import { after, before, suite, test, type TestContext } from 'node:test';
import { checkIncrement, counter, endless, increment } from '../fixtures/fault-guests.ts';
import { call, publish } from '../support/client.ts';
import { type ClusterDeployment, type GatewayProgram, startCluster } from '../support/deployment.ts';
import { eventually } from '../support/eventually.ts';
import { usePostgres } from '../support/postgres.ts';
import { executorsOf, type ProcessInfo, readProcess, workingExecutor } from '../support/processes.ts';
import type { Program } from '../support/program.ts';
import { SteadyLoad } from '../support/steady-load.ts';

const postgres = usePostgres();
let cluster: ClusterDeployment;
let url: string;

/** Both workers have executors working during a burst. */
async function shareTheLoad(workers: readonly Program[]): Promise<boolean> {
  const idle: (readonly ProcessInfo[])[] = workers.map(({ pid }) => executorsOf(pid));
  const burst = await Promise.all(Array.from({ length: 200 }, () => call(url, 'counter?rounds=3000000')));
  assert.ok(burst.every(({ status, text }) => status === 200 && text === '1'));
  return workers.every(({ pid }, i) => workingExecutor(pid, idle[i] ?? []) !== undefined);
}

function steady(t: TestContext, check: () => Promise<string | undefined> = () => checkIncrement(url, 'fast')): SteadyLoad {
  return SteadyLoad.during(t, check, 8);
}

/** The load goes on for that many calls. */
async function answersMore(load: SteadyLoad, calls = 50): Promise<void> {
  const { answered } = load;
  await eventually(() => load.answered >= answered + calls, { timeoutMs: 10_000 });
}

/** Sends every call to a gateway whose /readyz said 200 when it was last asked, as a load balancer does. */
class Balancer {
  readonly #timer: NodeJS.Timeout;
  #ready: readonly string[];
  #turn = 0;

  constructor(t: TestContext, gateways: readonly GatewayProgram[]) {
    const urls = gateways.map((gateway) => gateway.url);
    this.#ready = urls;
    this.#timer = setInterval(() => void this.#ask(urls), 50);
    t.after(() => clearInterval(this.#timer));
  }

  get ready(): readonly string[] {
    return this.#ready;
  }

  next(): string {
    return this.#ready[this.#turn++ % this.#ready.length] ?? '';
  }

  async #ask(urls: readonly string[]): Promise<void> {
    const statuses = await Promise.all(
      urls.map((one) =>
        fetch(`${one}/readyz`).then(
          ({ status }) => status,
          () => 0,
        ),
      ),
    );
    this.#ready = urls.filter((_, i) => statuses[i] === 200);
  }
}

suite('workers and gateways come and go', { timeout: 90_000 }, () => {
  before(async () => {
    cluster = await startCluster(postgres, { BANTAM_EXECUTORS: '1', BANTAM_DRAIN_DELAY_MS: '300' });
    ({ url } = cluster);
    await publish(url, 'fast', await increment(), { timeoutMs: 5_000 });
    await publish(url, 'brief', await increment(), { timeoutMs: 300 });
    await publish(url, 'counter', await counter());
    await publish(url, 'slow', await endless(), { timeoutMs: 3_000 });
  });
  after(() => cluster.stop());

  test('two workers share the load', async () => {
    await cluster.addWorker();
    await eventually(() => shareTheLoad(cluster.workers), { timeoutMs: 10_000 });
  });

  test('a worker that is told to stop under load finishes what it runs, exits 0, and no call fails', async (t) => {
    const leaving = cluster.workers[0] ?? assert.fail();
    const load = steady(t);
    await answersMore(load);
    const executors = executorsOf(leaving.pid);
    assert.equal(await leaving.stop(), 0);
    await answersMore(load);
    await load.stop();
    assert.deepEqual(load.failures, []);
    assert.deepEqual(
      executors.filter(({ pid }) => readProcess(pid) !== undefined),
      [],
    );
  });

  test('a worker that joins and leaves under load costs no call', async (t) => {
    const load = steady(t);
    const joining = await cluster.addWorker();
    await answersMore(load);
    assert.equal(await joining.stop(), 0);
    await load.stop();
    assert.deepEqual(load.failures, []);
  });

  test('calls of a killed worker get 502 WORKER_LOST within 4 s, others are answered, and its executors end', async (t) => {
    const dying = await cluster.addWorker();
    const others = cluster.workers.filter((worker) => worker.running && worker !== dying);
    assert.equal(others.length, 1);
    const codes: string[] = [];
    let slowestMs = 0;
    const load = steady(t, async () => {
      const startMs = performance.now();
      const { status, code } = await call(url, 'fast?n=41');
      slowestMs = Math.max(slowestMs, performance.now() - startMs);
      if (status !== 200) codes.push(`${status} ${code}`);
      return undefined;
    });
    await answersMore(load);
    // One guest runs in each worker, so that the one killed has something to lose.
    const slow = [call(url, 'slow'), call(url, 'slow')];
    await eventually(() => [dying, ...others].every(({ pid }) => workingExecutor(pid, []) !== undefined));
    const executors = executorsOf(dying.pid);
    const startMs = performance.now();
    dying.child.kill('SIGKILL');
    await eventually(() => executors.every(({ pid }) => readProcess(pid) === undefined));
    const outcomes = (await Promise.all(slow)).map(({ code }) => code);
    const tookMs = performance.now() - startMs;
    await answersMore(load);
    await load.stop();
    t.diagnostic(`${codes.length} calls lost, slowest ${slowestMs.toFixed(0)} ms`);
    assert.ok(tookMs < 4_000, `took ${tookMs} ms`);
    assert.ok(slowestMs < 4_000, `took ${slowestMs} ms`);
    assert.ok(
      outcomes.every((code) => ['WORKER_LOST', 'GUEST_DEADLINE_EXCEEDED'].includes(code)),
      outcomes.join(),
    );
    assert.deepEqual(
      codes.filter((code) => code !== '502 WORKER_LOST'),
      [],
    );
    assert.ok(codes.length <= 8 * 2, `${codes.length} calls lost`);
  });

  test('a gateway that is told to stop says so on /readyz first, answers all it was sent, and exits 0', async (t) => {
    const leaving = await cluster.addGateway();
    const balancer = new Balancer(t, [cluster.gateways[0] ?? assert.fail(), leaving]);
    const load = steady(t, () => checkIncrement(balancer.next(), 'fast'));
    await answersMore(load);
    const inFlight = call(leaving.url, 'counter?rounds=100000000');
    const stopped = leaving.program.stop();
    await eventually(async () => (await fetch(`${leaving.url}/readyz`)).status === 503);
    assert.equal((await inFlight).status, 200);
    assert.equal(await stopped, 0);
    await answersMore(load);
    await load.stop();
    assert.deepEqual(load.failures, []);
    assert.deepEqual(balancer.ready, [url]);
  });

  test('answers 503 NO_WORKER while there is none, and 200 again with a new one', async () => {
    const codes = await Promise.all(cluster.workers.filter(({ running }) => running).map((worker) => worker.stop()));
    assert.deepEqual(codes, [0]);
    // What was accepted just before that was noticed waits for a worker until its deadline.
    await eventually(async () => (await call(url, 'brief?n=41')).code === 'NO_WORKER');
    await cluster.addWorker();
    await eventually(async () => (await checkIncrement(url, 'fast')) === undefined);
  });
});
