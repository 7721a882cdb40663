/** What no component can do: run while it runs, call out where it must not, go on after a trap, or catch its end. Explainer.md, "Component Invariants". */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { stop, type Stoppable } from '../../../executor/host/stop.ts';
import { componentFromWat } from '../../support/components.ts';
import { faultOf, type Functions, hostOf, instantiate, instantiateWat, linkTrusting } from '../../support/linked.ts';

/** Calls `hostile:host/api#call` in the middle of `run`. */
function calling(body: string): string {
  return `(component
    (import "hostile:host/api" (instance $i (export "call" (func))))
    (core func $call (canon lower (func $i "call")))
    (core module $M
      (import "" "call" (func $call))
      (global $went-on (mut i32) (i32.const 0))
      (func (export "run") ${body} (global.set $went-on (i32.const 1)))
      (func (export "went-on") (result i32) (global.get $went-on)))
    (core instance $m (instantiate $M (with "" (instance (export "call" (func $call))))))
    (func (export "run") (canon lift (core func $m "run")))
    (func (export "went-on") (result u32) (canon lift (core func $m "went-on"))))`;
}

const catchAll = '(block $b (try_table (catch_all $b) (call $call)))';

test('a guest that catches everything cannot catch what the host throws', async () => {
  let calls = 0;
  const fail = (): never => {
    calls++;
    throw new Error('the disk is on fire');
  };
  const linked = await instantiateWat(calling(`${catchAll} ${catchAll}`), { 'hostile:host/api': { call: fail } });
  assert.throws(() => linked.instance.call('run', []), { name: 'Error', message: 'the disk is on fire' });
  assert.equal(calls, 1);
  assert.equal(linked.instance.dead, true);
});

test('a guest that catches everything cannot catch that its host stops it', async () => {
  const world: Stoppable = { stopped: undefined };
  const functions: Functions = { 'hostile:host/api': { call: () => stop(world, { kind: 'exit', status: 3 }) } };
  const linked = linkTrusting(await componentFromWat(calling(catchAll)), hostOf(functions));
  assert.throws(() => linked.instantiate(world).call('run', []), WebAssembly.RuntimeError);
  assert.deepEqual(world.stopped, { kind: 'exit', status: 3 });
});

test('a guest that catches everything cannot catch our own checks', async () => {
  const linked = await instantiateWat(
    `(component
    (import "test:host/things" (instance $i (export "thing" (type $thing (sub resource))) (export "use" (func (param "t" (borrow $thing))))))
    (alias export $i "thing" (type $thing))
    (core func $use (canon lower (func $i "use"))) (core func $drop (canon resource.drop $thing))
    (core module $M
      (import "" "use" (func $use (param i32))) (import "" "drop" (func $drop (param i32)))
      (func (export "use") (block $b (try_table (catch_all $b) (call $use (i32.const 9)))))
      (func (export "drop") (block $b (try_table (catch_all $b) (call $drop (i32.const 9))))))
    (core instance $m (instantiate $M (with "" (instance (export "use" (func $use)) (export "drop" (func $drop))))))
    (func (export "use") (canon lift (core func $m "use")))
    (func (export "drop") (canon lift (core func $m "drop"))))`,
    { 'test:host/things': { use: () => undefined } },
  );
  assert.match(faultOf(linked, 'use'), /unknown handle index 9/);
});

