/** A fresh instance per call, kept ones on request, and the memory an instance may have. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { counter } from '../../fixtures/guests.ts';
import type { Deployment } from '../../support/deployment.ts';
import { assertAnswer, deploy, invoke } from '../../support/functions.ts';
import type { HttpAnswer } from '../../support/http.ts';

const memory = (minimum: string): string => `(module (memory ${minimum})
  (func (export "grow") (param $pages i32) (result i32) (memory.grow (local.get $pages)))
  (func (export "touch") (param $pages i32) (result i32)
    (drop (memory.grow (local.get $pages)))
    (memory.fill (i32.const 0) (i32.const 255) (i32.mul (memory.size) (i32.const 65536)))
    (i32.load8_u (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 1)))))`;

/** Writes over everything that it can reach, except in `state`. @param hidden what it does besides in `scribble` */
const scribbler = (pages: number, hidden: string): string => `(module (memory ${pages})
  (data (i32.const 8) "ello") (data $passive "x")
  (table $table 2 2 funcref) (elem (i32.const 0) $one $two) (elem $elements func $two $one)
  (func $one (result i32) (i32.const 1)) (func $two (result i32) (i32.const 2))
  (global $i (mut i32) (i32.const 3)) (global $l (mut i64) (i64.const -4)) (global $f (mut f32) (f32.const 0.5)) (global $d (mut f64) (f64.const 6.25))
  (func $init (i32.store (i32.const 16) (i32.add (i32.load (i32.const 16)) (i32.const 7))) (global.set $i (i32.add (global.get $i) (i32.const 10))))
  (start $init)
  (func (export "state") (result i32 i32 i32 i32 i32 i32 i64 f32 f64 i32)
    (i32.load (i32.const 8)) (i32.load (i32.const 1024)) (i32.load (i32.const ${pages * 65_536 - 4})) (memory.size) (i32.load (i32.const 16))
    (global.get $i) (global.get $l) (global.get $f) (global.get $d) (call_indirect $table (result i32) (i32.const 0)))
  (func $all (memory.fill (i32.const 0) (i32.const 255) (i32.mul (memory.size) (i32.const 65536)))
    (global.set $i (i32.const 99)) (global.set $l (i64.const 99)) (global.set $f (f32.const 99)) (global.set $d (f64.const 99)))
  (func (export "scribble") (call $all) ${hidden})
  (func (export "grow") (drop (memory.grow (i32.const 3))) (call $all))
  (func (export "trap") (call $all) (unreachable)))`;
/** Data segment, first and last word of the rest, size in pages, writes of the start function, globals, what is first in the table. */
const scribblersState = (pages: number): number[] => [0x6f6c6c65, 0, 0, pages, 7, 13, -4, 0.5, 6.25, 1];

/** A command that answers how often it ran, by a byte in its data and by a global, and how many files it finds. Then it exits, or returns. */
const countingCommand = (end: string): string => `(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1) (global $runs (mut i32) (i32.const 48))
  (data (i32.const 0) "\\10\\00\\00\\00\\03\\00\\00\\00") (data (i32.const 16) "0") (data (i32.const 32) "made")
  (func (export "_start")
    (global.set $runs (i32.add (global.get $runs) (i32.const 1)))
    (i32.store8 (i32.const 16) (i32.add (i32.load8_u (i32.const 16)) (i32.const 1)))
    (i32.store8 (i32.const 17) (global.get $runs))
    ;; creat | excl of a file in the first preopened folder: 0 unless it is there
    (i32.store8 (i32.const 18) (i32.add (i32.const 48)
      (call $open (i32.const 3) (i32.const 0) (i32.const 32) (i32.const 4) (i32.const 5) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 64))))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
    ${end}))`;

const page = 65_536;

