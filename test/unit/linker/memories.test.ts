/** Memories of a component's core modules go from discarded instances to later ones, which must not be able to tell. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { ComponentInstance } from '../../../executor/component/instance.ts';
import { componentFromWat } from '../../support/components.ts';
import { instantiate, linkTrusting } from '../../support/linked.ts';

/** @param memory limits in pages. @param others more of the module, and how it is instantiated */
function component(memory: string, { fields = '', before = '', args = '' } = {}): string {
  return `(component ${before}
    (core module $M ${fields}
      (memory (export "memory") ${memory})
      (data (i32.const 8) "\\07")
      (func (export "swap") (param i32) (result i32)
        (i32.load (i32.const 0))
        (i32.store (i32.const 0) (local.get 0)))
      (func (export "data") (result i32) (i32.load (i32.const 8)) (i32.store (i32.const 8) (i32.const 0)))
      (func (export "pages") (result i32) (memory.size))
      (func (export "grow") (result i32) (memory.grow (i32.const 1)))
      (func (export "trap") (i32.store (i32.const 0) (i32.const 1)) unreachable))
    (core instance $m (instantiate $M ${args}))
    (func (export "swap") (param "n" u32) (result u32) (canon lift (core func $m "swap")))
    (func (export "data") (result u32) (canon lift (core func $m "data")))
    (func (export "pages") (result u32) (canon lift (core func $m "pages")))
    (func (export "grow") (result u32) (canon lift (core func $m "grow")))
    (func (export "trap") (canon lift (core func $m "trap"))))`;
}

interface Instances {
  readonly next: () => ComponentInstance;
  /** Memories that were made for them. */
  readonly made: () => number;
}

async function link(t: TestContext, wat: string): Promise<Instances> {
  const linked = linkTrusting(await componentFromWat(wat));
  const constructed = t.mock.method(WebAssembly, 'Memory');
  return { next: () => instantiate(linked).instance, made: () => constructed.mock.callCount() };
}

test('an instance gets the memory of a discarded one, as new', async (t) => {
  const { next, made } = await link(t, component('1 2'));
  for (let i = 0; i < 3; i++) {
    const instance = next();
    assert.deepEqual([instance.call('swap', [5]), instance.call('data', [])], [0, 7]);
    instance.discard();
  }
  assert.equal(made(), 1);
});

test('live instances have memories of their own', async (t) => {
  const { next, made } = await link(t, component('1 2'));
  const [one, other] = [next(), next()];
  one.call('swap', [1]);
  assert.equal(other.call('swap', [2]), 0);
  assert.equal(one.call('swap', [3]), 1);
  assert.equal(made(), 2);
});

test('a memory that was given back twice serves one instance', async (t) => {
  const { next } = await link(t, component('1 2'));
  const first = next();
  first.discard();
  const second = next();
  first.discard();
  const third = next();
  second.call('swap', [1]);
  assert.equal(third.call('swap', [2]), 0);
});

test('a memory that grew is let go', async (t) => {
  const { next, made } = await link(t, component('1 2'));
  const grown = next();
  grown.call('grow', []);
  grown.discard();
  assert.equal(next().call('pages', []), 1);
  assert.equal(made(), 2);
});

test('what a guest left behind when it trapped is gone', async (t) => {
  const { next, made } = await link(t, component('1 2'));
  const trapped = next();
  assert.throws(() => trapped.call('trap', []), WebAssembly.RuntimeError);
  trapped.discard();
  assert.equal(next().call('swap', [1]), 0);
  assert.equal(made(), 1);
});

test('a discarded instance cannot be called', async (t) => {
  const { next } = await link(t, component('1 2'));
  const instance = next();
  instance.discard();
  assert.throws(() => instance.call('pages', []), /discarded/);
});

for (const [what, wat] of [
  ['large', component('65 65')],
  ['without a maximum', component('1')],
] as const) {
  test(`a memory that is ${what} is the module's own`, async (t) => {
    const { next, made } = await link(t, wat);
    assert.equal(next().call('swap', [1]), 0);
    assert.equal(made(), 0);
  });
}

test("a module's own imports of the name that the host uses stay what they are", async (t) => {
  const wat = component('1 2', {
    before: `(core module $L (func (export "memory") (result i32) (i32.const 9)))
      (core instance $l (instantiate $L))`,
    fields: `(import "bantam" "memory" (func $nine (result i32)))
      (func (export "unused") (drop (call $nine)))`,
    args: '(with "bantam" (instance $l))',
  });
  const { next } = await link(t, wat);
  assert.equal(next().call('swap', [1]), 0);
});
