/** Which functions are found to loop without calling anything, and which of those decide within a loop. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Kernel, readKernels } from '../../wasm/kernels.ts';
import { readSections } from '../../wasm/sections.ts';
import { fromWat } from '../support/modules.ts';

async function kernelsOf(text: string, most = 100): Promise<Kernel[]> {
  const bytes = await fromWat(text);
  return readKernels(bytes, readSections(bytes), most);
}

/** The one function's body between a loop's begin and its conditional end. */
async function forks(body: string): Promise<boolean | undefined> {
  const found = await kernelsOf(
    `(module (memory 1) (func (param $n i32) (loop $again ${body} (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))`,
  );
  return found[0]?.forks;
}

test('a kernel is a function that loops and calls nothing that returns', async () => {
  const found = await kernelsOf(`(module (import "e" "f" (func $host)) (table 1 funcref) (type $t (func))
    (func $straight (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
    (func $loops (loop (br_if 0 (i32.const 0))))
    (func $calls (loop (call $straight (i32.const 1)) (drop) (br_if 0 (i32.const 0))))
    (func $callsAfterwards (loop (br_if 0 (i32.const 0))) (call $host))
    (func $callsIndirectly (loop (br_if 0 (i32.const 0))) (call_indirect (type $t) (i32.const 0)))
    (func $panics (loop (if (i32.const 0) (then (call $host) (unreachable))) (br_if 0 (i32.const 0))))
    (func $panicsIndirectly (loop (if (i32.const 0) (then (call_indirect (type $t) (i32.const 0)) (unreachable))) (br_if 0 (i32.const 0)))))`);
  assert.deepEqual(
    found.map(({ index }) => index),
    [1, 5, 6],
  );
});

test('a loop forks where a turn may take one of several ways', async () => {
  assert.equal(await forks('(if (local.get $n) (then (i32.store (i32.const 0) (local.get $n))))'), true);
  assert.equal(await forks('(block $skip (br_if $skip (local.get $n)) (i32.store (i32.const 0) (local.get $n)))'), true);
  assert.equal(await forks('(block $a (block $b (br_table $a $b (local.get $n))))'), true);
});

test('a loop does not fork where a branch leaves it or begins the next turn', async () => {
  assert.equal(await forks('(i32.store (i32.const 0) (local.get $n))'), false);
  assert.equal(await forks('(br_if $again (local.get $n))'), false);
  assert.equal(await forks('(block (br_if 2 (local.get $n)))'), false);
  assert.equal(await forks('(drop (select (local.get $n) (i32.const 1) (local.get $n)))'), false);
});

test('what an outer loop decides does not count', async () => {
  assert.equal(await forks('(if (local.get $n) (then nop)) (loop $inner (br_if $inner (i32.const 0)))'), false);
  assert.equal(await forks('(loop $inner (if (local.get $n) (then nop)) (br_if $inner (i32.const 0)))'), true);
});

test('walks over every form of immediate', async () => {
  const found =
    await kernelsOf(`(module (memory 1) (memory $two 1) (table $t 2 funcref) (global $g (mut f64) (f64.const 11)) (elem $e funcref (ref.func $f)) (data $d "x")
    (func $f (param i64) (result i32) (local v128 f32 funcref)
      (block (result i32) (i32.const -2147483648)) (drop) (i64.const -9223372036854775808) (drop)
      (f32.const 0x1.0b0b0bp0) (drop) (global.set $g (f64.const 0x1.0b0b0b0b0b0bp0)) (drop (ref.is_null (ref.func $f)))
      (i64.store offset=4294967295 (i32.const 0) (i64.const 1)) (i32.store $two (i32.const 0) (i32.const 11))
      (memory.copy (i32.const 0) (i32.const 0) (i32.const 0)) (memory.fill (i32.const 0) (i32.const 0) (i32.const 0))
      (memory.init $d (i32.const 0) (i32.const 0) (i32.const 0)) (data.drop $d) (elem.drop $e)
      (table.init $t $e (i32.const 0) (i32.const 0) (i32.const 0)) (table.copy $t $t (i32.const 0) (i32.const 0) (i32.const 0))
      (table.set $t (i32.const 0) (ref.func $f)) (drop (table.size $t)) (drop (memory.size)) (drop (i32.trunc_sat_f64_s (f64.const 1)))
      (local.set 1 (v128.const i32x4 0x0b0b0b0b 2 3 4)) (drop (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 11 11 11 11 (local.get 1) (local.get 1)))
      (drop (i8x16.extract_lane_u 11 (local.get 1))) (v128.store8_lane offset=11 11 (i32.const 0) (local.get 1)) (drop (v128.load32_zero (i32.const 0)))
      (drop (i32x4.add (local.get 1) (v128.load (i32.const 0))))
      (loop (br_if 0 (i32.const 0))) (block (br_table 0 0 0 (i32.const 1))) (i32.const 1))
    (func (loop (br_if 0 (i32.const 0)))))`);
  assert.deepEqual(
    found.map(({ index }) => index),
    [0, 1],
  );
});

test('a function with an instruction that is not known is none, and the next one is found', async () => {
  const found = await kernelsOf(
    '(module (memory 1 1 shared) (func (drop (i32.atomic.load (i32.const 0))) (loop (br_if 0 (i32.const 0)))) (func (loop (br_if 0 (i32.const 0)))))',
  );
  assert.deepEqual(
    found.map(({ index }) => index),
    [1],
  );
});

test('looks at the first functions only', async () => {
  const text = `(module ${'(func (loop (br_if 0 (i32.const 0))))'.repeat(3)})`;
  assert.equal((await kernelsOf(text, 2)).length, 2);
  assert.equal((await kernelsOf(text, 3)).length, 3);
});

test('bytes that are no code end in an answer or a fault, soon', () => {
  const folder = join(import.meta.dirname, '../../bench/engines/wasm');
  for (const file of readdirSync(folder).filter((entry) => entry.endsWith('.wasm'))) {
    const bytes = new Uint8Array(readFileSync(join(folder, file)));
    const sections = readSections(bytes);
    for (let at = 8; at < bytes.length; at += 7) {
      const kept = bytes[at] ?? 0;
      for (const value of [0xff, 0x0e, kept ^ 0x40]) {
        bytes[at] = value;
        try {
          readKernels(bytes, sections, 32);
        } catch (error) {
          assert.equal((error as Error).name, 'WasmFormatError');
        }
      }
      bytes[at] = kept;
    }
  }
});
