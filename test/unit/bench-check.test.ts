/** What counts as worse than the result of record, and what a check makes of it. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Benchmark } from '../../bench/benchmark.ts';
import { confirm, differences, judge, type Verdict } from '../../bench/check-policy.ts';
import { check } from '../../bench/check.ts';
import { isBusy } from '../../bench/machine.ts';
import { Processes } from '../../bench/processes.ts';
import { argumentsOf, readResult, type RunRecord, writeRecord } from '../../bench/record.ts';
import type { Comparison, Findings } from '../../bench/report.ts';

const machine = { cpu: 'A', cores: 2, memoryBytes: 1, system: 'Linux', node: '26.10.0', v8: '14', loadAverage: 0.1 };

/** A comparison whose spread goes from `lowest` to `highest`. */
function compared(lowest: number, highest: number, better: Comparison['better'] = 'higher', title = 'ours / theirs'): Comparison {
  return { title, of: 'calls/s', ratio: { lowest, highest, median: (lowest + highest) / 2 }, better };
}

function findings(comparisons: readonly Comparison[], missing: Findings['missing'] = []): Findings {
  return { tables: [], comparisons, missing };
}

function record(changes: Partial<RunRecord> = {}): RunRecord {
  return { benchmark: 'sums', quick: false, machine, date: '2026-01-01T00:00:00.000Z', ...findings([compared(1, 2)]), ...changes };
}

function verdict(old: Comparison, now: Comparison): Verdict | undefined {
  return judge(findings([old]), findings([now]))[0]?.verdict;
}

test('a ratio that should be high is worse only when its whole spread lies below that of record', () => {
  assert.equal(verdict(compared(1, 2), compared(0.5, 1)), 'same');
  assert.equal(verdict(compared(1, 2), compared(0.5, 0.999)), 'worse');
  assert.equal(verdict(compared(1, 2), compared(2, 3)), 'same');
  assert.equal(verdict(compared(1, 2), compared(2.001, 3)), 'better');
  assert.equal(verdict(compared(1, 2), compared(0.5, 3)), 'same');
});

test('a ratio that should be low is worse only when its whole spread lies above that of record', () => {
  assert.equal(verdict(compared(1, 2, 'lower'), compared(2, 3, 'lower')), 'same');
  assert.equal(verdict(compared(1, 2, 'lower'), compared(2.001, 3, 'lower')), 'worse');
  assert.equal(verdict(compared(1, 2, 'lower'), compared(0.5, 1, 'lower')), 'same');
  assert.equal(verdict(compared(1, 2, 'lower'), compared(0.5, 0.999, 'lower')), 'better');
});

test('a ratio is compared with the one of the same title of the same thing', () => {
  const others = [
    { ...compared(0.1, 0.2), title: 'others / theirs' },
    { ...compared(0.1, 0.2), of: 'p50' },
  ];
  const [judgement] = judge(findings([compared(1, 2)]), findings([...others, compared(1, 1.5)]));
  assert.deepEqual(judgement, {
    title: 'ours / theirs',
    of: 'calls/s',
    record: { lowest: 1, highest: 2, median: 1.5 },
    fresh: { lowest: 1, highest: 1.5, median: 1.25 },
    verdict: 'same',
  });
});

test('a ratio that is not there any more is gone, unless one of its contenders is absent on this machine', () => {
  const missing = (path: string, kind: 'absent' | 'failed') => findings([], [{ path, kind, reason: '' }]);
  const verdictOf = (fresh: Findings) => judge(findings([compared(1, 2)]), fresh)[0]?.verdict;
  assert.equal(verdictOf(findings([])), 'gone');
  assert.equal(verdictOf(missing('theirs', 'absent')), 'absent');
  assert.equal(verdictOf(missing('theirs', 'failed')), 'gone');
  assert.equal(verdictOf(missing('another', 'absent')), 'gone');
});

test('what is worse in one of two runs only is not worse', () => {
  const worse = judge(findings([compared(1, 2)]), findings([compared(0.5, 0.6)]));
  const same = judge(findings([compared(1, 2)]), findings([compared(0.5, 1.5)]));
  const verdicts = [confirm(worse, worse), confirm(worse, same), confirm(same, worse)].map((judged) => judged[0]?.verdict);
  assert.deepEqual(verdicts, ['worse', 'same', 'same']);
});

