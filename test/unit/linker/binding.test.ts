/** What a component can import: functions of the host by exact name and type, and nothing that JavaScript brings along. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { flattenComponent } from '../../../component/flatten.ts';
import { linkComponent, type LinkedComponent } from '../../../executor/component/linker.ts';
import type { Stoppable } from '../../../executor/host/stop.ts';
import { componentFromWat } from '../../support/components.ts';
import { type Functions, hostOf } from '../../support/linked.ts';

const bytesOfList = '(list<u8>)->_';

const functions: Functions = {
  'wasi:test/api': { write: () => undefined, '[method]fields.append': () => undefined, '[static]fields.make': () => ({}) },
};
const signatures = new Map([
  [
    'wasi:test/api',
    new Map([
      ['write', bytesOfList],
      ['[method]fields.append', '(borrow<wasi:test/api.fields>)->_'],
      ['[static]fields.make', '()->own<wasi:test/api.fields>'],
      ['declared-only', '()->_'],
    ]),
  ],
]);

async function link(wat: string): Promise<LinkedComponent<Stoppable>> {
  const bytes = await componentFromWat(wat);
  return linkComponent(flattenComponent(bytes), bytes, hostOf(functions, { 'wasi:test/api': {} }), signatures);
}

function importing(iface: string, ...members: string[]): string {
  return `(component (import "${iface}" (instance ${members.map((member) => `(export ${member})`).join(' ')})))`;
}

const write = '"write" (func (param "b" (list u8)))';
const fields = '"fields" (type $f (sub resource))';

function refused(wat: string, message: RegExp): Promise<void> {
  return assert.rejects(link(wat), { name: 'ComponentError', kind: 'unsupported', message });
}

test('binds a function of the exact name and type, whatever the names of its parameters', async () => {
  await link(importing('wasi:test/api@0.2.3', write));
  await link(importing('wasi:test/api@0.2.99', '"write" (func (param "other" (list u8)))'));
});
test('binds methods and static functions of a resource', async () => {
  await link(
    importing(
      'wasi:test/api@0.2.0',
      fields,
      '"[method]fields.append" (func (param "self" (borrow $f)))',
      '"[static]fields.make" (func (result (own $f)))',
    ),
  );
});
for (const version of ['', '@0.1.0', '@0.3.0', '@0.20.0', '@1.0.0', '@0.2.0-rc-2023-11-10', '@0.2.0+build']) {
  test(`refuses a WASI interface of version "${version}"`, () =>
    refused(importing(`wasi:test/api${version}`, write), /interface "wasi:test\/api.*" is imported, but the host gives WASI 0.2/));
}
test('refuses an unknown interface by name', () =>
  refused(importing('wasi:unknown/api@0.2.0', write), /the host has no interface "wasi:unknown\/api"/));
test('refuses an unknown function by name', () =>
  refused(importing('wasi:test/api@0.2.0', '"read" (func)'), /the host has no function "read" in interface "wasi:test\/api@0.2.0"/));
test('refuses a function that has a type and no implementation', () =>
  refused(importing('wasi:test/api@0.2.0', '"declared-only" (func)'), /the host has no function "declared-only"/));
test('refuses a function imported by itself', () => refused('(component (import "write" (func)))', /the host has no interface ""/));
test('refuses another type, and names both', () =>
  refused(
    importing('wasi:test/api@0.2.0', '"write" (func (param "b" string))'),
    /function "write" of interface "wasi:test\/api@0.2.0" is imported as \(string\)->_, but the host gives \(list<u8>\)->_/,
  ));
for (const declared of [
  '(func (param "b" (list u8)) (result u32))',
  '(func)',
  '(func (param "b" (list u8)) (param "c" u8))',
  '(func (param "b" (list u8 4)))',
  '(func (param "b" (list s8)))',
]) {
  test(`refuses write as ${declared}`, () => refused(importing('wasi:test/api@0.2.0', `"write" ${declared}`), /but the host gives/));
}
test('refuses a resource of another name in the place of the right one', () =>
  refused(
    importing('wasi:test/api@0.2.0', '"other" (type $o (sub resource))', '"[static]fields.make" (func (result (own $o)))').replace(
      '"[static]',
      `${fields}) (export "[static]`,
    ),
    /imported as \(\)->own<wasi:test\/api.other>, but the host gives \(\)->own<wasi:test\/api.fields>/,
  ));
test('refuses a resource of the same name and another interface', () =>
  refused(
    `(component
      (import "wasi:test/other@0.2.0" (instance $o (export "fields" (type (sub resource)))))
      (alias export $o "fields" (type $f))
      (import "wasi:test/api@0.2.0" (instance (export "fields" (type $g (sub resource)))
        (alias outer 1 $f (type $h)) (export "f2" (type $i (eq $h)))
        (export "[static]fields.make" (func (result (own $i)))))))`,
    /imported as \(\)->own<wasi:test\/other.fields>, but the host gives \(\)->own<wasi:test\/api.fields>/,
  ));
test('refuses the drop of a resource of an interface that the host does not have', () =>
  refused(
    '(component (import "wasi:none/api@0.2.0" (instance $i (export "thing" (type (sub resource))))) (alias export $i "thing" (type $t)) (core func (canon resource.drop $t)))',
    /the host has no interface "wasi:none\/api" \(resource "thing"\)/,
  ));

/** Names that every object and function of JavaScript has: they are names like others here. */
for (const name of ['constructor', 'to-string', 'has-own-property', 'apply', 'bind', 'call', 'prototype']) {
  test(`finds no function named ${name}`, async () => {
    await refused(importing('wasi:test/api@0.2.0', `"${name}" (func)`), /the host has no function/);
    await refused(
      importing('wasi:test/api@0.2.0', fields, `"[static]fields.${name}" (func (param "s" string) (result (own $f)))`),
      /the host has no function/,
    );
    await refused(
      importing('wasi:test/api@0.2.0', fields, `"[method]fields.${name}" (func (param "self" (borrow $f)))`),
      /the host has no function/,
    );
  });
}

