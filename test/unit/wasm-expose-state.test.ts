/** Which modules can be put back to their initial state, and what is written into them for it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ModuleKind } from '../../contracts/kinds.ts';
import { exposeState } from '../../wasm/expose-state.ts';
import { importMemory } from '../../wasm/import-memory.ts';
import { stateExportPrefix } from '../../wasm/state-exports.ts';
import { deriveModule } from '../../worker/artifacts/derive.ts';
import { readExamples } from '../support/examples.ts';
import { fromWat } from '../support/modules.ts';

async function exposed(text: string): Promise<Uint8Array | undefined> {
  return exposeState(await fromWat(text));
}

function exportsOf(bytes: Uint8Array): string[] {
  return WebAssembly.Module.exports(new WebAssembly.Module(new Uint8Array(bytes))).map(({ name, kind }) => `${kind} ${name}`);
}

/** A module of one function with this in it, and whatever it may need. */
const doing = (instructions: string): string => `(module (import "bantam" "memory" (memory 1 2))
  (type $t (func)) (table $t 4 8 funcref) (global $g (mut i32) (i32.const 0)) (elem $e func $f) (data $d "x")
  (func $f (local v128 i32) ${instructions}) (export "f" (func $f)))`;

test('mutable globals get exports, beside those that are there; the others and the code stay as they are', async () => {
  const text = `(module (import "a" "b" (func)) (global i32 (i32.const 1)) (global $a (mut i32) (i32.const 2)) (global i64 (i64.const 3))
    (global $b (mut i64) (i64.const 4)) (global (mut f32) (f32.const 5)) (global (mut f64) (f64.const 6))
    (func (export "f") (result i32) (global.get $a)) (export "mine" (global $b)))`;
  const bytes = await exposed(text);
  assert.ok(bytes !== undefined);
  const names = [1, 3, 4, 5].map((index) => `global ${stateExportPrefix}${index}`);
  assert.deepEqual(exportsOf(bytes), ['function f', 'global mine', ...names]);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(bytes)), { a: { b() {} } });
  const global = exports[`${stateExportPrefix}1`] as WebAssembly.Global;
  global.value = 22;
  assert.equal((exports['f'] as () => number)(), 22);
});

test('a module without mutable globals needs nothing written into it', async () => {
  const bytes = await fromWat('(module (global i32 (i32.const 1)) (func (export "f")))');
  assert.equal(exposeState(bytes), bytes);
});

test('whatever a module may do besides is no obstacle', async () => {
  for (const instructions of [
    '(drop (memory.grow (i32.const 1))) (memory.init $d (i32.const 0) (i32.const 0) (i32.const 1))',
    '(memory.fill (i32.const 0) (i32.const 0) (i32.const 0)) (memory.copy (i32.const 0) (i32.const 0) (i32.const 0))',
    '(call_indirect $t (type $t) (i32.const 0)) (drop (table.get $t (i32.const 0))) (drop (table.size $t))',
    '(block (br_table 0 0 0 (i32.const 1))) (loop (br_if 0 (i32.const 0))) (if (i32.const 0) (then) (else)) (return_call $f)',
    '(v128.store8_lane offset=11 11 (i32.const 0) (local.get 0)) (drop (i32.trunc_sat_f64_s (f64.const 1))) (unreachable)',
  ]) {
    assert.ok((await exposed(doing(instructions))) !== undefined, instructions);
  }
});

