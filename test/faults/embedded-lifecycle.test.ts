/** `npm start` from start to end: stopped, killed, and refused where it cannot run. */
import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test, type TestContext } from 'node:test';
import { checkIncrement, counter, endless, increment } from '../fixtures/fault-guests.ts';
import { call, publish } from '../support/client.ts';
import { type EmbeddedDeployment, startEmbedded } from '../support/deployment.ts';
import { eventually } from '../support/eventually.ts';
import { noOrdinaryUser, ordinaryUser } from '../support/other-user.ts';
import { executorsOf, listProcesses, workingExecutor } from '../support/processes.ts';
import { Program, type ProgramOptions } from '../support/program.ts';

let folder: string;
let dataDir: string;

/** The process and all below it. */
function treeOf(pid: number): number[] {
  const all = listProcesses();
  const tree = [pid];
  // Grows while it is walked.
  for (const parent of tree) tree.push(...all.filter((one) => one.parent === parent).map((child) => child.pid));
  return tree;
}

/** Which of these, or of those that work for the data folder, are there. */
function living(pids: readonly number[]): string[] {
  const left = listProcesses().filter(({ pid, command }) => pids.includes(pid) || command.includes(folder));
  return left.map(({ pid, command }) => `${pid} ${command}`);
}

async function startTimed(t: TestContext, what: string): Promise<EmbeddedDeployment> {
  const startMs = performance.now();
  const deployment = await startEmbedded({ BANTAM_DATA_DIR: dataDir, BANTAM_EXECUTORS: '2' });
  t.diagnostic(`${what}: ready after ${(performance.now() - startMs).toFixed(0)} ms`);
  t.after(() => deployment.server.child.kill('SIGKILL'));
  return deployment;
}

/** A call that takes about a second, once it runs. */
async function callInFlight({ url, server }: EmbeddedDeployment): Promise<ReturnType<typeof call>[]> {
  const idle = executorsOf(server.pid);
  const inFlight = call(url, 'counter?rounds=1000000000');
  await eventually(() => workingExecutor(server.pid, idle));
  return [inFlight];
}

suite('the embedded server starts and stops', { timeout: 60_000 }, () => {
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bantam-test-'));
    dataDir = join(folder, 'data');
  });
  after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  for (const { signal, what } of [
    { signal: 'SIGINT', what: 'first start' },
    { signal: 'SIGTERM', what: 'second start' },
  ] as const) {
    test(`${signal} with a call in flight: it is answered, the exit code is 0, no process is left, data are kept`, async (t) => {
      const deployment = await startTimed(t, what);
      const { url, server } = deployment;
      assert.match(
        server.output,
        /^Bantam is ready at http:\/\/127\.0\.0\.1:\d+ \(embedded PostgreSQL, queue in this process; data in \S+\)\n$/,
      );
      if (signal === 'SIGINT') {
        await publish(url, 'counter', await counter());
        await publish(url, 'fast', await increment());
      }
      assert.equal(await checkIncrement(url, 'fast'), undefined);
      const [inFlight] = await callInFlight(deployment);
      const pids = treeOf(server.pid);
      assert.ok(pids.length > 4);
      assert.equal(await server.stop(signal), 0);
      assert.equal((await inFlight)?.text, '1');
      assert.deepEqual(living(pids), []);
      assert.equal(server.errors, '');
    });
  }

  test('a guest that outlasts the grace period is stopped, its caller answered, and the exit code is still 0', async (t) => {
    const deployment = await startEmbedded({ BANTAM_DATA_DIR: dataDir, BANTAM_EXECUTORS: '1', BANTAM_SHUTDOWN_GRACE_MS: '300' });
    const { url, server } = deployment;
    t.after(() => server.child.kill('SIGKILL'));
    await publish(url, 'endless', await endless(), { timeoutMs: 60_000 });
    const idle = executorsOf(server.pid);
    const inFlight = call(url, 'endless');
    await eventually(() => workingExecutor(server.pid, idle));
    assert.equal(await server.stop('SIGTERM'), 0);
    assert.equal((await inFlight).code, 'WORKER_LOST');
  });

  test('after kill -9 executors end by themselves, also in an endless loop; the next start works and nothing published is lost', async (t) => {
    const killed = await startTimed(t, 'third start');
    await publish(killed.url, 'endless', await endless());
    const idle = executorsOf(killed.server.pid);
    const lost = assert.rejects(call(killed.url, 'endless'));
    await eventually(() => workingExecutor(killed.server.pid, idle));
    await publish(killed.url, 'last', await increment());
    const executors = new Set(executorsOf(killed.server.pid).map(({ pid }) => pid));
    killed.server.child.kill('SIGKILL');
    await lost;
    await eventually(() => listProcesses().every(({ pid }) => !executors.has(pid)), { timeoutMs: 2_000 });
    const next = await startTimed(t, 'start after kill -9');
    for (const name of ['fast', 'last']) assert.equal(await checkIncrement(next.url, name), undefined);
    const pids = treeOf(next.server.pid);
    assert.equal(await next.server.stop(), 0);
    assert.deepEqual(living(pids), []);
  });
});

suite('the embedded server says why it cannot start, in one line, exits 1 and leaves nothing running', { timeout: 60_000 }, () => {
  let running: EmbeddedDeployment;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bantam-test-'));
    await chmod(folder, 0o755);
    dataDir = join(folder, 'data');
    running = await startEmbedded({ BANTAM_DATA_DIR: dataDir });
  });
  after(async () => {
    await running.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  async function refusal(t: TestContext, env: Readonly<Record<string, string>>, options?: ProgramOptions): Promise<string> {
    const ours = new Set(listProcesses().map(({ pid }) => pid));
    const program = new Program('gateway/embedded/main.ts', { BANTAM_PORT: '0', ...env }, options);
    t.after(() => program.child.kill('SIGKILL'));
    assert.equal(await program.ended(), 1, program.output);
    assert.equal(program.output, program.errors);
    const left = listProcesses().filter(
      ({ pid, command, parent }) => !ours.has(pid) && (parent === program.pid || command.includes(folder)),
    );
    assert.deepEqual(left, []);
    assert.match(program.errors, /^bantam: [^\n]+\n$/);
    return program.errors;
  }

  test('the port is in use', async (t) => {
    const { port } = new URL(running.url);
    assert.match(
      await refusal(t, { BANTAM_PORT: port, BANTAM_DATA_DIR: join(folder, 'other') }),
      new RegExp(`port ${port} .* in use.*BANTAM_PORT`),
    );
  });

  test('the data folder is in use', async (t) => {
    const line = await refusal(t, { BANTAM_DATA_DIR: dataDir });
    assert.ok(line.includes(`the data folder ${dataDir} is in use`), line);
    assert.equal((await fetch(`${running.url}/readyz`)).status, 200);
  });

  test('the data folder cannot be written to', { skip: noOrdinaryUser }, async (t) => {
    const readOnly = join(folder, 'read-only');
    await mkdir(readOnly, { mode: 0o555 });
    // Root can write everywhere, so somebody else tries.
    const line = await refusal(t, { BANTAM_DATA_DIR: join(readOnly, 'data') }, ordinaryUser);
    assert.match(line, /the data folder \S+ cannot be written to .*BANTAM_DATA_DIR/);
  });

  test('a setting does not exist', async (t) => {
    const line = await refusal(t, { BANTAM_DATA_DIR: join(folder, 'other'), BANTAM_PROT: '1' });
    assert.match(line, /BANTAM_PROT: there is no such setting; did you mean BANTAM_PORT\?/);
  });
});
