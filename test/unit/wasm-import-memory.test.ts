/** A module that imports its memory computes what it computed before. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { importMemory } from '../../wasm/import-memory.ts';
import { memoryImport } from '../../wasm/memory-import.ts';
import { fromWat } from '../support/modules.ts';

type Exports = Readonly<Record<string, (...values: number[]) => unknown>>;

function instantiate(bytes: Uint8Array, memory?: WebAssembly.Memory, own: WebAssembly.Imports = {}): Exports {
  const imports = memory === undefined ? own : { ...own, [memoryImport.module]: { [memoryImport.name]: memory } };
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

test('functions, tables and globals that the module imports keep their places and names', async () => {
  const bytes = await fromWat(`(module (type (func (param i32) (result i32)))
    (import "env" "double" (func $double (type 0))) (import "env" "table" (table 2 funcref)) (import "env" "base" (global $base i32))
    (import "env" "negate" (func $negate (type 0)))
    (memory (export "memory") 1 2) (global $own (mut i32) (i32.const 7))
    (elem (i32.const 0) $negate $run)
    (func $run (export "run") (param i32) (result i32)
      (i32.store (i32.const 0) (call $double (local.get 0)))
      (i32.add (global.get $own) (i32.add (global.get $base) (call $negate (i32.load (i32.const 0))))))
    (func (export "indirect") (param i32) (result i32) (call_indirect (type 0) (local.get 0) (i32.const 0)))
    (data (i32.const 0) "x"))`);
  const lifted = importMemory(bytes);
  assert.ok(lifted !== undefined);
  const own = (): WebAssembly.Imports => ({
    env: {
      double: (n: number) => n * 2,
      negate: (n: number) => -n,
      table: new WebAssembly.Table({ element: 'anyfunc', initial: 2 }),
      base: 100,
    },
  });
  const before = instantiate(bytes, undefined, own());
  const after = instantiate(lifted.bytes, new WebAssembly.Memory({ initial: 1, maximum: 2 }), own());
  for (const { run, indirect } of [before, after]) assert.deepEqual([run?.(21), indirect?.(5)], [65, -5]);
  const importsOf = (all: Uint8Array): string[] =>
    WebAssembly.Module.imports(new WebAssembly.Module(new Uint8Array(all))).map(({ module, name }) => `${module}.${name}`);
  assert.deepEqual(importsOf(lifted.bytes), [`${memoryImport.module}.${memoryImport.name}`, ...importsOf(bytes)]);
});

test('a section of 200 imports, whose count and size take several bytes, stays valid', async () => {
  const imports = Array.from({ length: 200 }, (_, i) => `(import "env" "f${i}" (func (param i32)))`).join('');
  const lifted = importMemory(await fromWat(`(module ${imports} (memory 1 2) (func (export "run") (call 199 (i32.const 3))))`));
  assert.ok(lifted !== undefined);
  const called: number[] = [];
  const env = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`f${i}`, (n: number) => void called.push(i, n)]));
  instantiate(lifted.bytes, new WebAssembly.Memory({ initial: 1, maximum: 2 }), { env })['run']?.();
  assert.deepEqual(called, [199, 3]);
});

test('modules are left alone that have no memory, several, one without a maximum, or an imported one', async () => {
  for (const wat of [
    '(module (func (export "f")))',
    '(module (memory 1 2) (memory 1 2))',
    '(module (memory 1))',
    '(module (import "a" "b" (memory 1 2)))',
    '(module (import "a" "b" (func)) (import "a" "b" (memory 1 2)) (memory 1 2))',
    '(module (memory i64 1 2))',
  ]) {
    assert.equal(importMemory(await fromWat(wat)), undefined, wat);
  }
});
