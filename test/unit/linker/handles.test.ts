/** Handles of the host's resources in the hands of a guest that forges, keeps and lends them. CanonicalABI.md, "Resource State". */
import assert from 'node:assert/strict';
import test from 'node:test';
import { maxHandles } from '../../../executor/component/handles.ts';
import { faultOf, instantiateWat, type Linked } from '../../support/linked.ts';

interface Thing {
  readonly name: string;
}

/** A host with things and others, and a guest that does `body` to them; `$t` is a fresh thing, `$o` a fresh other. */
async function guest(body: string, dropped: string[] = [], used: string[] = []): Promise<Linked> {
  let made = 0;
  return instantiateWat(
    `(component
      (import "test:host/things" (instance $i
        (export "thing" (type $thing (sub resource)))
        (export "other" (type $other (sub resource)))
        (export "make" (func (result (own $thing))))
        (export "make-other" (func (result (own $other))))
        (export "use" (func (param "t" (borrow $thing))))
        (export "take" (func (param "t" (own $thing))))
        (export "both" (func (param "t" (borrow $thing)) (param "u" (own $thing))))))
      (alias export $i "thing" (type $thing)) (alias export $i "other" (type $other))
      (core func $make (canon lower (func $i "make")))
      (core func $make-other (canon lower (func $i "make-other")))
      (core func $use (canon lower (func $i "use")))
      (core func $take (canon lower (func $i "take")))
      (core func $both (canon lower (func $i "both")))
      (core func $drop (canon resource.drop $thing))
      (core func $drop-other (canon resource.drop $other))
      (core module $M
        (import "h" "make" (func $make (result i32)))
        (import "h" "make-other" (func $make-other (result i32)))
        (import "h" "use" (func $use (param i32)))
        (import "h" "take" (func $take (param i32)))
        (import "h" "both" (func $both (param i32 i32)))
        (import "h" "drop" (func $drop (param i32)))
        (import "h" "drop-other" (func $drop-other (param i32)))
        (func (export "run") (local $t i32) (local $o i32) (local $i i32)
          (local.set $t (call $make)) (local.set $o (call $make-other)) ${body})
        (func (export "given") (param i32) (call $use (local.get 0)) (call $drop (local.get 0)))
        (func (export "kept") (param i32) (call $use (local.get 0)))
        (func (export "given-away") (param i32) (call $take (local.get 0))))
      (core instance $m (instantiate $M (with "h" (instance
        (export "make" (func $make)) (export "make-other" (func $make-other)) (export "use" (func $use)) (export "take" (func $take))
        (export "both" (func $both)) (export "drop" (func $drop)) (export "drop-other" (func $drop-other))))))
      (func (export "run") (canon lift (core func $m "run")))
      (func (export "given") (param "t" (borrow $thing)) (canon lift (core func $m "given")))
      (func (export "kept") (param "t" (borrow $thing)) (canon lift (core func $m "kept")))
      (func (export "given-away") (param "t" (borrow $thing)) (canon lift (core func $m "given-away"))))`,
    {
      'test:host/things': {
        make: (): Thing => ({ name: `thing ${++made}` }),
        'make-other': (): Thing => ({ name: 'other' }),
        use: ({ name }: Thing) => void used.push(name),
        take: ({ name }: Thing) => void used.push(name),
        both: (a: Thing, b: Thing) => void used.push(a.name, b.name),
      },
    },
    { 'test:host/things': { thing: ({ name }: Thing) => void dropped.push(name) } },
  );
}

async function faultIn(body: string): Promise<string> {
  return faultOf(await guest(body), 'run');
}

test('hands the host what it gave out, and tells it of the drop', async () => {
  const [dropped, used]: [string[], string[]] = [[], []];
  const { instance } = await guest('(call $use (local.get $t)) (call $drop (local.get $t))', dropped, used);
  instance.call('run', []);
  assert.deepEqual([used, dropped], [['thing 1'], ['thing 1']]);
});
test('drops a resource without a drop of the host in silence', async () => {
  const { instance } = await guest('(call $drop-other (local.get $o))');
  assert.equal(instance.call('run', []), undefined);
});
test('does not drop what was given away', async () => {
  const dropped: string[] = [];
  const { instance } = await guest('(call $take (local.get $t))', dropped);
  instance.call('run', []);
  assert.deepEqual(dropped, []);
});
for (const index of [0, 3, 65_536, -1, 0x7fff_ffff, -2_147_483_648]) {
  test(`stops the forged handle ${index}`, async () => {
    assert.match(await faultIn(`(call $use (i32.const ${index}))`), new RegExp(`unknown handle index ${index >>> 0}$`));
    assert.match(await faultIn(`(call $take (i32.const ${index}))`), /unknown handle index/);
    assert.match(await faultIn(`(call $drop (i32.const ${index}))`), /unknown handle index/);
  });
}
test('stops a handle of another type', async () => {
  assert.match(await faultIn('(call $use (local.get $o))'), /handle index 2 is of another resource type/);
  assert.match(await faultIn('(call $take (local.get $o))'), /of another resource type/);
  assert.match(await faultIn('(call $drop (local.get $o))'), /of another resource type/);
});
test('stops the use of a handle that was given away or dropped', async () => {
  assert.match(await faultIn('(call $take (local.get $t)) (call $use (local.get $t))'), /unknown handle index 1/);
  assert.match(await faultIn('(call $drop (local.get $t)) (call $drop (local.get $t))'), /unknown handle index 1/);
});
test('gives out an index again, the one freed last first', async () => {
  const used: string[] = [];
  const { instance } = await guest('(call $drop (local.get $t)) (drop (call $make)) (call $use (local.get $t))', [], used);
  instance.call('run', []);
  assert.deepEqual(used, ['thing 2']);
});
test('stops a handle that is lent and given away in one call', async () => {
  assert.match(await faultIn('(call $both (local.get $t) (local.get $t))'), /cannot remove handle index 1: it is lent out/);
});
test('lends and gives away two handles in one call', async () => {
  const used: string[] = [];
  const { instance } = await guest('(call $both (local.get $t) (call $make)) (call $drop (local.get $t))', [], used);
  instance.call('run', []);
  assert.deepEqual(used, ['thing 1', 'thing 2']);
});
test('stops a guest that hoards handles', async () => {
  const fault = await faultIn('(loop $l (drop (call $make)) (br $l))');
  assert.equal(fault, `too many handles: a component may hold ${maxHandles}`);
});
test('lets a guest borrow from its caller', async () => {
  const used: string[] = [];
  const { instance } = await guest('', [], used);
  instance.call('given', [{ name: 'mine' }]);
  assert.deepEqual(used, ['mine']);
});
test('does not tell the host of the drop of a borrow', async () => {
  const dropped: string[] = [];
  const { instance } = await guest('', dropped);
  instance.call('given', [{ name: 'mine' }]);
  assert.deepEqual(dropped, []);
});
test('stops a guest that returns with a borrow in its hands', async () => {
  assert.match(faultOf(await guest(''), 'kept', { name: 'mine' }), /1 borrowed handles were not dropped/);
});
test('stops a guest that gives away what it borrowed', async () => {
  assert.match(faultOf(await guest(''), 'given-away', { name: 'mine' }), /handle index 1 is borrowed and cannot be given away/);
});
