/** Contenders of `engines` with real processes, on little work: what they measure, and what becomes of one that is wrong or not there. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test, type TestContext } from 'node:test';
import type { Contender } from '../../bench/engines/contender.ts';
import { bantam } from '../../bench/engines/contenders/bantam.ts';
import { clang } from '../../bench/engines/contenders/native.ts';
import { v8, v8Kept } from '../../bench/engines/contenders/v8.ts';
import { versionOf } from '../../bench/engines/commands.ts';
import { measureEngines } from '../../bench/engines/measure.ts';
import type { Program } from '../../bench/engines/programs.ts';
import { Absent, type Stage } from '../../bench/path.ts';
import { Processes } from '../../bench/processes.ts';

const stage: Stage = { processes: new Processes(process.env), repository: join(import.meta.dirname, '../..') };
after(() => stage.processes.stop());

const fib: Program = { name: 'fib', title: 'fib(20)', n: 20, checksum: 6_765 };
const wrong: Program = { ...fib, checksum: 6_764 };
const pace = { rounds: 1, calls: 3 };

/** @returns whether there is a C compiler here; the test is skipped where not */
async function compiles(context: TestContext): Promise<boolean> {
  const there = await versionOf(stage, 'clang').then(
    () => true,
    () => false,
  );
  if (!there) context.skip('no clang on this machine');
  return there;
}

for (const contender of [bantam, v8, v8Kept]) {
  test(`${contender.name} calls as often as it is told, and says how long all of it took`, async () => {
    const { run } = await contender.prepare(stage, fib, 3);
    const { calls = [], readyUs = 0, residentBytes } = await run();
    assert.deepEqual(
      calls.map(({ checksum }) => checksum),
      [6_765, 6_765, 6_765],
    );
    assert.ok(calls.every(({ elapsedUs }) => elapsedUs > 0));
    // The first call has compiled and instantiated.
    assert.ok(readyUs > 0 && readyUs < (calls[0]?.elapsedUs ?? 0));
    if (process.platform === 'linux') {
      assert.ok(calls.every(({ processorUs }) => processorUs !== null && processorUs > 0));
      assert.ok((residentBytes ?? 0) > 10_000_000);
    }
  });

  test(`${contender.name} fails with a wrong answer`, async () => {
    const { run } = await contender.prepare(stage, wrong, 3);
    await assert.rejects(run(), /fib\(20\) answered 6765, not 6764/);
  });
}

test('native code is compiled, and run as a process for one call and for all', async (context) => {
  if (!(await compiles(context))) return;
  const { run } = await clang.prepare(stage, fib, 3);
  const { calls = [], processUs = 0 } = await run();
  assert.deepEqual(
    calls.map(({ checksum }) => checksum),
    [6_765, 6_765, 6_765],
  );
  assert.ok(processUs > (calls[0]?.elapsedUs ?? Infinity));
  await assert.rejects((await clang.prepare(stage, wrong, 3)).run(), /answered 6765, not 6764/);
});

test('a command that is not on the PATH is absent', async () => {
  await assert.rejects(
    versionOf(stage, 'no-such-runtime'),
    (error) => error instanceof Absent && /no-such-runtime is not on the PATH/.test(error.message),
  );
});

test('what is absent or fails is reported as such, once, and the others are measured', async () => {
  const absent: Contender = { ...v8, name: 'absent', describe: () => Promise.reject(new Absent('not here')) };
  const { results, missing, versions } = await measureEngines(stage, [fib, { ...wrong, name: 'prime', n: 11 }], [v8, absent], {
    ...pace,
    rounds: 2,
  });
  assert.deepEqual([...versions.keys()], ['v8']);
  assert.deepEqual(missing, [
    { path: 'absent', kind: 'absent', reason: 'not here' },
    { path: 'prime: v8', kind: 'failed', reason: 'fib(20) answered 1, not 6764' },
  ]);
  assert.deepEqual(
    results.map(({ program, contender, rounds }) => [program.name, contender, rounds.length]),
    [['fib', 'v8', 2]],
  );
});

test('a contender that fails in a later round is not half measured', async () => {
  let runs = 0;
  const failing: Contender = {
    ...v8,
    prepare: () => Promise.resolve({ run: () => (++runs === 2 ? Promise.reject(new Error('gone')) : Promise.resolve({ processUs: 1 })) }),
  };
  const { results, missing } = await measureEngines(stage, [fib], [failing], { ...pace, rounds: 3 });
  assert.deepEqual(results, []);
  assert.deepEqual(missing, [{ path: 'fib: v8', kind: 'failed', reason: 'gone' }]);
  assert.equal(runs, 2);
});
