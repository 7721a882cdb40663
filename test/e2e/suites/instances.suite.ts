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

/** Writes over everything that it can reach, except in `state`. */
const scribbler = `(module (memory 2)
  (data (i32.const 8) "ello")
  (func $init (i32.store (i32.const 16) (i32.add (i32.load (i32.const 16)) (i32.const 7))))
  (start $init)
  (func (export "state") (result i32 i32 i32 i32 i32)
    (i32.load (i32.const 8)) (i32.load (i32.const 1024)) (i32.load (i32.const 131068)) (memory.size) (i32.load (i32.const 16)))
  (func $all (memory.fill (i32.const 0) (i32.const 255) (i32.mul (memory.size) (i32.const 65536))))
  (func (export "scribble") (call $all))
  (func (export "grow") (drop (memory.grow (i32.const 3))) (call $all))
  (func (export "trap") (call $all) (unreachable)))`;

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
        assert.match(String(answer.headers['x-bantam-start']), /^(cold|fresh)$/);
      }
    });

    test('every call finds its memory as the module says, whatever the one before did to it: wrote, grew, trapped', async () => {
      const { url } = deployment();
      await deploy(url, 'memory', scribbler, { entry: 'state' });
      const wishes = ['memory', 'memory/scribble', 'memory', 'memory/grow', 'memory', 'memory/trap', 'memory', 'memory/scribble'];
      for (let round = 0; round < 10; round++) for (const wish of wishes) await invoke(url, wish);
      const answers = await Promise.all(Array.from({ length: 60 }, (_, i) => invoke(url, wishes[i % wishes.length] ?? 'memory')));
      const states = answers.filter((_, i) => wishes[i % wishes.length] === 'memory');
      assert.ok(states.length > 20);
      // Data segment, first and last word of the rest, size in pages, writes of the start function.
      for (const state of states) assertAnswer(state, [0x6f6c6c65, 0, 0, 2, 7]);
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
