/** Traps of every kind: 500 with the name of the trap and the wasm stack; the next call is well. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Deployment } from '../../support/deployment.ts';
import { assertAnswer, assertProblem, deploy, invoke } from '../../support/functions.ts';

const traps: Readonly<Record<string, readonly [code: string, trap: string]>> = {
  unreachable: ['unreachable', 'unreachable'],
  load: ['(drop (i32.load (i32.const -1)))', 'out of bounds memory access'],
  store: ['(i64.store (i32.const 65529) (i64.const 0))', 'out of bounds memory access'],
  fill: ['(memory.fill (i32.const 65536) (i32.const 0) (i32.const 1))', 'out of bounds memory access'],
  divide: ['(drop (i32.div_s (i32.const 1) (global.get $zero)))', 'integer divide by zero'],
  remainder: ['(drop (i64.rem_u (i64.const 1) (i64.extend_i32_s (global.get $zero))))', 'integer divide by zero'],
  overflow: ['(drop (i32.div_s (i32.const -2147483648) (i32.sub (global.get $zero) (i32.const 1))))', 'integer overflow'],
  truncate: ['(drop (i32.trunc_f64_s (f64.const 1e10)))', 'invalid conversion to integer'],
  nan: ['(drop (i32.trunc_f32_s (f32.const nan)))', 'invalid conversion to integer'],
  index: ['(call_indirect (type $none) (i32.const 9))', 'out of bounds table access'],
  null: ['(call_indirect (type $none) (i32.const 0))', 'indirect call type mismatch'],
  signature: ['(call_indirect (type $none) (i32.const 1))', 'indirect call type mismatch'],
  get: ['(drop (table.get $table (i32.const 99)))', 'out of bounds table access'],
  exception: ['(throw $tag)', 'uncaught exception'],
};

const module = `(module
  (type $none (func)) (type $one (func (param i32)))
  (memory 1) (table $table 2 funcref) (elem (i32.const 1) $other) (global $zero (mut i32) (i32.const 0)) (tag $tag)
  (func $other (type $one))
  (func (export "well") (result i32) (i32.const 1))
  (func $deep (export "recursion") (result i32) (i32.add (call $deep) (i32.const 1)))
  ${Object.entries(traps)
    .map(([name, [code]]) => `(func $inner_${name} ${code}) (func $outer_${name} (export "${name}") (call $inner_${name}))`)
    .join('\n')})`;

export function trapsSuite(deployment: () => Deployment): void {
  describe('a trap', () => {
    before(() => deploy(deployment().url, 'traps', module, { entry: 'well' }));

    for (const [name, [, trap]] of Object.entries(traps)) {
      test(`${name} is answered as "${trap}" with the wasm stack, and the next call is well`, async () => {
        const { url } = deployment();
        const answer = await invoke(url, `traps/${name}`);
        assertProblem(answer, 'GUEST_TRAPPED', `the guest trapped: ${trap}`);
        const { trap: said, stack } = answer.json as { trap: string; stack: string[] };
        assert.equal(said, trap);
        // V8 gives an exception of wasm no stack.
        const frames = name === 'exception' ? [] : [`inner_${name}`, `outer_${name}`];
        assert.deepEqual(
          stack.map((frame) => frame.replace(/\+0x[0-9a-f]+$/, '')),
          frames,
        );
        assert.ok(
          stack.every((frame) => /\+0x[0-9a-f]+$/.test(frame)),
          String(stack),
        );
        assertAnswer(await invoke(url, 'traps'), 1);
      });
    }

    test('endless recursion is answered as "call stack exhausted", and the next call is well', async () => {
      const { url } = deployment();
      const answer = await invoke(url, 'traps/recursion');
      assertProblem(answer, 'GUEST_TRAPPED', 'the guest trapped: call stack exhausted');
      assert.match(String((answer.json as { stack: string[] }).stack[0]), /^deep\+0x/);
      assertAnswer(await invoke(url, 'traps'), 1);
    });

    test('of a module without names shows function indices', async () => {
      const { url } = deployment();
      await deploy(
        url,
        'nameless',
        Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 0x66, 0, 0, 10, 5, 1, 3, 0, 0, 0x0b),
      );
      const answer = await invoke(url, 'nameless');
      assertProblem(answer, 'GUEST_TRAPPED', 'the guest trapped: unreachable');
      assert.match(String((answer.json as { stack: string[] }).stack), /^function\[0\]\+0x[0-9a-f]+$/);
    });

    test('while it is instantiated is said to be there', async () => {
      const { url } = deployment();
      await deploy(url, 'start-trap', '(module (func $begin unreachable) (start $begin) (func (export "run")))');
      assertProblem(await invoke(url, 'start-trap'), 'GUEST_TRAPPED', 'the guest trapped while it was instantiated: unreachable');
      await deploy(url, 'data-trap', '(module (memory 1) (data (i32.const 65536) "x") (func (export "run")))');
      assertProblem(
        await invoke(url, 'data-trap'),
        'GUEST_TRAPPED',
        'the guest trapped while it was instantiated: out of bounds memory access',
      );
    });
  });
}
