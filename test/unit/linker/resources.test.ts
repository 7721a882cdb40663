/** Resources that a component defines for another one: representations, destructors, loans. CanonicalABI.md, "canon resource.drop". */
import assert from 'node:assert/strict';
import test from 'node:test';
import { faultOf, instantiateWat, type Linked } from '../../support/linked.ts';

/** One component defines `thing` with a destructor that notes what it destroyed; another one uses it. */
function composed(user: string, dtor = '(global.set $dropped (local.get 0))'): Promise<Linked> {
  return instantiateWat(`(component
    (component $Owner
      (core module $D
        (global $dropped (export "dropped") (mut i32) (i32.const 0))
        (func (export "dtor") (param i32) ${dtor}))
      (core instance $d (instantiate $D))
      (type $thing' (resource (rep i32) (dtor (core func $d "dtor"))))
      (export $thing "thing" (type $thing'))
      (core func $new (canon resource.new $thing'))
      (core func $rep (canon resource.rep $thing'))
      (core func $drop (canon resource.drop $thing'))
      (core module $M
        (import "" "new" (func $new (param i32) (result i32)))
        (import "" "rep" (func $rep (param i32) (result i32)))
        (import "" "drop" (func $drop (param i32)))
        (import "d" "dropped" (global $dropped (mut i32)))
        (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
        (func (export "peek") (param i32) (result i32) (local.get 0))
        (func (export "swallow") (param i32) (result i32) (local $rep i32)
          (local.set $rep (call $rep (local.get 0))) (call $drop (local.get 0)) (local.get $rep))
        (func (export "lost") (result i32) (global.get $dropped)))
      (core instance $m (instantiate $M (with "d" (instance $d)) (with "" (instance
        (export "new" (func $new)) (export "rep" (func $rep)) (export "drop" (func $drop))))))
      (func (export "make") (param "rep" u32) (result (own $thing)) (canon lift (core func $m "make")))
      (func (export "peek") (param "t" (borrow $thing)) (result u32) (canon lift (core func $m "peek")))
      (func (export "swallow") (param "t" (own $thing)) (result u32) (canon lift (core func $m "swallow")))
      (func (export "lost") (result u32) (canon lift (core func $m "lost"))))
    (component $User
      (import "owner" (instance $o
        (export "thing" (type $thing (sub resource)))
        (export "make" (func (param "rep" u32) (result (own $thing))))
        (export "peek" (func (param "t" (borrow $thing)) (result u32)))
        (export "swallow" (func (param "t" (own $thing)) (result u32)))
        (export "lost" (func (result u32)))))
      (alias export $o "thing" (type $thing))
      (core func $make (canon lower (func $o "make")))
      (core func $peek (canon lower (func $o "peek")))
      (core func $swallow (canon lower (func $o "swallow")))
      (core func $lost (canon lower (func $o "lost")))
      (core func $drop (canon resource.drop $thing))
      (core module $M
        (import "" "make" (func $make (param i32) (result i32)))
        (import "" "peek" (func $peek (param i32) (result i32)))
        (import "" "swallow" (func $swallow (param i32) (result i32)))
        (import "" "lost" (func $lost (result i32)))
        (import "" "drop" (func $drop (param i32)))
        (func (export "run") (result i32) (local $t i32) (local $u i32)
          (local.set $t (call $make (i32.const 42)))
          (local.set $u (call $make (i32.const 43)))
          ${user}))
      (core instance $m (instantiate $M (with "" (instance
        (export "make" (func $make)) (export "peek" (func $peek)) (export "swallow" (func $swallow))
        (export "lost" (func $lost)) (export "drop" (func $drop))))))
      (func (export "run") (result u32) (canon lift (core func $m "run"))))
    (instance $owner (instantiate $Owner))
    (instance $user (instantiate $User (with "owner" (instance $owner))))
    (func (export "run") (alias export $user "run"))
    (func (export "lost") (alias export $owner "lost")))`);
}