test('writing a table and dropping a segment are, wherever they stand', async () => {
  const hidden = [
    '(table.set $t (i32.const 0) (ref.func $f))',
    '(table.init $t $e (i32.const 0) (i32.const 0) (i32.const 1))',
    '(table.copy $t $t (i32.const 0) (i32.const 1) (i32.const 1))',
    '(drop (table.grow $t (ref.func $f) (i32.const 1)))',
    '(table.fill $t (i32.const 0) (ref.func $f) (i32.const 1))',
    '(data.drop $d)',
    '(elem.drop $e)',
  ];
  const before = [
    '(drop (i32.const 0x26262626))',
    '(drop (f64.const 0x1.0b0b0b0b0b0bp0)) (drop (f32.const 0x1.0b0b0bp0)) (drop (i64.const 0x0b0b0b0b0b0b))',
    '(local.set 0 (v128.const i32x4 0x0b0b0b0b 2 3 4)) (drop (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 11 11 11 11 (local.get 0) (local.get 0)))',
    '(drop (v128.load32_zero offset=1234567 (i32.const 0))) (drop (i8x16.extract_lane_u 11 (local.get 0)))',
    '(block (br_table 0 0 0 0 0 (i32.const 1))) (call_indirect $t (type $t) (i32.const 0)) (i64.store offset=99 (i32.const 0) (i64.const 1))',
  ];
  for (const write of hidden) {
    assert.equal(await exposed(doing(write)), undefined, write);
    for (const other of before) {
      assert.ok((await exposed(doing(other))) !== undefined, other);
      assert.equal(await exposed(doing(`${other} (if (i32.const 0) (then (block ${write})))`)), undefined, `${other} ${write}`);
    }
  }
});

test('nor can a host put back what it cannot see, or what it has a part in', async () => {
  for (const text of [
    '(module (memory 1 2) (func (export "f")))',
    '(module (import "env" "memory" (memory 1 2)) (func (export "f")))',
    '(module (import "bantam" "table" (table 1 2 funcref)) (func (export "f")))',
    '(module (import "env" "g" (global (mut i32))) (func (export "f")))',
    '(module (import "a" "b" (func $b)) (start $b) (func (export "f")))',
    '(module (global (mut v128) (v128.const i32x4 1 2 3 4)) (func (export "f")))',
    '(module (global (mut externref) (ref.null extern)) (func (export "f")))',
    `(module (func (export "${stateExportPrefix}0")))`,
    '(module (import "bantam" "memory" (memory 1 1)) (func (export "f") (memory.atomic.notify (i32.const 0) (i32.const 0)) (drop)))',
    '(module (func))',
    `(module ${'(global (mut i32) (i32.const 1))'.repeat(65)} (func (export "f")))`,
  ]) {
    assert.equal(await exposed(text), undefined, text);
  }
  assert.ok((await exposed(`(module ${'(global (mut i32) (i32.const 1))'.repeat(64)} (func (export "f")))`)) !== undefined);
});

test('of the modules of real compilers most can be put back, and what is made of them is valid', () => {
  const can: string[] = [];
  const cannot: string[] = [];
  for (const { name, module, kind } of readExamples()) {
    if (kind.startsWith('component')) continue;
    const { bytes, resets } = deriveModule(new Uint8Array(readFileSync(module)), kind as ModuleKind, 2_048);
    assert.ok(WebAssembly.validate(new Uint8Array(bytes)), name);
    (resets ? can : cannot).push(name);
  }
  assert.deepEqual(can, [
    'cgi-c',
    'convert-rust',
    'fib-as',
    'fib-c',
    'fib-go',
    'fib-rust',
    'hello-c',
    'hello-go',
    'hello-rust',
    'math-wat',
  ]);
  // Their memories are large (wasm/memory-import.ts), or imported.
  assert.deepEqual(cannot, ['hello-cpp', 'hello-zig', 'primes-emscripten', 'side-emscripten']);
});

test('bytes that are no code end in an answer, soon', () => {
  const folder = join(import.meta.dirname, '../../bench/engines/wasm');
  for (const file of readdirSync(folder).filter((entry) => entry.endsWith('.wasm'))) {
    const whole = new Uint8Array(readFileSync(join(folder, file)));
    const bytes = new Uint8Array(importMemory(whole)?.bytes ?? whole);
    for (let at = 8; at < bytes.length; at += 7) {
      const kept = bytes[at] ?? 0;
      for (const value of [0xff, 0x0e, kept ^ 0x40]) {
        bytes[at] = value;
        exposeState(bytes);
      }
      bytes[at] = kept;
    }
  }
});