test('a drop that throws ends the guest', async () => {
  const linked = await instantiateWat(
    `(component
      (import "test:host/things" (instance $i (export "thing" (type $thing (sub resource))) (export "make" (func (result (own $thing))))))
      (alias export $i "thing" (type $thing))
      (core func $make (canon lower (func $i "make"))) (core func $drop (canon resource.drop $thing))
      (core module $M
        (import "" "make" (func $make (result i32))) (import "" "drop" (func $drop (param i32)))
        (func (export "run") (block $b (try_table (catch_all $b) (call $drop (call $make))))))
      (core instance $m (instantiate $M (with "" (instance (export "make" (func $make)) (export "drop" (func $drop))))))
      (func (export "run") (canon lift (core func $m "run"))))`,
    { 'test:host/things': { make: () => ({}) } },
    {
      'test:host/things': {
        thing: () => {
          throw new Error('cannot be dropped');
        },
      },
    },
  );
  assert.throws(() => linked.instance.call('run', []), { message: 'cannot be dropped' });
  assert.throws(() => linked.instance.call('run', []), /has trapped before/);
});

test('a guest that catches everything cannot catch that the stack is exhausted', async () => {
  const body = catchAll.replace('(call $call)', '(call $call) (call $deeper) (return)');
  const wat = calling('(call $deeper)').replace('(func (export "run")', `(func $deeper ${body}) (func (export "run")`);
  const linked = await instantiateWat(wat, { 'hostile:host/api': { call: () => undefined } });
  assert.throws(() => linked.instance.call('run', []), RangeError);
  assert.equal(linked.instance.dead, true);
});

test('an instance that trapped cannot be called again', async () => {
  const linked = await instantiateWat(calling('unreachable'), { 'hostile:host/api': { call: () => undefined } });
  assert.match(faultOf(linked, 'run'), /unreachable/);
  assert.throws(() => linked.instance.call('went-on', []), {
    message: 'this instance of a component has trapped before, or was discarded',
  });
});

test('an instance that runs cannot be entered by its host', async () => {
  let again = (): unknown => undefined;
  const linked = await instantiateWat(calling('(call $call)'), { 'hostile:host/api': { call: () => again() } });
  again = (): unknown => linked.instance.call('went-on', []);
  assert.match(faultOf(linked, 'run'), /cannot enter a component instance that is running/);
});

test('an instance that trapped goes nowhere, even when its host caught the trap', async () => {
  let calls = 0;
  let fails = (): unknown => undefined;
  const call = (): void => {
    calls++;
    assert.throws(fails);
  };
  for (const body of ['(call $call)', '(call $call) (call $call)']) {
    const linked = await instantiateWat(calling(body), { 'hostile:host/api': { call } });
    fails = (): unknown => linked.instance.call('went-on', []);
    assert.throws(() => linked.instance.call('run', []), WebAssembly.RuntimeError);
    assert.equal(linked.instance.dead, true);
  }
  assert.equal(calls, 2, 'not a third time');
});

/** Two components, the first of which calls back into the second by way of a function of their parent. */
const ring = `(component
  (component $Late
    (core module $M (func (export "f") (result i32) (i32.const 5)))
    (core instance $m (instantiate $M))
    (func (export "f") (result u32) (canon lift (core func $m "f"))))
  (core module $Table
    (type $t (func (result i32)))
    (table (export "table") 1 funcref)
    (func (export "later") (result i32) (call_indirect (type $t) (i32.const 0))))
  (core instance $table (instantiate $Table))
  (func $later (result u32) (canon lift (core func $table "later")))
  (component $Middle
    (import "later" (func $later (result u32)))
    (core func $later' (canon lower (func $later)))
    (core module $M (import "" "later" (func $later (result i32))) (func (export "g") (result i32) (call $later)) (func (export "h") (result i32) (i32.const 6)))
    (core instance $m (instantiate $M (with "" (instance (export "later" (func $later'))))))
    (func (export "g") (result u32) (canon lift (core func $m "g")))
    (func (export "h") (result u32) (canon lift (core func $m "h"))))
  (instance $late (instantiate $Late))
  (instance $middle (instantiate $Middle (with "later" (func $later))))
  (core func $h (canon lower (func $middle "h")))
  (core module $Fill (import "" "h" (func $h (result i32))) (import "" "table" (table 1 funcref)) (elem (i32.const 0) $h))
  (core instance (instantiate $Fill (with "" (instance (export "h" (func $h)) (export "table" (table $table "table"))))))
  (func (export "g") (alias export $middle "g"))
  (func (export "h") (alias export $middle "h"))
  (func (export "f") (alias export $late "f")))`;

