/** A module that imports its memory computes what it computed before. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { importMemory } from '../../wasm/import-memory.ts';
import { memoryImport } from '../../wasm/memory-import.ts';
import { fromWat } from '../support/modules.ts';

type Exports = Readonly<Record<string, (...values: number[]) => unknown>>;

function instantiate(bytes: Uint8Array, memory?: WebAssembly.Memory): Exports {
  const imports = memory === undefined ? {} : { [memoryImport.module]: { [memoryImport.name]: memory } };
  return new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(bytes)), imports).exports as Exports;
}

const withEverything = `(module (type (func (param i32) (result i32)))
  (table 2 funcref) (memory (export "m") 1 3) (global $g (mut i32) (i32.const 5)) (elem (i32.const 0) $load $size)
  (func $load (export "load") (param i32) (result i32) (i32.load (local.get 0)))
  (func $size (export "size") (param i32) (result i32) (memory.size))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "indirect") (param i32) (result i32) (call_indirect (type 0) (local.get 0) (local.get 0)))
  (start $init) (func $init (i32.store (i32.const 4) (global.get $g)))
  (data (i32.const 8) "abcd"))`;

test('data, start function, table, growth and its limit are what they were', async () => {
  const bytes = await fromWat(withEverything);
  const lifted = importMemory(bytes);
  assert.deepEqual(lifted?.limits, { initialPages: 1, maximumPages: 3 });
  const before = instantiate(bytes);
  const after = instantiate(lifted.bytes, new WebAssembly.Memory({ initial: 1, maximum: 3 }));
  for (const { load, size, grow, indirect } of [before, after]) {
    assert.deepEqual(
      [load?.(8), load?.(4), load?.(0), size?.(0), indirect?.(0), indirect?.(1), grow?.(2), grow?.(1), size?.(0), load?.(3 * 65_536 - 4)],
      [0x64636261, 5, 0, 1, 0, 1, 1, -1, 3, 0],
    );
    assert.throws(() => load?.(3 * 65_536), WebAssembly.RuntimeError);
  }
  assert.deepEqual(
    WebAssembly.Module.exports(new WebAssembly.Module(new Uint8Array(lifted.bytes))),
    WebAssembly.Module.exports(new WebAssembly.Module(bytes)),
  );
});

test('a module that has but a memory keeps a valid order of sections, custom ones included', async () => {
  for (const wat of [
    '(module (memory 0 1))',
    '(module (memory 1 1) (data (i32.const 0) "x"))',
    '(module (memory 1 2) (func (export "f")))',
  ]) {
    const lifted = importMemory(await fromWat(wat));
    assert.ok(lifted !== undefined && WebAssembly.validate(new Uint8Array(lifted.bytes)), wat);
  }
  const named = new Uint8Array(await readFile(join(import.meta.dirname, '../../examples/fib-c/fib.wasm')));
  const capped = importMemory(named);
  if (capped !== undefined) assert.ok(WebAssembly.validate(new Uint8Array(capped.bytes)));
});

test('modules are left alone that have no memory, several, one without a maximum, or imports', async () => {
  for (const wat of [
    '(module (func (export "f")))',
    '(module (memory 1 2) (memory 1 2))',
    '(module (memory 1))',
    '(module (import "a" "b" (func)) (memory 1 2))',
    '(module (memory i64 1 2))',
  ]) {
    assert.equal(importMemory(await fromWat(wat)), undefined, wat);
  }
});
