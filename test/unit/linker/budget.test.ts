/** What a guest can make of a little memory: lists that alias one another. Host memory is bounded by the call, not by what the guest says. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { faultOf, type Functions, instantiateWat } from '../../support/linked.ts';

/** Passes a list to the host whose elements, when they are lists, all lie in the same page, filled with (pointer, length) pairs. */
function amplifying(type: string, pointer: number, innerLength: number, length: number): string {
  return `(component
    (import "test:host/api" (instance $i (export "f" (func (param "x" ${type})))))
    (core module $L (memory (export "memory") 1)
      (func (export "fill") (local $i i32)
        (loop $l
          (i32.store (local.get $i) (i32.const ${pointer}))
          (i32.store offset=4 (local.get $i) (i32.const ${innerLength}))
          (local.set $i (i32.add (local.get $i) (i32.const 8)))
          (br_if $l (i32.lt_u (local.get $i) (i32.const 65536))))))
    (core instance $l (instantiate $L))
    (core func $f (canon lower (func $i "f") (memory (core memory $l "memory"))))
    (core module $M
      (import "h" "f" (func $f (param i32 i32))) (import "l" "fill" (func $fill))
      (func (export "run") (call $fill) (call $f (i32.const 0) (i32.const ${length})))
      (func (export "twice") (call $fill) (call $f (i32.const 0) (i32.const ${length})) (call $f (i32.const 0) (i32.const ${length}))))
    (core instance $m (instantiate $M (with "h" (instance (export "f" (func $f)))) (with "l" (instance $l))))
    (func (export "run") (canon lift (core func $m "run")))
    (func (export "twice") (canon lift (core func $m "twice"))))`;
}

const count = { calls: 0 };
const host: Functions = { 'test:host/api': { f: () => void count.calls++ } };
const tooLarge = 'the values passed in this call are too large together: at most 64 MiB';

/** The second number is the length that every inner list and string says it has; its bytes have to be valid contents, too. */
for (const [type, inner] of [
  ['(list (list (list u8)))', 8_000],
  ['(list (list u8))', 65_000],
  ['(list (list string))', 8_000],
  ['(list string)', 0x7f7f],
  ['(list (list (tuple u8 u8)))', 30_000],
  ['(list (list (option bool)))', 0x101],
  ['(list (list (list (list (list u64)))))', 8_000],
] as const) {
  test(`stops ${type} that says it is far larger than the memory it lies in`, async () => {
    const linked = await instantiateWat(amplifying(type, 0, inner, 8_000), host);
    assert.equal(faultOf(linked, 'run'), tooLarge);
  });
}
test('empty lists cost, too', async () => {
  const linked = await instantiateWat(amplifying('(list (list (list u8)))', 0, 8_000, 200), {
    'test:host/api': { f: (x: readonly (readonly unknown[])[]) => x.length },
  });
  assert.equal(faultOf(linked, 'run'), tooLarge);
});
test('a list of 8000 lists of bytes is no trouble', async () => {
  const linked = await instantiateWat(amplifying('(list (list u8))', 0, 1_000, 8_000), host);
  assert.equal(linked.instance.call('run', []), undefined);
});
test('what one call of the host took is given back for the next one', async () => {
  const linked = await instantiateWat(amplifying('(list (list u8))', 0, 5_000, 8_000), host);
  assert.equal(linked.instance.call('twice', []), undefined);
});

test('a result has the same limit', async () => {
  const linked = await instantiateWat(`(component
    (core module $M (memory (export "memory") 1) (func (export "f") (result i32)
      (memory.fill (i32.const 0) (i32.const 0) (i32.const 65536))
      (i32.store (i32.const 0) (i32.const 8)) (i32.store (i32.const 4) (i32.const 60000)) (i32.const 0)))
    (core instance $m (instantiate $M))
    (func (export "f") (result (list (tuple u8))) (canon lift (core func $m "f") (memory (core memory $m "memory")))))`);
  assert.equal((linked.instance.call('f', []) as unknown[]).length, 60_000);
  const large = await instantiateWat(`(component
    (core module $M (memory (export "memory") 40) (func (export "f") (result i32)
      (i32.store (i32.const 0) (i32.const 8)) (i32.store (i32.const 4) (i32.const 2600000)) (i32.const 0)))
    (core instance $m (instantiate $M))
    (func (export "f") (result (list (tuple u8))) (canon lift (core func $m "f") (memory (core memory $m "memory")))))`);
  assert.equal(faultOf(large, 'f'), tooLarge);
});

/** Each component holds on to its list while it calls the next one. */
test('calls within calls share one limit', async () => {
  const chain = (length: number): string => `(component
    (import "test:host/api" (instance $i (export "f" (func (param "x" (list (list u8)))))))
    ${['A', 'B', 'C']
      .map(
        (name, i) => `(component $${name}
          (import "next" (func $next (param "x" (list (list u8)))))
          (core module $L (memory (export "memory") 1)
            (global $top (mut i32) (i32.const 8))
            (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0)))
          (core instance $l (instantiate $L))
          (core func $next' (canon lower (func $next) (memory (core memory $l "memory"))))
          (core module $M (import "h" "next" (func $next (param i32 i32))) (import "l" "memory" (memory 1))
            (func (export "go") ${i === 0 ? '' : '(param i32 i32)'} (local $i i32)
              (loop $l
                (i32.store (local.get $i) (i32.const 0)) (i32.store offset=4 (local.get $i) (i32.const 5000))
                (local.set $i (i32.add (local.get $i) (i32.const 8))) (br_if $l (i32.lt_u (local.get $i) (i32.const 65536))))
              (call $next (i32.const 0) (i32.const ${length}))))
          (core instance $m (instantiate $M (with "h" (instance (export "next" (func $next')))) (with "l" (instance $l))))
          (func (export "go") ${i === 0 ? '' : '(param "x" (list (list u8)))'} (canon lift (core func $m "go")
            ${i === 0 ? '' : '(memory (core memory $l "memory")) (realloc (core func $l "realloc"))'})))`,
      )
      .join('\n')}
    (instance $c (instantiate $C (with "next" (func $i "f"))))
    (instance $b (instantiate $B (with "next" (func $c "go"))))
    (instance $a (instantiate $A (with "next" (func $b "go"))))
    (func (export "run") (alias export $a "go")))`;
  assert.equal(faultOf(await instantiateWat(chain(1_000), host), 'run'), 'no fault, but the result undefined');
  // 25 MB each.
  assert.equal(faultOf(await instantiateWat(chain(5_000), host), 'run'), tooLarge);
});
