/** How the platforms are timed, in which order, and what becomes of the times. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Absent, type Stage } from '../../bench/path.ts';
import { withNonce } from '../../bench/platforms/guest.ts';
import { entries, type WorkName, worksOf } from '../../bench/platforms/plan.ts';
import type { Measure, Platform, Sample, Work } from '../../bench/platforms/platform.ts';
import { type Entry, measurePlatforms } from '../../bench/platforms/rounds.ts';
import { comparisonsOf, tablesOf } from '../../bench/platforms/tables.ts';
import { byClock, timeCalls } from '../../bench/platforms/timing.ts';
import { Processes } from '../../bench/processes.ts';

const once: Work = { n: 7, expected: 7, warmUpMs: 0, calls: 1, forMs: Number.POSITIVE_INFINITY };
const works: ReadonlyMap<WorkName, Work> = new Map([
  ['fib', once],
  ['nothing', once],
]);

/** Answers n itself. @returns what was asked, in order */
function counted(work: Partial<Work>): Promise<{ calls: number; sample: Sample }> {
  let calls = 0;
  const start = (): Promise<(n: number) => Promise<number>> =>
    Promise.resolve((n) => {
      calls++;
      return Promise.resolve(n);
    });
  return timeCalls(start, { ...once, ...work }).then((sample) => ({ calls, sample }));
}

function stage(): Stage {
  return { processes: new Processes({}), repository: '' };
}

function entry(name: string, prepare: () => Promise<Measure>, measured: readonly WorkName[] = ['fib', 'nothing']): Entry<WorkName> {
  const platform: Platform = { name, cold: '', warm: '', research: '', prepare };
  return { platform, works: measured };
}

const sample: Sample = { coldMs: 2, warmMs: 1 };

test('the first call is timed with what is started for it, and is none of the following ones', async () => {
  let started = 0;
  const { coldMs, warmMs } = await timeCalls(async () => {
    const untilMs = performance.now() + 20;
    while (performance.now() < untilMs) started++;
    return (n) => Promise.resolve(n);
  }, once);
  assert.ok(started > 0);
  assert.ok(coldMs >= 20, `${coldMs}`);
  assert.ok(warmMs < coldMs, `${warmMs}`);
});

test('so many following calls are counted, or as many as fit into the time, at least one', async () => {
  assert.equal((await counted({ calls: 5 })).calls, 6);
  assert.equal((await counted({ calls: Number.POSITIVE_INFINITY, forMs: 0 })).calls, 2);
  assert.ok((await counted({ calls: Number.POSITIVE_INFINITY, forMs: 5 })).calls > 2);
});

test('calls that warm up are made beside those that count', async () => {
  assert.ok((await counted({ warmUpMs: 5 })).calls > 2);
});

test('a wrong answer is an error, the first one or a later one', async () => {
  const answers = (...values: number[]): Promise<Sample> =>
    timeCalls(() => Promise.resolve(() => Promise.resolve(values.shift() ?? 7)), once);
  await assert.rejects(answers(8), /fib\(7\) was answered with 8, not 7/);
  await assert.rejects(answers(7, Number.NaN), /fib\(7\) was answered with NaN/);
  await answers(7, 7);
});

test('what a deployment started is stopped after its last call, also when one is answered wrong', async () => {
  const stopped: number[] = [];
  const measure = byClock(stage(), ({ processes }) => {
    processes.onStop(() => Promise.resolve(void stopped.push(stopped.length)));
    return Promise.resolve(() => Promise.resolve(() => Promise.resolve(7)));
  });
  await measure(once);
  assert.equal(stopped.length, 1);
  await assert.rejects(measure({ ...once, expected: 8 }));
  assert.equal(stopped.length, 2);
});

test('platforms take turns within each round, work after work', async () => {
  const order: string[] = [];
  const note = (name: string): Promise<Measure> =>
    Promise.resolve(({ n }) => {
      order.push(`${name} ${n}`);
      return Promise.resolve(sample);
    });
  const two = new Map<WorkName, Work>([
    ['fib', { ...once, n: 42 }],
    ['nothing', { ...once, n: 0 }],
  ]);
  const { samplesOf } = await measurePlatforms(stage(), [entry('a', () => note('a')), entry('b', () => note('b'), ['nothing'])], two, 2);
  assert.deepEqual(order, ['a 42', 'a 0', 'b 0', 'a 42', 'a 0', 'b 0']);
  assert.equal(samplesOf('a', 'fib').length, 2);
  assert.equal(samplesOf('b', 'fib').length, 0);
});

test('a platform that is absent, or fails in any round, has no samples and is among the missing; the others have theirs', async () => {
  let calls = 0;
  const { samplesOf, missing } = await measurePlatforms(
    stage(),
    [
      entry('absent', () => Promise.reject(new Absent('it is not on the PATH'))),
      entry('failing', () => Promise.resolve(() => (++calls > 1 ? Promise.reject(new Error('no more')) : Promise.resolve(sample)))),
      entry('whole', () => Promise.resolve(() => Promise.resolve(sample))),
    ],
    works,
    3,
  );
  assert.deepEqual(missing, [
    { path: 'absent', kind: 'absent', reason: 'it is not on the PATH' },
    { path: 'failing', kind: 'failed', reason: 'no more' },
  ]);
  assert.deepEqual(
    ['absent', 'failing', 'whole'].map((name) => samplesOf(name, 'fib').length),
    [0, 0, 3],
  );
  assert.equal(calls, 2);
});

