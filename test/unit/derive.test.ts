/** What executors run: capped whatever the kind, so that an instance cannot have more memory than its function may. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rewriteCoreModules } from '../../component/rewrite.ts';
import { readModule } from '../../wasm/module.ts';
import { deriveModule } from '../../worker/artifacts/derive.ts';
import { componentFromWat } from '../support/components.ts';
import { fromWat } from '../support/modules.ts';

/** Minimum and maximum of every memory in a component, and the maximum of every table. */
function declared(component: Uint8Array): { memories: (number | undefined)[][]; tables: (number | undefined)[] } {
  const memories: (number | undefined)[][] = [];
  const tables: (number | undefined)[] = [];
  rewriteCoreModules(component, (module) => {
    const read = readModule(module);
    for (const { limits } of read.memories) memories.push([limits.minimum, limits.maximum]);
    for (const { limits } of read.tables) tables.push(limits.maximum);
    return module;
  });
  return { memories, tables };
}

test('a core module is capped, and its memory lifted out unless it is large', async () => {
  const command = await fromWat('(module (import "a" "b" (func)) (memory (export "memory") 2) (func (export "_start")))');
  const small = deriveModule(command, 'command', 10);
  assert.deepEqual(small.memory, { initialPages: 2, maximumPages: 10 });
  assert.deepEqual(
    readModule(small.bytes).imports.map(({ module, name }) => `${module} ${name}`),
    ['bantam memory', 'a b'],
  );
  const large = deriveModule(await fromWat('(module (memory 65))'), 'core', 100);
  assert.equal(large.memory, undefined);
  assert.equal(readModule(large.bytes).memories[0]?.limits.maximum, 100);
});

test('whether an instance can be put back is told with it, and never where the memory is its own', async () => {
  const derive = async (pages: number, code: string): Promise<unknown> => {
    const { bytes, ...derived } = deriveModule(await fromWat(`(module (memory ${pages}) (func (export "f") ${code}))`), 'core', 1_000);
    assert.equal(readModule(bytes).memories.length, derived.memory === undefined ? 1 : 0);
    return derived;
  };
  const memory = { initialPages: 64, maximumPages: 1_000 };
  assert.deepEqual(await derive(64, ''), { memory, resets: true });
  assert.deepEqual(await derive(64, '(block (result externref) (ref.null extern)) drop'), { memory, resets: false });
  assert.deepEqual(await derive(65, ''), { memory: undefined, resets: false });
});

test('of a component the core modules share the cap, nested ones too, and their tables are capped', async () => {
  const component = await componentFromWat(`(component
    (core module (memory 1) (table 1 funcref))
    (component (core module (memory 2 5)) (component (core module (memory 3 65536))))
    (core module (func)))`);
  const { bytes, memory } = deriveModule(component, 'component', 100);
  assert.equal(memory, undefined);
  // 94 pages are left over three memories.
  assert.deepEqual(declared(bytes), {
    memories: [
      [1, 32],
      [2, 5],
      [3, 34],
    ],
    tables: [100_000],
  });
});

test('a component with one memory may have all of the cap, and one that needs more is refused', async () => {
  const component = await componentFromWat('(component (core module (memory 3)) (core module (memory 4)))');
  assert.deepEqual(declared(deriveModule(component, 'component-http', 7).bytes).memories, [
    [3, 3],
    [4, 4],
  ]);
  assert.throws(() => deriveModule(component, 'component-http', 6), { name: 'WasmFormatError', message: /above the cap/ });
  const single = await componentFromWat('(component (core module (func)) (core module (memory 3)))');
  assert.deepEqual(declared(deriveModule(single, 'component', 500).bytes).memories, [[3, 500]]);
});
