/** The programs of `engines` answer what they should, and what was measured of them becomes tables and comparisons. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { moduleFile } from '../../bench/engines/commands.ts';
import { compareEngines, geometricMeans } from '../../bench/engines/compare.ts';
import type { Call, Run } from '../../bench/engines/contender.ts';
import { parseAnswer } from '../../bench/engines/contenders/runtimes.ts';
import { glueFor } from '../../bench/engines/contenders/wasm2c.ts';
import { firstCallUs, secondCallUs, steadyProcessorUs, steadyUs, valuesOf } from '../../bench/engines/figures.ts';
import type { Measured, Result } from '../../bench/engines/measure.ts';
import { type Program, programs } from '../../bench/engines/programs.ts';
import { toTables } from '../../bench/engines/tables.ts';
import { answersOf } from '../support/engine-programs.ts';

const folder = join(import.meta.dirname, '../../bench/engines');
const [prime, fib, matrix] = programs as [Program, Program, Program];

function run(name: string, n: number): number {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(moduleFile(name))));
  return (exports['run'] as (n: bigint) => number)(BigInt(n));
}

test('the modules are the ones that their sources gave', () => {
  const lines = readFileSync(join(folder, 'wasm/SHA256SUMS'), 'utf8').trim().split('\n');
  assert.equal(lines.filter((line) => line.endsWith('.wasm')).length, programs.length);
  for (const line of lines) {
    const [digest, file = ''] = line.split('  ');
    const actual = createHash('sha256')
      .update(readFileSync(join(folder, file)))
      .digest('hex');
    assert.equal(actual, digest, `${file} has changed: run bench/engines/build.sh`);
  }
});

for (const { name, n, checksum } of programs) {
  const answers = answersOf(name);
  if (answers === undefined) continue;

  test(`what ${name} should answer is what JavaScript computes otherwise`, () => {
    assert.equal(checksum, answers.of(n));
  });

  test(`${name}.wasm answers that, with less work too`, () => {
    for (const less of answers.less) assert.equal(run(name, less), answers.of(less), `run(${less})`);
  });
}

test('json.wasm and lz.wasm find no fault in what they read back, and answer another checksum for another document', () => {
  for (const name of ['json', 'lz']) {
    const checksums = [1, 2, 100].map((n) => run(name, n));
    assert.equal(new Set(checksums).size, 3);
    // -1 to -3 are their complaints.
    assert.deepEqual(
      checksums.filter((checksum) => checksum >= -3 && checksum < 0),
      [],
    );
  }
});

test('programs that have room for so much work refuse more', () => {
  for (const name of ['matrix', 'bubble', 'walk', 'json', 'lz']) assert.equal(run(name, 1_000_000), -1, name);
});

const call = (elapsedUs: number, processorUs: number | null = elapsedUs): Call => ({ checksum: 1, elapsedUs, processorUs });

test('the first call, the second and the median of those after are told apart', () => {
  const fiveCalls: Run = { calls: [call(90), call(50, 45), call(10, 9), call(30, 8), call(20, 7)] };
  assert.deepEqual(
    [firstCallUs, secondCallUs, steadyUs, steadyProcessorUs].map((measure) => measure(fiveCalls)),
    [90, 50, 20, 8],
  );
});

test('there is no figure of calls that were not made, nor of a clock that is not there', () => {
  assert.equal(steadyUs({ calls: [call(90), call(50)] }), undefined);
  assert.equal(firstCallUs({ processUs: 7 }), undefined);
  assert.equal(steadyProcessorUs({ calls: [call(1), call(2), call(3, null)] }), undefined);
});

test('a contender that lacks a figure in one round lacks it', () => {
  assert.deepEqual(
    valuesOf([{ processUs: 1 }, { processUs: 2 }], ({ processUs }) => processUs),
    [1, 2],
  );
  assert.equal(
    valuesOf([{ processUs: 1 }, {}], ({ processUs }) => processUs),
    undefined,
  );
  assert.equal(
    valuesOf([], ({ processUs }) => processUs),
    undefined,
  );
});

test('the ratio of two geometric means is the geometric mean of the ratios, round by round', () => {
  const means = (a: number[], b: number[]): number[] =>
    geometricMeans(
      [prime, fib],
      new Map([
        [prime, a],
        [fib, b],
      ]),
    );
  const [first = 0, second = 0] = means([2, 9], [8, 4]);
  assert.ok(Math.abs(first - 4) < 1e-9 && Math.abs(second - 6) < 1e-9);
});

/** Steady calls of so many microseconds in each round, the second twice, the first ten and a process twenty times as long. */
function result(program: Program, contender: string, ...us: number[]): Result {
  const rounds = us.map((each): Run => ({ processUs: each * 20, calls: [call(each * 10), call(each * 2), call(each)] }));
  return { program, contender, aheadUs: contender === 'wasm2c' ? 5_000 : undefined, rounds };
}

function measured(...results: Result[]): Measured {
  return { versions: new Map([['bantam', 'V8 1']]), results, missing: [] };
}