async function resultOf(user: string): Promise<unknown> {
  const { instance } = await composed(user);
  return instance.call('run', []);
}

test('the owner of a resource gets its representation, without a handle', async () => {
  assert.equal(await resultOf('(call $peek (local.get $u))'), 43);
});
test('the user of a resource has an index of its own, not the representation', async () => {
  assert.equal(await resultOf('(local.get $u)'), 2);
});
test('an owned handle moves to the owner, who sees its representation', async () => {
  assert.equal(await resultOf('(call $swallow (local.get $t))'), 42);
});
test('a moved handle is gone', async () => {
  assert.match(
    faultOf(await composed('(drop (call $swallow (local.get $t))) (call $peek (local.get $t))'), 'run'),
    /unknown handle index 1/,
  );
});
test('dropping calls the destructor of the owner with the representation', async () => {
  assert.equal(await resultOf('(call $drop (local.get $u)) (call $lost)'), 43);
});
test('the owner dropping its own resource calls the destructor, too', async () => {
  assert.equal(await resultOf('(drop (call $swallow (local.get $t))) (call $lost)'), 42);
});
test('a handle cannot be dropped twice', async () => {
  assert.match(faultOf(await composed('(call $drop (local.get $t)) (call $drop (local.get $t)) (i32.const 0)'), 'run'), /unknown handle/);
});
test('a trap in a destructor ends the whole component', async () => {
  const linked = await composed('(call $drop (local.get $t)) (i32.const 0)', 'unreachable');
  assert.match(faultOf(linked, 'run'), /unreachable/);
  assert.throws(() => linked.instance.call('lost', []), /has trapped before/);
});

test('an owner that has lent a handle cannot lose it during the call', async () => {
  const linked = await instantiateWat(`(component
    (component $Owner
      (type $thing' (resource (rep i32)))
      (export $thing "thing" (type $thing'))
      (core func $new (canon resource.new $thing'))
      (core module $M
        (import "" "new" (func $new (param i32) (result i32)))
        (func (export "make") (result i32) (call $new (i32.const 1)))
        (func (export "both") (param i32 i32)))
      (core instance $m (instantiate $M (with "" (instance (export "new" (func $new))))))
      (func (export "make") (result (own $thing)) (canon lift (core func $m "make")))
      (func (export "both") (param "a" (borrow $thing)) (param "b" (own $thing)) (canon lift (core func $m "both"))))
    (component $User
      (import "owner" (instance $o
        (export "thing" (type $thing (sub resource)))
        (export "make" (func (result (own $thing))))
        (export "both" (func (param "a" (borrow $thing)) (param "b" (own $thing))))))
      (core func $make (canon lower (func $o "make")))
      (core func $both (canon lower (func $o "both")))
      (core module $M
        (import "" "make" (func $make (result i32)))
        (import "" "both" (func $both (param i32 i32)))
        (func (export "run") (local $t i32) (local.set $t (call $make)) (call $both (local.get $t) (local.get $t))))
      (core instance $m (instantiate $M (with "" (instance (export "make" (func $make)) (export "both" (func $both))))))
      (func (export "run") (canon lift (core func $m "run"))))
    (instance $owner (instantiate $Owner))
    (instance $user (instantiate $User (with "owner" (instance $owner))))
    (func (export "run") (alias export $user "run")))`);
  assert.match(faultOf(linked, 'run'), /cannot remove handle index 1: it is lent out/);
});

