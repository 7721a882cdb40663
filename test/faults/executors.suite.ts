/** Executors that are lost or slow, in a running deployment with two of them: one call pays, no other. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { checkIncrement, endless, increment, maybeEndless } from '../fixtures/fault-guests.ts';
import { call, type Outcome, publish } from '../support/client.ts';
import type { Deployment } from '../support/deployment.ts';
import { eventually } from '../support/eventually.ts';
import { executorsOf, readProcess, workingExecutor } from '../support/processes.ts';
import { SteadyLoad } from '../support/steady-load.ts';

/** What the deployment must be started with. */
export const twoExecutors = { BANTAM_EXECUTORS: '2' };

export interface ExecutorsOptions {
  /** With `twoExecutors`. */
  readonly start: () => Promise<Deployment>;
  /** The process that owns the executors. */
  readonly worker: (deployment: Deployment) => number;
}

export function executorsSuite(name: string, { start, worker }: ExecutorsOptions): void {
  let deployment: Deployment;
  let url: string;
  let workerPid: number;

  /** @returns what is wrong with the answers of so many fast calls at once */
  const faultsOf = async (calls: number): Promise<string[]> => {
    const faults = await Promise.all(Array.from({ length: calls }, () => checkIncrement(url, 'fast')));
    return faults.flatMap((fault) => fault ?? []);
  };

  suite(`lost and slow executors, ${name}`, { timeout: 60_000 }, () => {
    before(async () => {
      deployment = await start();
      ({ url } = deployment);
      workerPid = worker(deployment);
      await publish(url, 'fast', await increment(), { timeoutMs: 5_000 });
      await publish(url, 'slow', await endless(), { timeoutMs: 20_000 });
      await publish(url, 'maybe', await maybeEndless(), { timeoutMs: 700 });
    });
    after(() => deployment.stop());

    test('an executor killed during a call costs that call, 502 EXECUTOR_LOST, and no other', async (t) => {
      const others = SteadyLoad.during(t, () => checkIncrement(url, 'fast'));
      const idle = executorsOf(workerPid);
      const lost = call(url, 'slow');
      const victim = await eventually(() => workingExecutor(workerPid, idle));
      process.kill(victim.pid, 'SIGKILL');
      const { status, code } = await lost;
      await others.stop();
      assert.deepEqual({ status, code }, { status: 502, code: 'EXECUTOR_LOST' });
      assert.deepEqual(others.failures, []);
      assert.ok(others.answered > 0);
    });

    test('nobody notices that an idle executor was killed', async () => {
      const all = await eventually(() => {
        const found = executorsOf(workerPid);
        return found.length >= 3 && found;
      });
      for (const { pid } of all) process.kill(pid, 'SIGKILL');
      await eventually(() => all.every(({ pid }) => readProcess(pid) === undefined) && executorsOf(workerPid).length > 0);
      assert.deepEqual(await faultsOf(20), []);
    });

    for (const { slowCalls, what } of [
      { slowCalls: 1, what: 'a slow one still runs' },
      { slowCalls: 4, what: 'more slow ones run than there are executors' },
    ]) {
      test(`200 fast calls are answered while ${what}`, async () => {
        let pending = slowCalls;
        const slow = Array.from({ length: slowCalls }, () => call(url, 'slow').finally(() => pending--));
        assert.deepEqual(await faultsOf(200), []);
        assert.equal(pending, slowCalls);
        for (const { pid } of executorsOf(workerPid)) process.kill(pid, 'SIGKILL');
        for (const { code } of await Promise.all(slow)) assert.equal(code, 'EXECUTOR_LOST');
      });
    }

    test('calls that wait in an executor behind one that is stopped run elsewhere', async () => {
      // Known to be short, so that calls of both travel together.
      for (let i = 0; i < 30; i++) assert.equal((await call(url, 'maybe?forever=0')).text, '0');
      const endlessOnes: Promise<Outcome>[] = [];
      const others: Promise<string | undefined>[] = [];
      for (let i = 0; i < 120; i++) {
        if (i % 40 === 7) endlessOnes.push(call(url, 'maybe?forever=1'));
        else others.push(checkIncrement(url, 'fast'));
      }
      assert.deepEqual(
        (await Promise.all(others)).filter((fault) => fault !== undefined),
        [],
      );
      const codes = (await Promise.all(endlessOnes)).map(({ code }) => code);
      assert.deepEqual(codes, ['GUEST_DEADLINE_EXCEEDED', 'GUEST_DEADLINE_EXCEEDED', 'GUEST_DEADLINE_EXCEEDED']);
    });
  });
}
