/** Components with seeded damage: whatever the bytes, an answer or a ComponentError comes out, and soon. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { ComponentError } from '../../../component/error.ts';
import { exportedFunctions } from '../../../component/exports.ts';
import { flattenComponent } from '../../../component/flatten.ts';
import { coreModuleRanges } from '../../../component/modules.ts';
import type { ComponentPlan, CoreItem } from '../../../component/plan.ts';
import { rewriteCoreModules } from '../../../component/rewrite.ts';
import { importedFunctions } from '../../../component/signature-text.ts';
import { componentFromWat, componentFromWit } from '../../support/components.ts';
import { type Random, seededRandom } from '../../support/random.ts';

const rich = `package local:demo@0.1.0;
  interface types {
    record person { name: string, age: u32, tags: list<string> }
    variant shape { circle(f64), rect(tuple<f64, f64>), unit-point }
    enum color { red, dark-blue }
    flags perms { read, write }
    resource file { constructor(name: string); read: func(n: u32) -> result<list<u8>, color>; merge: static func(a: borrow<file>) -> file; }
  }
  interface api { use types.{person, shape, perms, file}; greet: func(p: person, s: shape) -> result<string, perms>; open: func(f: borrow<file>); }
  world w { import types; import log: func(level: u8, line: string); export api; export run: func(x: option<option<u64>>) -> list<u8>; }`;

const nested = `(component
  (component $Inner (import "f" (func $f (param "a" string))) (import "r" (type $r (sub resource)))
    (core module $M (memory (export "mem") 1) (func (export "g") (param i32 i32)) (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable))
    (core instance $m (instantiate $M)) (core func (canon lower (func $f) (memory (core memory $m "mem")))) (core func (canon resource.drop $r))
    (func (export "g") (param "a" string) (canon lift (core func $m "g") (memory (core memory $m "mem")) (realloc (core func $m "realloc")))))
  (import "f" (func $f (param "a" string)))
  (type $r (resource (rep i32)))
  (instance $one (instantiate $Inner (with "f" (func $f)) (with "r" (type $r))))
  (instance $two (instantiate $Inner (with "f" (func $one "g")) (with "r" (type $r))))
  (export "a:b/c@1.0.0" (instance $two)) (core func (canon task.return)) (type (stream u8)))`;

/** Changes one to three bytes, or cuts out or doubles a stretch. */
function damage(bytes: Uint8Array, random: Random): Uint8Array {
  const whole = Uint8Array.from(bytes);
  const at = random.int(bytes.length);
  const length = random.int(16);
  switch (random.int(8)) {
    case 0:
      return Uint8Array.from([...whole.subarray(0, at), ...whole.subarray(at + length)]);
    case 1:
      return Uint8Array.from([...whole.subarray(0, at + length), ...whole.subarray(at)]);
    default:
      for (let i = random.int(3); i >= 0; i--) whole[random.int(whole.length)] = random.int(256);
      return whole;
  }
}

/** What the linker relies on: every number in a plan is one of something that is there. */
function assertSound(plan: ComponentPlan): void {
  const below = (index: number, list: readonly unknown[], least = -1): void =>
    assert.ok(index >= least && index < list.length, `index ${index}`);
  const sound = (item: CoreItem): void => ('step' in item ? below(item.step, plan.steps, 0) : below(item.trampoline, plan.trampolines, 0));
  for (const { module, args } of plan.steps) {
    below(module, plan.modules, 0);
    for (const [, from] of args) {
      if ('step' in from) below(from.step, plan.steps, 0);
      else for (const { item } of from.items.values()) sound(item);
    }
  }
  for (const { item } of plan.slots) sound(item);
  for (const { instance, memory, realloc } of plan.contexts) {
    below(instance, plan.instances, 0);
    below(memory, plan.slots);
    below(realloc, plan.slots);
  }
  for (const [i, { parent }] of plan.instances.entries()) assert.ok(parent < i);
  for (const trampoline of plan.trampolines) {
    if (trampoline.kind === 'late') below(trampoline.step, plan.steps, 0);
    else if (trampoline.kind === 'lower') below(trampoline.context, plan.contexts, 0);
    else if (trampoline.kind !== 'refused') below(trampoline.resource.destructor, plan.slots);
  }
}

function read(bytes: Uint8Array): 'plan' | 'error' {
  try {
    coreModuleRanges(bytes);
    rewriteCoreModules(bytes, (module) => Uint8Array.from(module));
    const plan = flattenComponent(bytes);
    assertSound(plan);
    assert.ok([...importedFunctions(plan)].length <= plan.trampolines.length);
    exportedFunctions(plan, 10_000);
    return 'plan';
  } catch (error) {
    if (!(error instanceof ComponentError)) throw error;
    return 'error';
  }
}

const sources = [
  ['a component of wit-component', (): Promise<Uint8Array> => componentFromWit(rich, 'w')],
  ['nested components', (): Promise<Uint8Array> => componentFromWat(nested)],
] as const;

for (const [seed, [what, source]] of sources.entries()) {
  test(`damage to ${what} ends in a sound plan or in a ComponentError`, async () => {
    const bytes = await source();
    assert.equal(read(bytes), 'plan');
    const random = seededRandom(seed);
    const seen = new Set<string>();
    for (let i = 0; i < 4_000; i++) {
      const damaged = damage(bytes, random);
      try {
        seen.add(read(damaged));
      } catch (error) {
        assert.fail(`${Buffer.from(damaged).toString('base64')}\n${error instanceof Error ? error.stack : String(error)}`);
      }
    }
    assert.deepEqual([...seen].toSorted(), ['error', 'plan']);
  });
}