test('a destructor does not run while its component runs', async () => {
  const linked = await instantiateWat(`(component
    (core module $Table
      (type $t (func))
      (table (export "table") 1 funcref)
      (func (export "later") (call_indirect (type $t) (i32.const 0))))
    (core instance $table (instantiate $Table))
    (func $later (canon lift (core func $table "later")))
    (component $Owner
      (import "later" (func $later))
      (core func $later' (canon lower (func $later)))
      (core module $D (func (export "dtor") (param i32)))
      (core instance $d (instantiate $D))
      (type $thing' (resource (rep i32) (dtor (core func $d "dtor"))))
      (export $thing "thing" (type $thing'))
      (core func $new (canon resource.new $thing'))
      (core module $M
        (import "" "later" (func $later)) (import "" "new" (func $new (param i32) (result i32)))
        (func (export "make") (result i32) (call $new (i32.const 1)))
        (func (export "run") (call $later)))
      (core instance $m (instantiate $M (with "" (instance (export "later" (func $later')) (export "new" (func $new))))))
      (func (export "make") (result (own $thing)) (canon lift (core func $m "make")))
      (func (export "run") (canon lift (core func $m "run"))))
    (instance $owner (instantiate $Owner (with "later" (func $later))))
    (alias export $owner "thing" (type $thing))
    (core func $make (canon lower (func $owner "make")))
    (core func $drop (canon resource.drop $thing))
    (core module $Fill
      (import "" "make" (func $make (result i32))) (import "" "drop" (func $drop (param i32))) (import "" "table" (table 1 funcref))
      (func $f (call $drop (call $make)))
      (func $g (call $drop (i32.const 1)))
      (elem (i32.const 0) $g)
      (func $start (call $f) (drop (call $make)))
      (start $start))
    (core instance (instantiate $Fill (with "" (instance
      (export "make" (func $make)) (export "drop" (func $drop)) (export "table" (table $table "table"))))))
    (func (export "run") (alias export $owner "run")))`);
  assert.match(faultOf(linked, 'run'), /cannot enter a component instance that is running/);
});

test('two instances of one component have resources of different types', async () => {
  const linked = await instantiateWat(`(component
    (component $Owner
      (type $thing' (resource (rep i32)))
      (export $thing "thing" (type $thing'))
      (core func $new (canon resource.new $thing'))
      (core module $M (import "" "new" (func $new (param i32) (result i32)))
        (func (export "make") (result i32) (call $new (i32.const 7)))
        (func (export "peek") (param i32) (result i32) (local.get 0)))
      (core instance $m (instantiate $M (with "" (instance (export "new" (func $new))))))
      (func (export "make") (result (own $thing)) (canon lift (core func $m "make")))
      (func (export "peek") (param "t" (borrow $thing)) (result u32) (canon lift (core func $m "peek"))))
    (instance $a (instantiate $Owner)) (instance $b (instantiate $Owner))
    (component $User
      (import "a" (instance $a (export "thing" (type $t (sub resource))) (export "make" (func (result (own $t))))))
      (import "b" (instance $b (export "thing" (type $t (sub resource))) (export "peek" (func (param "t" (borrow $t)) (result u32)))))
      (core func $make (canon lower (func $a "make")))
      (core func $peek (canon lower (func $b "peek")))
      (core module $M
        (import "" "make" (func $make (result i32))) (import "" "peek" (func $peek (param i32) (result i32)))
        (func (export "run") (result i32) (call $peek (call $make))))
      (core instance $m (instantiate $M (with "" (instance (export "make" (func $make)) (export "peek" (func $peek))))))
      (func (export "run") (result u32) (canon lift (core func $m "run"))))
    (instance $user (instantiate $User (with "a" (instance $a)) (with "b" (instance $b))))
    (func (export "run") (alias export $user "run")))`);
  assert.match(faultOf(linked, 'run'), /handle index 1 is of another resource type/);
});

test('an export that passes a resource of the component to the host is refused', async () => {
  const { instance } = await instantiateWat(`(component
    (type $thing' (resource (rep i32)))
    (export $thing "thing" (type $thing'))
    (core func $new (canon resource.new $thing'))
    (core module $M (import "" "new" (func $new (param i32) (result i32))) (func (export "make") (result i32) (call $new (i32.const 7))))
    (core instance $m (instantiate $M (with "" (instance (export "new" (func $new))))))
    (func (export "make") (result (own $thing)) (canon lift (core func $m "make"))))`);
  assert.throws(() => instance.call('make', []), { name: 'ComponentError', message: /export "make" passes resources of the component/ });
});