test('a component cannot be entered again by way of its parent', async () => {
  assert.match(faultOf(await instantiateWat(ring), 'g'), /cannot enter a component instance that is running/);
});
test('the components of that ring can be called one by one', async () => {
  const { instance } = await instantiateWat(ring);
  assert.deepEqual([instance.call('h', []), instance.call('f', []), instance.call('h', [])], [6, 5, 6]);
});

test('a component instance cannot call its own exports', async () => {
  const linked = await instantiateWat(`(component
    (core module $A (func (export "f") (result i32) (i32.const 1)))
    (core instance $a (instantiate $A))
    (func $f (result u32) (canon lift (core func $a "f")))
    (core func $f' (canon lower (func $f)))
    (core module $B (import "" "f" (func $f (result i32))) (func (export "g") (result i32) (call $f)))
    (core instance $b (instantiate $B (with "" (instance (export "f" (func $f'))))))
    (func (export "g") (result u32) (canon lift (core func $b "g"))))`);
  assert.match(faultOf(linked, 'g'), /a component instance cannot call itself/);
});

test('an exception that leaves a component ends its caller, too', async () => {
  const linked = await instantiateWat(`(component
    (component $A
      (core module $M (tag $t) (func (export "f") (throw $t)))
      (core instance $m (instantiate $M))
      (func (export "f") (canon lift (core func $m "f"))))
    (component $B
      (import "f" (func $f))
      (core func $f' (canon lower (func $f)))
      (core module $M (import "" "f" (func $f)) (func (export "g") (block $b (try_table (catch_all $b) (call $f)))))
      (core instance $m (instantiate $M (with "" (instance (export "f" (func $f'))))))
      (func (export "g") (canon lift (core func $m "g"))))
    (instance $a (instantiate $A)) (instance $b (instantiate $B (with "f" (func $a "f"))))
    (func (export "g") (alias export $b "g")))`);
  assert.throws(() => linked.instance.call('g', []), WebAssembly.Exception);
});

test('a call after a start function that trapped is not possible', async () => {
  const linked = linkTrusting(
    await componentFromWat(`(component
    (core module $M (func $s unreachable) (start $s)) (core instance $m (instantiate $M)))`),
  );
  assert.throws(() => instantiate(linked), WebAssembly.RuntimeError);
});

test('a built-in of concurrency can be imported, but not called', async () => {
  const linked = await instantiateWat(`(component
    (core func $new (canon waitable-set.new))
    (core module $M (import "" "new" (func $new (result i32))) (func (export "run") (drop (call $new))) (func (export "rest")))
    (core instance $m (instantiate $M (with "" (instance (export "new" (func $new))))))
    (func (export "run") (canon lift (core func $m "run")))
    (func (export "rest") (canon lift (core func $m "rest"))))`);
  assert.equal(linked.instance.call('rest', []), undefined);
  assert.match(faultOf(linked, 'run'), /the built-in waitable-set.new is not supported/);
});

test('a function of a module that is not there yet cannot be called', async () => {
  const wat = readFileSync(join(import.meta.dirname, '../../conformance/component-model/shim.wat'), 'utf8');
  const early = wat.replace(
    '(func (export "late")',
    '(func $early (drop (call $later (i32.const 1)))) (start $early) (func (export "late")',
  );
  const linked = linkTrusting(await componentFromWat(early));
  const world: Stoppable = { stopped: undefined };
  assert.throws(() => linked.instantiate(world), WebAssembly.RuntimeError);
  assert.partialDeepStrictEqual(world.stopped, {
    kind: 'fault',
    code: 'GUEST_TRAPPED',
    extra: { trap: 'a function was called before its module was instantiated' },
  });
});