test('machines differ by processor, cores and Node, and runs by what made the load', () => {
  assert.deepEqual(differences(record(), record({ machine: { ...machine, loadAverage: 9, system: 'Linux 7' } })), []);
  const other = record({ machine: { ...machine, cpu: 'B', cores: 4, node: '27.0.0' }, loadGenerator: 'wrk' });
  assert.deepEqual(differences(record(), other), [
    'CPU: A, now B',
    'cores: 2, now 4',
    'Node: 26.10.0, now 27.0.0',
    'load from: nothing, now wrk',
  ]);
});

test('a machine is busy above a load average of 0.5', () => {
  assert.deepEqual(
    [0.5, 0.51].map((loadAverage) => isBusy({ loadAverage })),
    [false, true],
  );
});

test('a result is written and read as it is, and names the command that makes it again', async () => {
  const written = record({ quick: true, only: ['a', 'b'] });
  const repository = await folderWith(written);
  assert.deepEqual(await readResult(repository, 'sums'), written);
  assert.equal(await readResult(repository, 'products'), undefined);
  assert.equal(argumentsOf(written), 'sums --quick --only a,b');
  assert.equal(argumentsOf(record()), 'sums');
});

test('a result that is no JSON is an error, not an absent one', async () => {
  const repository = await folderWith(record());
  await writeFile(join(repository, 'bench/results/sums.json'), '{');
  await assert.rejects(readResult(repository, 'sums'), SyntaxError);
});

test('a check passes when nothing got worse, after one quick run of what is of record', async () => {
  const { passed, runs } = await checked(record({ only: ['a'] }), [findings([compared(1, 1.5)])]);
  assert.ok(passed);
  assert.deepEqual(runs, [{ only: ['a'], quick: true }]);
});

test('a check fails when something is worse in two runs', async () => {
  const worse = findings([compared(0.5, 0.6)]);
  assert.equal((await checked(record(), [worse, worse])).passed, false);
  assert.equal((await checked(record(), [worse, findings([compared(0.5, 1)])])).passed, true);
});

test('a check passes when another ratio is worse in each of two runs', async () => {
  const two = (first: Comparison, second: Comparison) => [first, { ...second, of: 'p50' }];
  const [fine, worse] = [compared(1, 2), compared(0.5, 0.6)];
  const { passed } = await checked(record({ comparisons: two(fine, fine) }), [findings(two(worse, fine)), findings(two(fine, worse))]);
  assert.ok(passed);
});

test('a check fails when something cannot be compared any more, failed, or is not of record', async () => {
  const failed = [{ path: 'other', kind: 'failed' as const, reason: '' }];
  assert.equal((await checked(record(), [findings([])])).passed, false);
  assert.equal((await checked(record(), [findings([compared(1, 2)], failed)])).passed, false);
  assert.equal((await checked(record(), [findings([compared(0.5, 0.6)], failed), findings([compared(1, 2)])])).passed, false);
  assert.equal((await checked(record({ benchmark: 'products' }), [])).passed, false);
});

test('a check stops what a run started before the next one', async () => {
  const worse = findings([compared(0.5, 0.6)]);
  const { stopped } = await checked(record(), [worse, worse]);
  assert.deepEqual(stopped, [0, 1]);
});

test('a check leaves alone what it is not asked for', async () => {
  const { passed, runs } = await checked(record(), [], ['products']);
  assert.deepEqual({ passed, runs }, { passed: false, runs: [] });
});

/** Checks a benchmark `sums` that finds one after the other. */
async function checked(
  result: RunRecord,
  found: readonly Findings[],
  only?: readonly string[],
): Promise<{ readonly passed: boolean; readonly runs: unknown[]; readonly stopped: number[] }> {
  const runs: unknown[] = [];
  /** At the beginning of each run, how many before it were stopped. */
  const stopped: number[] = [];
  let stoppedRuns = 0;
  const sums: Benchmark = {
    names: [],
    run({ processes }, options) {
      runs.push(options);
      stopped.push(stoppedRuns);
      processes.onStop(async () => {
        stoppedRuns += 1;
      });
      const findingsOfRun = found[runs.length - 1];
      return findingsOfRun === undefined ? Promise.reject(new Error('one run too many')) : Promise.resolve(findingsOfRun);
    },
  };
  const stage = { processes: new Processes({}), repository: await folderWith(result) };
  return { passed: await check(new Map([['sums', sums]]), stage, only), runs, stopped };
}

async function folderWith(result: RunRecord): Promise<string> {
  const repository = await mkdtemp(join(tmpdir(), 'bantam-bench-check-'));
  after(() => rm(repository, { recursive: true }));
  await writeRecord(join(repository, 'bench/results', `${result.benchmark}.json`), result);
  return repository;
}
