/** Instances of one component share all functions: they must not meet. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { HostFunction, HostInterface } from '../../../executor/component/host.ts';
import type { ComponentInstance } from '../../../executor/component/instance.ts';
import type { Stoppable } from '../../../executor/host/stop.ts';
import { componentFromWat } from '../../support/components.ts';
import { linkTrusting } from '../../support/linked.ts';

/** Counts its calls, holds a handle, and calls the host in between. */
const counter = `(component
  (import "test:host/api" (instance $i
    (export "thing" (type $thing (sub resource)))
    (export "make" (func (result (own $thing))))
    (export "name" (func (param "t" (borrow $thing)) (result string)))
    (export "pause" (func (param "n" u32)))))
  (alias export $i "thing" (type $thing))
  (core module $L (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64)))
  (core instance $l (instantiate $L))
  (alias core export $l "memory" (core memory $memory))
  (core func $make (canon lower (func $i "make")))
  (core func $name (canon lower (func $i "name") (memory $memory) (realloc (core func $l "realloc"))))
  (core func $pause (canon lower (func $i "pause")))
  (core module $M
    (import "h" "make" (func $make (result i32)))
    (import "h" "name" (func $name (param i32 i32)))
    (import "h" "pause" (func $pause (param i32)))
    (global $n (mut i32) (i32.const 0))
    (global $t (mut i32) (i32.const 0))
    (func $start (global.set $t (call $make)))
    (start $start)
    (func (export "next") (result i32)
      (global.set $n (i32.add (global.get $n) (i32.const 1)))
      (call $pause (global.get $n))
      (call $name (global.get $t) (i32.const 16))
      (i32.const 16)))
  (core instance $m (instantiate $M (with "h" (instance (export "make" (func $make)) (export "name" (func $name)) (export "pause" (func $pause))))))
  (func (export "next") (result string) (canon lift (core func $m "next") (memory $memory))))`;

interface Named extends Stoppable {
  readonly name: string;
}

/** @param pause what happens in the middle of a call, with the world of the caller */
async function link(pause: (name: string, n: number) => void = () => undefined): Promise<(name: string) => ComponentInstance> {
  const bytes = await componentFromWat(counter);
  const api: HostInterface<Stoppable> = {
    functions: new Map<string, HostFunction<Stoppable>>([
      ['make', (world: Stoppable) => ({ of: (world as Named).name })],
      ['name', (_: Stoppable, thing: { of: string }) => thing.of],
      [
        'pause',
        (world: Stoppable, n: number) => {
          pause((world as Named).name, n);
        },
      ],
    ]),
    drops: new Map(),
  };
  const linked = linkTrusting(bytes, new Map([['test:host/api', api]]));
  return (name) => linked.instantiate({ name, stopped: undefined } as Named);
}

test('two live instances take turns', async () => {
  const make = await link();
  const [a, b] = [make('a'), make('b')];
  assert.deepEqual(
    [a, b, b, a, a].map((instance) => instance.call('next', [])),
    ['a', 'b', 'b', 'a', 'a'],
  );
});

test('an instance can be called, and made, in the middle of a call of another one', async () => {
  const log: string[] = [];
  let inner: (() => void) | undefined;
  const make = await link((name, n) => {
    log.push(`${name}${n}`);
    const once = inner;
    inner = undefined;
    once?.();
  });
  const [a, b] = [make('a'), make('b')];
  inner = (): void => {
    log.push(`in a: ${String(b.call('next', []))}`, `new: ${String(make('c').call('next', []))}`);
  };
  assert.equal(a.call('next', []), 'a');
  assert.deepEqual(log, ['a1', 'b1', 'c1', 'in a: b', 'new: c']);
  assert.deepEqual([a.call('next', []), b.call('next', [])], ['a', 'b']);
  assert.deepEqual(log.slice(5), ['a2', 'b2']);
});

test('the death of one instance leaves the others and the one around it alone', async () => {
  let inner: (() => void) | undefined;
  const make = await link((name) => {
    if (name === 'mortal') throw new Error('over');
    const once = inner;
    inner = undefined;
    once?.();
  });
  const [outer, mortal] = [make('outer'), make('mortal')];
  inner = (): void => assert.throws(() => mortal.call('next', []), { message: 'over' });
  assert.equal(outer.call('next', []), 'outer');
  assert.equal(outer.call('next', []), 'outer');
  assert.deepEqual([outer.dead, mortal.dead], [false, true]);
});

test('a start function finds the world of its own instance', async () => {
  const make = await link();
  const [a, b] = [make('a'), make('b')];
  assert.deepEqual([b.call('next', []), a.call('next', [])], ['b', 'a']);
});
