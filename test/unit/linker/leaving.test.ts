/** What `realloc` and `post-return` may do: not call out of their component. CanonicalABI.md, "may_leave". */
import assert from 'node:assert/strict';
import test from 'node:test';
import { faultOf, instantiateWat } from '../../support/linked.ts';

/** `realloc` and `post-return` of the guest call out. */
function leaving(where: 'realloc' | 'post-return' | 'nowhere', out: string): string {
  return `(component
    (import "test:host/api" (instance $i (export "thing" (type $thing (sub resource))) (export "call" (func))))
    (alias export $i "thing" (type $thing))
    (type $own (resource (rep i32)))
    (core func $call (canon lower (func $i "call")))
    (core func $drop (canon resource.drop $thing))
    (core func $new (canon resource.new $own))
    (core module $M
      (import "" "call" (func $call)) (import "" "drop" (func $drop (param i32))) (import "" "new" (func $new (param i32) (result i32)))
      (memory (export "memory") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) ${where === 'realloc' ? out : ''} (i32.const 64))
      (func (export "run") (param i32 i32) (result i32) (i32.const 0))
      (func (export "post") (param i32) ${where === 'post-return' ? out : ''}))
    (core instance $m (instantiate $M (with "" (instance
      (export "call" (func $call)) (export "drop" (func $drop)) (export "new" (func $new))))))
    (func (export "run") (param "s" string) (result string) (canon lift (core func $m "run")
      (memory (core memory $m "memory")) (realloc (core func $m "realloc")) (post-return (core func $m "post")))))`;
}
const outs = {
  'a function of the host': '(call $call)',
  'resource.drop': '(call $drop (i32.const 1))',
  'resource.new': '(drop (call $new (i32.const 1)))',
};
for (const where of ['realloc', 'post-return'] as const) {
  for (const [what, out] of Object.entries(outs)) {
    test(`${where} cannot call ${what}`, async () => {
      const linked = await instantiateWat(leaving(where, out), { 'test:host/api': { call: () => undefined } });
      assert.match(faultOf(linked, 'run', 'x'), /called out of itself while it must not/);
    });
  }
}
test('realloc and post-return may do all else', async () => {
  const { instance } = await instantiateWat(leaving('nowhere', ''), { 'test:host/api': { call: () => undefined } });
  assert.equal(instance.call('run', ['x']), '');
});

test('post-return gets what the function returned', async () => {
  const { instance } = await instantiateWat(`(component
    (core module $M
      (memory (export "memory") 1) (global $got (mut i32) (i32.const 0))
      (func (export "f") (result i32) (i32.const 24))
      (func (export "post") (param i32) (global.set $got (local.get 0)))
      (func (export "got") (result i32) (global.get $got)))
    (core instance $m (instantiate $M))
    (func (export "f") (result string) (canon lift (core func $m "f") (memory (core memory $m "memory")) (post-return (core func $m "post"))))
    (func (export "got") (result u32) (canon lift (core func $m "got"))))`);
  assert.equal(instance.call('f', []), '');
  assert.equal(instance.call('got', []), 24);
});
