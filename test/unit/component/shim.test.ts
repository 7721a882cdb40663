/** The shim and fixup modules of wit-component, and what must not pass for them. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { componentEmbed, componentNew, parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import { flattenComponent } from '../../../component/flatten.ts';
import type { ComponentPlan, CoreItem } from '../../../component/plan.ts';
import { componentFromWat } from '../../support/components.ts';

/** Every item that a step which is not skipped is given, by name. */
function given(plan: ComponentPlan): Map<string, CoreItem> {
  const items = new Map<string, CoreItem>();
  for (const { skip, args } of plan.steps) {
    if (skip) continue;
    for (const [, from] of args) if ('items' in from) for (const [name, { item }] of from.items) items.set(name, item);
  }
  return items;
}

test('what wit-component makes is linked directly', async () => {
  const wit = 'package a:b; world w { import log: func(line: string); import count: func() -> u32; export run: func(); }';
  const core = `(module (import "$root" "log" (func (param i32 i32))) (import "$root" "count" (func (result i32)))
    (memory (export "memory") 1) (func (export "run")) (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable))`;
  const plan = flattenComponent(await componentNew(await componentEmbed({ witSource: wit, binary: await parse(core) })));
  assert.deepEqual(
    plan.steps.map(({ skip }) => skip),
    [true, false, true],
  );
  for (const name of ['log', 'count']) {
    const item = given(plan).get(name);
    assert.ok(item && 'trampoline' in item);
    const trampoline = plan.trampolines[item.trampoline];
    assert.ok(trampoline?.kind === 'lower' && trampoline.func.kind === 'host');
    assert.equal(trampoline.func.name, name);
  }
});

interface Parts {
  readonly shim?: string;
  readonly fixup?: string;
  /** The table that the fixup fills. */
  readonly table?: string;
  readonly rest?: string;
}

const shim = `(type $t (func (param i32 i64) (result i32)))
  (func (export "0") (type $t) local.get 0 local.get 1 i32.const 0 call_indirect (type $t)) (table (export "$imports") 1 1 funcref)`;
const fixup = `(import "" "0" (func $f (param i32 i64) (result i32))) (import "" "$imports" (table 1 1 funcref)) (elem (i32.const 0) func $f)`;

/** A main module calls, by way of a shim, a function of a module that is instantiated after it. */
function pair(parts: Parts): string {
  return `(component
    (core module $Shim ${parts.shim ?? shim})
    (core module $Fixup ${parts.fixup ?? fixup})
    (core module $Main (import "env" "f" (func (param i32 i64) (result i32))))
    (core module $Other (table (export "t") 1 1 funcref)) (core instance $other (instantiate $Other))
    (core module $Late (func (export "f") (param i32 i64) (result i32) i32.const 1) (func (export "g") (param i32) (result i32) i32.const 2))
    (core instance $shim (instantiate $Shim))
    (core instance $main (instantiate $Main (with "env" (instance (export "f" (func $shim "0"))))))
    (core instance $late (instantiate $Late))
    (core instance $fixup (instantiate $Fixup
      (with "" (instance (export "0" (func $late "f")) (export "1" (func $late "g")) (export "$imports" ${parts.table ?? '(table $shim "$imports")'}) (export "x" (table $shim "$imports"))))))
    ${parts.rest ?? ''})`;
}

async function skips(parts: Parts): Promise<boolean[]> {
  return flattenComponent(await componentFromWat(pair(parts))).steps.map(({ skip }) => skip);
}

test('a function of a later core instance is reached when it is called', async () => {
  const plan = flattenComponent(await componentFromWat(pair({})));
  assert.deepEqual(
    plan.steps.map(({ skip }) => skip),
    [false, true, false, false, true],
  );
  const item = given(plan).get('f');
  assert.ok(item && 'trampoline' in item);
  assert.deepEqual(plan.trampolines[item.trampoline], { kind: 'late', step: 3, name: 'f', arity: 2 });
});

const forwarder = (body: string): string => `(type $t (func (param i32 i64) (result i32)))
  (func (export "0") (type $t) ${body}) (table (export "$imports") 1 1 funcref)`;

const others: readonly (readonly [what: string, parts: Parts])[] = [
  ['a shim that adds something', { shim: forwarder('local.get 0 i32.const 1 i32.add local.get 1 i32.const 0 call_indirect (type $t)') }],
  ['a shim that passes other arguments', { shim: forwarder('local.get 0 i64.const 1 i32.const 0 call_indirect (type $t)') }],
  ['a shim that calls an entry it computes', { shim: forwarder('local.get 0 local.get 1 local.get 0 call_indirect (type $t)') }],
  ['a shim with a local', { shim: forwarder('(local i32) local.get 0 local.get 1 i32.const 0 call_indirect (type $t)') }],
  ['a shim with a memory', { shim: `${shim} (memory 1)` }],
  ['a shim with a start function', { shim: `${shim} (func $s) (start $s)` }],
  ['a shim whose entry is not filled', { shim: forwarder('local.get 0 local.get 1 i32.const 1 call_indirect (type $t)') }],
  ['a fixup with a start function', { fixup: `${fixup} (func $s) (start $s)` }],
  ['a fixup that starts at another entry', { fixup: fixup.replace('(i32.const 0)', '(i32.const 1)') }],
  ['a fixup with a second table', { fixup: fixup.replace('(elem', '(import "" "$imports" (table 1 1 funcref)) (elem') }],
  ['a fixup of another table', { table: '(table $other "t")' }],
  ['a fixup with a second segment', { fixup: `${fixup} (elem (i32.const 0) func $f)` }],
  [
    'a fixup that fills in a function of another type',
    { fixup: `(import "" "1" (func $f (param i32) (result i32))) (import "" "$imports" (table 1 1 funcref)) (elem (i32.const 0) func $f)` },
  ],
  [
    'another user of the table',
    { rest: '(core module $N (import "s" "$imports" (table 1 funcref))) (core instance (instantiate $N (with "s" (instance $shim))))' },
  ],
  ['a lift of a function of the shim', { rest: '(func (param "a" u32) (param "b" u64) (result u32) (canon lift (core func $shim "0")))' }],
  ['an instance that passes the fixup on', { rest: '(core module $N) (core instance (instantiate $N (with "f" (instance $fixup))))' }],
];

for (const [what, parts] of others) {
  test(`is left alone: ${what}`, async () => {
    assert.ok((await skips(parts)).every((skip) => !skip));
  });
}