test('Bantam is compared with clang by the geometric mean, with goals, and by program, without', () => {
  const { results } = measured(
    result(prime, 'bantam', 20, 30),
    result(prime, 'clang', 10, 10),
    result(fib, 'bantam', 5, 5),
    result(fib, 'clang', 10, 10),
  );
  const compared = compareEngines([prime, fib], { results }).filter(({ of }) => of === 'steady call');
  assert.deepEqual(
    compared.map(({ title, goal, better }) => ({ title, goal, better })),
    [
      { title: 'geometric mean of 2: bantam / clang', goal: { atMost: 1 }, better: 'lower' },
      { title: 'prime: bantam / clang', goal: undefined, better: 'lower' },
      { title: 'fib: bantam / clang', goal: undefined, better: 'lower' },
    ],
  );
  const [mean, ofPrime, ofFib] = compared.map(({ ratio }) => ratio);
  for (const [actual, expected] of [
    [mean?.lowest, 1],
    [mean?.highest, Math.sqrt(1.5)],
    [ofPrime?.lowest, 2],
    [ofPrime?.highest, 3],
    [ofFib?.median, 0.5],
  ]) {
    assert.ok(Math.abs((actual ?? 0) - (expected ?? 0)) < 1e-9, `${actual} is not ${expected}`);
  }
});

test('the goal against V8 is that of every program: not slower, in any of its calls', () => {
  const { results } = measured(result(fib, 'bantam', 10), result(fib, 'v8', 10));
  const compared = compareEngines([fib], { results });
  assert.deepEqual(
    compared.map(({ title, of, goal }) => [title, of, goal]),
    ['steady call', 'steady call, processor time', 'first call', 'second call'].map((of) => ['fib: bantam / v8', of, { atMost: 1.05 }]),
  );
});

test('a program that one of both did not run is left out of the comparison, and the mean says of how many it is', () => {
  const ours = [prime, fib, matrix].map((program) => result(program, 'bantam', 10));
  const theirs = [fib, matrix].map((program) => result(program, 'clang', 10));
  const titles = compareEngines([prime, fib, matrix], { results: [...ours, ...theirs] }).map(({ title }) => title);
  assert.deepEqual([...new Set(titles)], ['geometric mean of 2: bantam / clang', 'fib: bantam / clang', 'matrix: bantam / clang']);
});

test('tables have a column for each contender that was measured, and those of 2020, in milliseconds', () => {
  const tables = toTables([fib], measured(result(fib, 'bantam', 3_000, 1_000, 2_000), result(fib, 'wasm2c', 4_000)));
  const byTitle = new Map(tables.map((table) => [table.title, table]));
  assert.deepEqual(byTitle.get('steady calls'), {
    title: 'steady calls',
    columns: [
      { name: 'program', unit: 'text' },
      { name: 'wasm2c', unit: 'ms' },
      { name: 'bantam', unit: 'ms' },
    ],
    rows: [['fib(42)', 4, 2]],
  });
  assert.deepEqual(byTitle.get('compiled ahead of time in')?.rows, [['fib(42)', 5]]);
  const processes = byTitle.get('a process for one call');
  assert.deepEqual(
    processes?.columns.map(({ name }) => name),
    ['program', 'wasm2c', '2020, theirs: native', '2020, theirs: wasmtime', '2020, theirs: wasmer', '2020, theirs: lucet'],
  );
  assert.deepEqual(processes?.rows, [['fib(42)', 80, 550, 1_990, 1_520, 1_720]]);
});

test('a program that a contender failed with has no figure there, and a table without figures is not there', () => {
  const tables = toTables([prime, fib], measured(result(prime, 'v8', 1_000), result(prime, 'bantam', 1_000), result(fib, 'bantam', 1_000)));
  assert.deepEqual(tables.find(({ title }) => title === 'second call')?.rows, [
    ['is 4294967029 prime', 2, 2],
    ['fib(42)', null, 2],
  ]);
  assert.equal(
    tables.find(({ title }) => title === 'compiled ahead of time in'),
    undefined,
  );
});

test('answers of runtimes are read in all their forms', () => {
  assert.equal(parseAnswer('-477953011\n'), -477_953_011);
  assert.equal(parseAnswer('some notice\n3817014285\n'), -477_953_011);
  assert.equal(parseAnswer('0xe383040d:i32\n'), -477_953_011);
  assert.ok(Number.isNaN(parseAnswer('')));
});

test('what wasm2c declares is called by its names, old and new', () => {
  const old =
    'void Z_program_init_module(void);\nvoid Z_program_instantiate(Z_program_instance_t*);\nu32 Z_programZ_run(Z_program_instance_t*, u64);';
  assert.match(
    glueFor(old),
    /static Z_program_instance_t instance;[^]*Z_program_init_module\(\);[^]*Z_program_instantiate\(&instance\)[^]*Z_programZ_run\(&instance/,
  );
  const now = 'void wasm2c_program_instantiate(w2c_program*);\nu32 w2c_program_run(w2c_program*, u64);';
  assert.match(glueFor(now), /static w2c_program instance;[^]*wasm2c_program_instantiate\(&instance\)[^]*w2c_program_run\(&instance/);
  assert.throws(() => glueFor('void nothing(void);'), /declared no `run`/);
});