export function instancesSuite(deployment: () => Deployment): void {
  async function inARow(path: string, times: number): Promise<HttpAnswer[]> {
    const answers: HttpAnswer[] = [];
    for (let i = 0; i < times; i++) answers.push(await invoke(deployment().url, path));
    return answers;
  }

  describe('instances', () => {
    test('every call sees the initial state: a counter always answers 1', async () => {
      const { url } = deployment();
      await deploy(url, 'counter', counter);
      const answers = [...(await inARow('counter', 20)), ...(await Promise.all(Array.from({ length: 50 }, () => invoke(url, 'counter'))))];
      for (const answer of answers) {
        assertAnswer(answer, 1);
        assert.match(String(answer.headers['x-bantam-start']), /^(cold|fresh|reset)$/);
      }
    });

    for (const [what, pages, hidden, start] of [
      ['wrote, grew, trapped', 2, '', 'reset'],
      ['wrote all of a larger memory', 64, '', 'reset'],
      ['wrote all of a large one', 65, '', 'fresh'],
      ['wrote its table', 2, '(table.init $table $elements (i32.const 0) (i32.const 0) (i32.const 2))', 'fresh'],
      ['dropped a segment', 2, '(data.drop $passive)', 'fresh'],
    ] as const) {
      test(`every call finds memory, globals and tables as the module says, whatever the one before did: ${what}`, async () => {
        const { url } = deployment();
        await deploy(url, 'state', scribbler(pages, hidden), { entry: 'state' });
        const wishes = ['state', 'state/scribble', 'state', 'state/grow', 'state', 'state/trap', 'state', 'state/scribble'];
        for (let round = 0; round < 10; round++) for (const wish of wishes) await invoke(url, wish);
        const answers = await Promise.all(Array.from({ length: 60 }, (_, i) => invoke(url, wishes[i % wishes.length] ?? 'state')));
        const states = answers.filter((_, i) => wishes[i % wishes.length] === 'state');
        assert.ok(states.length > 20);
        for (const state of states) assertAnswer(state, scribblersState(pages));
        assert.ok(states.some(({ headers }) => headers['x-bantam-start'] === start));
        assert.equal(
          states.some(({ headers }) => headers['x-bantam-start'] === 'reset'),
          start === 'reset',
        );
      });
    }

    test('functions that are called in turn do not lose their instances to each other', async () => {
      const { url } = deployment();
      const names = ['turn-a', 'turn-b', 'turn-c'];
      for (const [i, name] of names.entries()) await deploy(url, name, counter.replace('i32.const 1', `i32.const ${i + 10}`));
      const starts: unknown[] = [];
      for (let i = 0; i < 90; i++) {
        const turn = i % names.length;
        const answer = await invoke(url, names[turn] ?? '');
        assertAnswer(answer, turn + 10);
        starts.push(answer.headers['x-bantam-start']);
      }
      // Each executor has to make one of each.
      assert.ok(starts.filter((start) => start === 'reset').length > 60, String(starts));
    });

    for (const [how, end, reset] of [
      ['returns', '', true],
      ['exits', '(call $exit (i32.const 0))', true],
      ['has grown', '(drop (memory.grow (i32.const 1)))', false],
    ] as const) {
      test(`every run of a command that ${how} finds its state and its files as in the first`, async () => {
        await deploy(deployment().url, 'runs', countingCommand(end));
        const answers = await inARow('runs', 20);
        assert.deepEqual(
          answers.map(({ text }) => text),
          answers.map(() => '110'),
        );
        assert.equal(
          answers.some(({ headers }) => headers['x-bantam-start'] === 'reset'),
          reset,
        );
      });
    }

    test('a reactor is initialized once for every call', async () => {
      await deploy(
        deployment().url,
        'initialized',
        `(module (import "wasi_snapshot_preview1" "random_get" (func (param i32 i32) (result i32))) (memory (export "memory") 1)
          (global $times (mut i32) (i32.const 0))
          (func (export "_initialize") (global.set $times (i32.add (global.get $times) (i32.const 1))))
          (func (export "times") (result i32) (global.get $times)))`,
      );
      const answers = await inARow('initialized', 20);
      for (const answer of answers) assertAnswer(answer, 1);
      assert.ok(answers.some(({ headers }) => headers['x-bantam-start'] === 'reset'));
    });

    test('a global that begins as a NaN is never put back: its bits would be lost', async () => {
      const { url } = deployment();
      await deploy(
        url,
        'nan',
        `(module (global $n (mut f32) (f32.const nan:0x200001))
          (func (export "bits") (result i32) (i32.reinterpret_f32 (global.get $n)) (global.set $n (f32.const 1))))`,
      );
      for (const answer of await inARow('nan', 10)) {
        assertAnswer(answer, 0x7fa00001);
        assert.notEqual(answer.headers['x-bantam-start'], 'reset');
      }
    });

    test('with reuse the instance is kept and the header says so: the counter grows', async () => {
      const { url } = deployment();
      await deploy(url, 'kept-counter', counter, { reuse: true });
      const answers = await inARow('kept-counter', 30);
      for (const { json, headers } of answers)
        assert.equal(headers['x-bantam-start'] === 'reused', (json as number) > 1, `${String(json)} ${String(headers['x-bantam-start'])}`);
      assert.ok(
        answers.some(({ json }) => (json as number) > 5),
        answers.map(({ text }) => text).join(),
      );
    });

    test('a kept instance belongs to its version: a new one starts from 1, and functions of the same module share nothing', async () => {
      const { url } = deployment();
      await deploy(url, 'kept-a', counter, { reuse: true });
      await inARow('kept-a', 5);
      await deploy(url, 'kept-b', counter, { reuse: true });
      assertAnswer(await invoke(url, 'kept-b'), 1);
      await deploy(url, 'kept-a', counter, { reuse: true, timeoutMs: 1_000 });
      assertAnswer(await invoke(url, 'kept-a'), 1);
    });

    test('a kept instance that trapped is never called again', async () => {
      const { url } = deployment();
      await deploy(
        url,
        'kept-trap',
        `(module (global $n (mut i32) (i32.const 0))
          (func (export "count") (param $trap i32) (result i32)
            (global.set $n (i32.add (global.get $n) (i32.const 1)))
            (if (local.get $trap) (then unreachable))
            (global.get $n)))`,
        { reuse: true, concurrency: 1 },
      );
      for (let i = 0; i < 5; i++) {
        assert.equal((await invoke(url, 'kept-trap?trap=1')).status, 500);
        const after = await invoke(url, 'kept-trap?trap=0');
        // Two in a row may run in two executors, each with an instance of its own; none of them has seen a trap.
        assert.notEqual(
          after.headers['x-bantam-start'] === 'reused',
          after.text === '1',
          `${after.text} ${String(after.headers['x-bantam-start'])}`,
        );
      }
    });
  });

  describe('memory', () => {
    before(async () => {
      await deploy(deployment().url, 'memory', memory('1'), { entry: 'grow', memoryBytes: 16 * page });
      await deploy(deployment().url, 'memory-all', memory('16'), { entry: 'grow', memoryBytes: 16 * page });
      await deploy(deployment().url, 'memory-own-maximum', memory('1 4'), { entry: 'grow', memoryBytes: 16 * page });
      await deploy(deployment().url, 'memory-default', memory('1'), { entry: 'grow' });
    });

    test('grows up to memoryBytes and can be used to its last byte', async () => {
      assertAnswer(await invoke(deployment().url, 'memory?pages=15'), 1);
      assertAnswer(await invoke(deployment().url, 'memory/touch?pages=15'), 255);
    });

    test('memory.grow past memoryBytes answers -1 inside the guest', async () => {
      assertAnswer(await invoke(deployment().url, 'memory?pages=16'), -1);
      assertAnswer(await invoke(deployment().url, 'memory?pages=65536'), -1);
    });

    test('a module that starts with all of memoryBytes runs and cannot grow', async () => {
      assertAnswer(await invoke(deployment().url, 'memory-all?pages=0'), 16);
      assertAnswer(await invoke(deployment().url, 'memory-all?pages=1'), -1);
    });

    test("a module's own lower maximum stays", async () => {
      assertAnswer(await invoke(deployment().url, 'memory-own-maximum?pages=3'), 1);
      assertAnswer(await invoke(deployment().url, 'memory-own-maximum?pages=4'), -1);
    });

    test('without memoryBytes the default of 128 MiB holds', async () => {
      assertAnswer(await invoke(deployment().url, 'memory-default?pages=2047'), 1);
      assertAnswer(await invoke(deployment().url, 'memory-default?pages=2048'), -1);
    });
  });
}