test('both works are checked by the answer of fib, in quick runs and in full ones', () => {
  const fib = (n: number): number => {
    let [a, b] = [0, 1];
    for (let i = 0; i < n; i++) [a, b] = [b, a + b];
    return a;
  };
  for (const quick of [true, false]) {
    const made = [...worksOf(quick)].map(([name, { n, expected }]) => [name, n, expected]);
    assert.deepEqual(made, [
      ['fib', 42, fib(42)],
      ['nothing', 0, fib(0)],
    ]);
  }
});

/** @param times cold and warm ms of both works by platform */
function samplesFrom(times: Readonly<Record<string, readonly Sample[]>>): (platform: string, work: WorkName) => readonly Sample[] {
  const only = new Map(entries.map(({ platform, works: measured }) => [platform.name, measured]));
  return (platform, work) => (only.get(platform)?.includes(work) === true ? (times[platform] ?? []) : []);
}

test('a table has a row for what was measured and none for what was not', () => {
  const [fib, nothing, meanings] = tablesOf(
    samplesFrom({
      'bare-call': [{ coldMs: 500, warmMs: 0.01 }],
      'bare-fastify': [{ coldMs: 1, warmMs: 0.1 }],
      'lambda-node': [
        { coldMs: 900, warmMs: 0.3 },
        { coldMs: 800, warmMs: 0.5 },
        { coldMs: 850, warmMs: 0.4 },
      ],
    }),
  );
  assert.deepEqual(fib?.rows, [
    ['bare-call', 500, 0.01, ''],
    ['lambda-node', 850, 0.4, '21.64 s, AWS Lambda'],
  ]);
  assert.deepEqual(
    nothing?.rows.map(([name]) => name),
    ['bare-fastify', 'bare-call', 'lambda-node'],
  );
  const [, coldMs, p50Us, overUs, factor] = nothing?.rows.at(-1) ?? [];
  assert.deepEqual([coldMs, p50Us, Math.round(Number(overUs)), Math.round(Number(factor))], [850, 400, 390, 3]);
  assert.deepEqual(meanings?.rows.length, 3);
});

test('where no bare call was measured nothing stands for it', () => {
  const [, nothing] = tablesOf(samplesFrom({ 'lambda-node': [sample] }));
  assert.deepEqual(nothing?.rows, [['lambda-node', 2, 1_000, null, null]]);
});

test('both deployments of Bantam are compared with each peer, round by round, lower being better, each pair under a name of its own', () => {
  const comparisons = comparisonsOf(
    samplesFrom({
      'bantam-embedded': [
        { coldMs: 10, warmMs: 4 },
        { coldMs: 100, warmMs: 4 },
      ],
      'bantam-cluster': [sample, sample],
      'workerd-fresh': [
        { coldMs: 20, warmMs: 2 },
        { coldMs: 200, warmMs: 2 },
      ],
      'bare-call': [sample, sample],
      'bare-fastify': [sample, sample],
    }),
  );
  const cold = comparisons.find(({ title, of }) => title === 'bantam-embedded / workerd-fresh' && of === 'fib(42), first call');
  assert.deepEqual(cold?.ratio, { median: 0.5, lowest: 0.5, highest: 0.5 });
  assert.ok(comparisons.every(({ better, goal }) => better === 'lower' && goal === undefined));
  assert.equal(new Set(comparisons.map(({ title, of }) => `${title} ${of}`)).size, comparisons.length);
  const peersIn = (figure: string): string[] =>
    comparisons.flatMap(({ title, of }) => (of === figure && title.startsWith('bantam-cluster') ? [title.split(' / ')[1] ?? ''] : []));
  assert.deepEqual(peersIn('fib(42), first call'), ['bare-call', 'workerd-fresh']);
  assert.deepEqual(peersIn('fib(42), following calls'), ['bare-call', 'workerd-fresh']);
  assert.deepEqual(peersIn('nothing, first call'), ['workerd-fresh']);
  assert.deepEqual(peersIn('nothing, following calls'), ['bare-fastify', 'workerd-fresh']);
});

test('a module with a nonce is another module with the same code', () => {
  const module = readFileSync(join(import.meta.dirname, '../../examples/fib-c/fib.wasm'));
  for (const length of [0, 1, 100]) {
    const other = withNonce(module, Buffer.alloc(length, 7));
    assert.ok(other.length > module.length);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(other), {});
    assert.equal((exports['fib'] as (n: number) => number)(10), 55);
    assert.equal(WebAssembly.Module.customSections(new WebAssembly.Module(other), 'nonce')[0]?.byteLength, length);
  }
});
