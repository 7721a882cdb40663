/** Core modules found in components, and others put in their place. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { flattenComponent } from '../../../component/flatten.ts';
import { coreModuleRanges } from '../../../component/modules.ts';
import { rewriteCoreModules } from '../../../component/rewrite.ts';
import { capMemories } from '../../../wasm/cap.ts';
import { readModule } from '../../../wasm/module.ts';
import { componentFromWat } from '../../support/components.ts';
import { leb } from '../../support/modules.ts';

const text = `(component
  (core module $A (memory 1))
  (component $C (core module $B (memory 2) (func (export "f"))) (core instance $b (instantiate $B)) (func (export "f") (canon lift (core func $b "f")))
    (component (core module (memory 3))))
  (core instance (instantiate $A))
  (instance $c (instantiate $C))
  (export "f" (func $c "f")))`;

function minimums(bytes: Uint8Array): number[] {
  return coreModuleRanges(bytes).map(({ start, end }) => readModule(bytes.subarray(start, end)).memories[0]?.limits.minimum ?? -1);
}

test('finds the modules of nested components, instantiated or not, in the order of the file', async () => {
  assert.deepEqual(minimums(await componentFromWat(text)), [1, 2, 3]);
});

test('returns the same array when nothing changes', async () => {
  const bytes = await componentFromWat(text);
  assert.equal(
    rewriteCoreModules(bytes, (module) => module),
    bytes,
  );
});

test('copies that are equal give an equal component', async () => {
  const bytes = await componentFromWat(text);
  assert.deepEqual(Buffer.from(rewriteCoreModules(bytes, (module) => Uint8Array.from(module))), Buffer.from(bytes));
});

test('rewrites every module, and the component still means the same', async () => {
  const bytes = await componentFromWat(text);
  const capped = rewriteCoreModules(bytes, (module) => capMemories(module, { maxPages: 16, maxTableElements: 10 }));
  const maximums = coreModuleRanges(capped).map(({ start, end }) => readModule(capped.subarray(start, end)).memories[0]?.limits.maximum);
  assert.deepEqual(maximums, [16, 16, 16]);
  const [before, after] = [flattenComponent(bytes), flattenComponent(capped)];
  assert.deepEqual(after.steps, before.steps);
  assert.deepEqual(after.exports, before.exports);
});

test('sizes are encoded anew when they need more or fewer bytes', async () => {
  const bytes = await componentFromWat(text);
  for (const size of [0, 100, 200, 20_000]) {
    const custom = Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0, ...leb(size + 2), 1, 0x78, ...new Uint8Array(size)]);
    const rewritten = rewriteCoreModules(bytes, () => custom);
    const found = coreModuleRanges(rewritten).map(({ start, end }) => rewritten.subarray(start, end));
    assert.deepEqual(
      found.map((module) => Buffer.from(module).equals(custom)),
      [true, true, true],
    );
  }
});

test('changes one nested module and leaves every other byte', async () => {
  const bytes = await componentFromWat(text);
  const [, second] = coreModuleRanges(bytes);
  assert.ok(second);
  const wanted = Buffer.from(bytes);
  wanted[second.start + 12] = (wanted[second.start + 12] ?? 0) ^ 0xff;
  let count = 0;
  const rewritten = rewriteCoreModules(bytes, (module) => {
    if (count++ !== 1) return module;
    const changed = Uint8Array.from(module);
    changed[12] = (changed[12] ?? 0) ^ 0xff;
    return changed;
  });
  assert.deepEqual(Buffer.from(rewritten), wanted);
});

test('what the rewriting of a module throws passes through', async () => {
  const bytes = await componentFromWat(text);
  assert.throws(() => rewriteCoreModules(bytes, (module) => capMemories(module, { maxPages: 2, maxTableElements: 10 })), {
    name: 'WasmFormatError',
    message: /a memory minimum of 3 is above the cap of 2/,
  });
});

test('a section longer than the component is an error with its place', async () => {
  const bytes = (await componentFromWat(text)).subarray(0, -1);
  for (const read of [(): unknown => coreModuleRanges(bytes), (): unknown => rewriteCoreModules(bytes, (module) => module)]) {
    assert.throws(read, { name: 'ComponentError', kind: 'invalid' });
  }
});