test('code does not get from a string to the Function constructor', async () => {
  await refused(
    `(component
      (import "wasi:test/api@0.2.4" (instance $t
        (export "fields" (type $f (sub resource)))
        (export "[static]fields.constructor" (func (param "code" string) (result (own $f))))
        (export "[method]fields.call" (func (param "self" (borrow $f))))))
      (core module $L (memory (export "mem") 1) (data (i32.const 0) "globalThis.REACHED=1"))
      (core instance $l (instantiate $L))
      (core func $make (canon lower (func $t "[static]fields.constructor") (memory (core memory $l "mem"))))
      (core func $call (canon lower (func $t "[method]fields.call")))
      (core module $M
        (import "h" "make" (func $make (param i32 i32) (result i32))) (import "h" "call" (func $call (param i32)))
        (func (export "run") (call $call (call $make (i32.const 0) (i32.const 20)))))
      (core instance $m (instantiate $M (with "h" (instance (export "make" (func $make)) (export "call" (func $call))))))
      (func (export "run") (canon lift (core func $m "run"))))`,
    /the host has no function "\[static\]fields.constructor"/,
  );
  assert.equal('REACHED' in globalThis, false);
});

/** A core module can only import what its component passes in: import objects have no prototypes. */
for (const [module, name] of [
  ['constructor', 'constructor'],
  ['own', 'constructor'],
  ['own', '__proto__'],
  ['__proto__', 'toString'],
  ['own', 'toString'],
] as const) {
  test(`a core module finds no ${module}.${name}`, async () => {
    const wat = `(component
      (core module $A (func (export "f")))
      (core instance $a (instantiate $A))
      (core func $f (alias core export $a "f"))
      (core module $M (import "${module}" "${name}" (func)))
      (core instance $m (instantiate $M (with "own" (instance (export "f" (func $f)))))))`;
    await assert.rejects(async () => {
      const linked = await link(wat);
      linked.instantiate({ stopped: undefined });
    }, /ComponentError|LinkError|TypeError/);
  });
}

/** The decoder finds these, too. Here its plan is of a component whose modules had harmless names. */
for (const [what, names] of [
  ['a module', ['abcdefghijk', 'abcdefghijk']],
  ['a function', ['own', 'abcdefghijk']],
] as const) {
  test(`import objects have no prototype in which a core module could find ${what}`, async () => {
    const bytes = await componentFromWat(`(component
      (core module $A (func (export "f")))
      (core instance $a (instantiate $A))
      (core module $M (import "${names[0]}" "${names[1]}" (func)))
      (core instance $m (instantiate $M (with "${names[0]}" (instance (export "${names[1]}" (func $a "f")))))))`);
    const plan = flattenComponent(bytes);
    const [, { start, end } = { start: 0, end: 0 }] = plan.modules;
    const changed = Buffer.from(bytes);
    const module = changed.subarray(start, end);
    for (let at = module.indexOf('abcdefghijk'); at >= 0; at = module.indexOf('abcdefghijk')) module.write('constructor', at);
    const linked = linkComponent(plan, changed, new Map(), new Map());
    assert.throws(
      () => linked.instantiate({ stopped: undefined }),
      /Import #0 .*(?:module is not an object|function import requires a callable)/,
    );
  });
}
